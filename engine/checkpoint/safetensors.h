// One safetensors file: named arrays behind a JSON header.
//
//   8 bytes   N, little-endian
//   N bytes   {"NAME": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, ...,
//             "__metadata__": {"key": "text"}}, padded with spaces
//   the rest  the arrays, row-major and little-endian; offsets count from here
//
// The file is mapped and its header checked in full when it is opened, so that afterwards
//   1. every array lies inside the file, has exactly the bytes that its shape needs and is aligned
//      to its element;
//   2. no two arrays overlap, and no byte of the data belongs to none;
//   3. names are unique.
// Checking allocates in proportion to the header's bytes, never to a number that it holds.
// Source: the format section of huggingface/safetensors' README.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/checkpoint/mapped_file.h"
#include "kernels/base/dtype.h"
#include "kernels/base/result.h"

namespace fimd {

/// The format's own limit on N.
inline constexpr int64_t kMaxSafetensorsHeaderBytes = 100'000'000;

/// What PyTorch and NumPy allow; weights have at most 3 dimensions.
inline constexpr int64_t kMaxTensorRank = 64;

struct SafetensorsEntry {
  std::string name;
  std::string_view dtype;      ///< the format's name of it, such as "BF16" or "I32"
  std::vector<int64_t> shape;  ///< extents from 0 up; empty for a scalar
  int64_t offset_bytes = 0;    ///< in the data section
  int64_t size_bytes = 0;
};

/// The format's name of an element type, for values<T>().
template <typename T>
inline constexpr std::string_view kSafetensorsDtype = "";
template <>
inline constexpr std::string_view kSafetensorsDtype<float> = "F32";
template <>
inline constexpr std::string_view kSafetensorsDtype<f16> = "F16";
template <>
inline constexpr std::string_view kSafetensorsDtype<bf16> = "BF16";
template <>
inline constexpr std::string_view kSafetensorsDtype<int32_t> = "I32";
template <>
inline constexpr std::string_view kSafetensorsDtype<uint8_t> = "U8";

/// Thread: safe to read.
class SafetensorsFile {
 public:
  /// Errors: kNotFound; kInvalidInput, the header breaks a rule of the format; kUnsupported, a
  /// dtype that the format did not have when this was written; kIo. The message names the file and
  /// the tensor. Cost: reads the header only.
  static Result<SafetensorsFile> open(const std::filesystem::path& path);

  /// Sorted by name.
  [[nodiscard]] std::span<const SafetensorsEntry> entries() const { return entries_; }

  /// The entry called `name`, or null. Valid while the file lives, also after it was moved.
  [[nodiscard]] const SafetensorsEntry* find(std::string_view name) const;

  /// The first byte of an entry of this file.
  [[nodiscard]] const std::byte* data(const SafetensorsEntry& entry) const {
    return file_.bytes().data() + data_offset_bytes_ + entry.offset_bytes;
  }

  /// The elements of the entry called `name`.
  /// Errors: kNotFound; kInvalidInput, it has another dtype than T's.
  template <typename T>
  [[nodiscard]] Result<std::span<const T>> values(std::string_view name) const {
    static_assert(!kSafetensorsDtype<T>.empty());
    FIMD_TRY(const std::span<const std::byte> bytes, bytes_of(name, kSafetensorsDtype<T>));
    return std::span(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  [[nodiscard]] int64_t file_bytes() const { return static_cast<int64_t>(file_.bytes().size()); }

 private:
  SafetensorsFile(std::filesystem::path path, MappedFile file)
      : path_(std::move(path)), file_(std::move(file)) {}

  Status read_header();
  [[nodiscard]] Result<std::span<const std::byte>> bytes_of(std::string_view name,
                                                            std::string_view dtype) const;

  std::filesystem::path path_;
  MappedFile file_;
  int64_t data_offset_bytes_ = 0;  // of the data section, in the file
  std::vector<SafetensorsEntry> entries_;
};

/// "[768, 256]", for messages.
std::string shape_text(const std::vector<int64_t>& shape);

}  // namespace fimd
