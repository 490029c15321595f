// A Hugging Face folder as the GGUF file that a converter would make of it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "tests/support/gguf_writer.h"

namespace fimd {

/// How a file has W_UK and W_UV (gguf_kv_b.h).
enum class KvBLayout { kWhole, kHalves, kBoth };

/// The model in `folder`, of arch `deepseek2`, `llama` or `qwen2`, its tensors in their own types.
/// As llama.cpp's converter does it, experts are stacked, vectors become F32, and rows of `llama`'s
/// q and k are permuted so that RoPE turns neighbours.
GgufToWrite gguf_of_folder(const std::filesystem::path& folder, KvBLayout kv_b = KvBLayout::kWhole);

}  // namespace fimd
