// The tensors of a model on disk, by name: a Hugging Face folder with one model.safetensors, or
// with shards and model.safetensors.index.json; or a GGUF file, or several that are one model,
// whose tensors have the names that Hugging Face's would have (gguf_names.h).
//
// Files are memory-mapped and not copied (but for gguf_kv_b.h): a tensor is a view of the mapping,
// so loading costs no more than reading the headers, and weights that are not used are not read.
// Everything in the headers is hostile until checked (safetensors.h). The index says which shards
// there are and what must be in them; it may name only files of its own folder. Tensors of types
// that we do not compute with may be there as long as nobody asks for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/dtype.h"
#include "kernels/base/result.h"

namespace fimd {

/// A tensor of a checkpoint. `data` is row-major, aligned to its element, and borrowed.
struct CheckpointTensor {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<int64_t> shape;       ///< extents from 0 up; empty for a scalar
  const std::byte* data = nullptr;  ///< valid while the Checkpoint lives
  int64_t size_bytes = 0;
};

/// Thread: safe to read.
class Checkpoint {
 public:
  /// Maps the weight files of a folder, or a GGUF file, and checks their headers.
  /// Errors: those of open_gguf_parts(); kNotFound, no weights in the folder, or a shard is
  /// missing; kInvalidInput, a header is malformed, the index disagrees with the shards or leads
  /// out of the folder, or two shards have a tensor of the same name; kUnsupported, a dtype that
  /// the format does not have; kIo. Cost: reads the headers and the index only.
  static Result<Checkpoint> open(const std::filesystem::path& model);

  Checkpoint(Checkpoint&&) noexcept;
  Checkpoint& operator=(Checkpoint&&) noexcept;
  ~Checkpoint();

  /// All tensors that are of a DType (in a folder F32, F16 or BF16), sorted by name.
  [[nodiscard]] std::span<const CheckpointTensor> tensors() const;

  /// The one of tensors() called `name`, or null.
  [[nodiscard]] const CheckpointTensor* find(std::string_view name) const;

  /// The tensor called `name` with exactly `shape`.
  /// Errors: kNotFound; kInvalidInput, another shape; kUnsupported, a type that is not F32, F16 or
  /// BF16. All name the file or folder, the tensor, what it is and what was expected.
  [[nodiscard]] Result<CheckpointTensor> tensor(std::string_view name,
                                                const std::vector<int64_t>& shape) const;

  /// The sum over the weight files.
  [[nodiscard]] int64_t file_bytes() const;

  [[nodiscard]] const std::filesystem::path& path() const;

 private:
  struct Impl;
  explicit Checkpoint(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace fimd
