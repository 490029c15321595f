// A model in GGUF, in one file or in several.
//
// The parts of a model are NAME-00001-of-0000N.gguf to NAME-0000N-of-0000N.gguf in one folder. Each
// is a GGUF file by itself that says which it is: split.no, from 0, split.count and
// split.tensors.count, the tensors of all. The model's other keys stand in the first.
// Source: gguf-split of llama.cpp.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/checkpoint/gguf.h"
#include "kernels/base/result.h"

namespace fimd {

/// DeepSeek-V3 has 15. Each takes a mapping, of which Linux allows a process 65,530.
inline constexpr int64_t kMaxGgufParts = 4096;

/// Whether `path` names a GGUF file, by its ending; it need not exist.
bool is_gguf(const std::filesystem::path& path);

/// The file at `path`, and if it says that it is the first of several, the others, in their order.
/// Errors: those of GgufFile::open; kInvalidInput, `path` is another part than the first or not
/// named as one, a file is not the part that its name says, their tensors are not as many as they
/// say, or two parts have a tensor of the same name; kNotFound, a part is missing, or a key of it.
Result<std::vector<GgufFile>> open_gguf_parts(const std::filesystem::path& path);

}  // namespace fimd
