// The bytes of a file: mapped read-only (weights) or read whole (configuration).
//
// Both ways take regular files only: a FIFO or a device is refused without waiting for its other
// end. Weights are mapped, so that opening costs nothing per byte, pages that nobody touches are
// never read, and several processes share one copy. Small files are read instead, because an editor
// may rewrite them while we parse: a mapping of a file that shrinks ends the process with SIGBUS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include "kernels/base/result.h"

namespace fimd {

/// A read-only mapping of a whole file. Thread: safe to read.
class MappedFile {
 public:
  /// Errors: kNotFound; kInvalidInput, not a regular file, or empty; kIo. All name the path.
  /// Cost: no byte of the file is read.
  static Result<MappedFile> open(const std::filesystem::path& path);

  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_bytes_(std::exchange(other.size_bytes_, 0)) {}

  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  /// Aligned to a page; valid while the mapping lives, also after it was moved.
  [[nodiscard]] std::span<const std::byte> bytes() const {
    return {data_, static_cast<size_t>(size_bytes_)};
  }

 private:
  MappedFile(const std::byte* data, int64_t size_bytes) : data_(data), size_bytes_(size_bytes) {}

  const std::byte* data_;
  int64_t size_bytes_;
};

/// The contents of a file of at most `max_bytes`.
/// Errors: kNotFound; kInvalidInput, not a regular file, or larger than `max_bytes`; kIo.
Result<std::string> read_file(const std::filesystem::path& path, int64_t max_bytes);

}  // namespace fimd
