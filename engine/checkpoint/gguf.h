// One GGUF file of version 3: typed keys, and tensors of blocks.
//
//   "GGUF"    u32 version, i64 number of tensors, i64 number of keys
//   keys      each {text name, u32 type, value}; a text is {u64 length, bytes}, an array
//             {u32 type, u64 count, elements}
//   tensors   each {text name, u32 rank, i64 extents[rank], u32 type, u64 offset}; the first extent
//             is that of a row
//   padding   to a multiple of the key general.alignment (32 where it is absent)
//   data      the tensors, each at its offset from here, a multiple of the alignment
//
// All numbers are little-endian. The file is mapped and its header checked in full when it is
// opened, so that afterwards
//   1. every tensor lies inside the file, its rows are whole blocks, and it is aligned to them;
//   2. no two tensors overlap;
//   3. names are unique, those of keys and those of tensors;
//   4. every array has as many elements as it says, and no array holds another.
// Checking allocates in proportion to the header's bytes, never to a number that it holds. Texts
// are bytes as they stand: nobody has checked that they are UTF-8.
// Source: docs/gguf.md of ggml, and gguf.cpp there for what it leaves open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/checkpoint/mapped_file.h"
#include "kernels/base/dtype.h"
#include "kernels/base/result.h"

namespace fimd {

/// Ten times what a vocabulary of 262,144 tokens with its merges takes; bounds the time of opening.
inline constexpr int64_t kMaxGgufHeaderBytes = 100'000'000;

/// The format's own limits.
inline constexpr int64_t kMaxGgufKeyBytes = 65'535;
inline constexpr int64_t kMaxGgufNameBytes = 64;
inline constexpr int64_t kMaxGgufRank = 4;

/// The types of values, by the format's numbers.
enum class GgufType : uint32_t {
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBool,
  kText,
  kArray,
  kUint64,
  kInt64,
  kFloat64,
};

/// An array as it lies in the file; integers(), numbers() and texts() decode it.
struct GgufArray {
  GgufType type;  ///< of the elements; never kArray
  int64_t count;
  std::span<const std::byte> bytes;
};

/// Integers of all widths are int64_t; uint64_t is for those that do not fit it.
using GgufValue = std::variant<bool, int64_t, uint64_t, double, std::string_view, GgufArray>;

struct GgufKey {
  std::string_view name;
  GgufValue value;
};

struct GgufTensor {
  std::string_view name;
  DType dtype = DType::kF32;
  std::vector<int64_t> shape;  ///< [rows, columns] and so on: the file's extents in reverse
  int64_t offset_bytes = 0;    ///< in the data
  int64_t size_bytes = 0;
};

/// Thread: safe to read. Views that it hands out are valid while the file lives, also after it was
/// moved.
class GgufFile {
 public:
  /// Errors: kNotFound; kInvalidInput, the header breaks a rule of the format; kUnsupported,
  /// another version or byte order, a tensor of a type that is not in DType, or an array of arrays;
  /// kIo. The message names the file and the key or tensor. Cost: reads the header only.
  static Result<GgufFile> open(const std::filesystem::path& path);

  /// Sorted by name.
  [[nodiscard]] std::span<const GgufKey> keys() const { return keys_; }

  [[nodiscard]] std::span<const GgufTensor> tensors() const { return tensors_; }

  /// What is called `name`, or null.
  [[nodiscard]] const GgufValue* find_key(std::string_view name) const;
  [[nodiscard]] const GgufTensor* find_tensor(std::string_view name) const;

  /// Errors (all of these): kNotFound; kInvalidInput, the key has another type, or an integer of
  /// it is above the largest int64_t.
  [[nodiscard]] Result<bool> boolean(std::string_view name) const;
  [[nodiscard]] Result<int64_t> integer(std::string_view name) const;
  [[nodiscard]] Result<double> number(std::string_view name) const;
  [[nodiscard]] Result<std::string_view> text(std::string_view name) const;
  [[nodiscard]] Result<std::vector<int64_t>> integers(std::string_view name) const;
  [[nodiscard]] Result<std::vector<double>> numbers(std::string_view name) const;
  [[nodiscard]] Result<std::vector<std::string_view>> texts(std::string_view name) const;

  /// The blocks of a tensor of this file, row by row.
  [[nodiscard]] std::span<const std::byte> data(const GgufTensor& tensor) const {
    return file_.bytes().subspan(data_offset_bytes_ + tensor.offset_bytes, tensor.size_bytes);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  [[nodiscard]] int64_t file_bytes() const { return static_cast<int64_t>(file_.bytes().size()); }

 private:
  GgufFile(std::filesystem::path path, MappedFile file)
      : path_(std::move(path)), file_(std::move(file)) {}

  Status read_header();
  [[nodiscard]] Status check_tensors(int64_t alignment) const;
  [[nodiscard]] tl::unexpected<Error> wrong_key(std::string_view name,
                                                std::string_view expected) const;

  template <typename T>
  [[nodiscard]] Result<T> value_of(std::string_view name, std::string_view expected) const;
  template <typename T>
  [[nodiscard]] Result<std::vector<T>> elements_of(std::string_view name,
                                                   std::string_view expected) const;

  std::filesystem::path path_;
  MappedFile file_;
  int64_t data_offset_bytes_ = 0;  // of the data, in the file
  std::vector<GgufKey> keys_;
  std::vector<GgufTensor> tensors_;
};

/// 3, 1e-06, true, "text", an array of 5 elements, for messages: ASCII and short.
std::string value_text(const GgufValue& value);

}  // namespace fimd
