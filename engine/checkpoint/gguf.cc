#include "engine/checkpoint/gguf.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/gguf_header.h"
#include "engine/json/json_file.h"
#include "kernels/base/block_format.h"

namespace fimd {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are mapped, not converted");

constexpr std::string_view kMagic = "GGUF";
constexpr uint32_t kVersion = 3;
constexpr int64_t kDefaultAlignment = 32;

// The shortest of each: an empty name, no extents, a value of one byte.
constexpr int64_t kLeastKeyBytes = 8 + 4 + 1;
constexpr int64_t kLeastTensorBytes = 8 + 4 + 4 + 8;

tl::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

Status read_version(GgufCursor& cursor) {
  FIMD_TRY(const std::span<const std::byte> bytes, cursor.take(kMagic.size()));
  const std::string_view magic(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (magic != kMagic) {
    return cursor.wrong("begins with " + quote(magic) + ", expected " + std::string(kMagic));
  }
  FIMD_TRY(const auto version, cursor.number<uint32_t>());
  if (version == kVersion) return {};
  if ((version & 0xffffU) == 0) {
    return cursor.wrong("is big-endian, expected little-endian", ErrorCode::kUnsupported);
  }
  return cursor.wrong(
      "is of version " + std::to_string(version) + ", expected " + std::to_string(kVersion),
      ErrorCode::kUnsupported);
}

/// `count` things that `read` reads one by one, sorted by their names, which must be unique.
template <typename T, typename Read>
Result<std::vector<T>> read_sorted(GgufCursor& cursor,
                                   const char* kind,
                                   int64_t count,
                                   const Read& read) {
  const std::string of_count = " of " + std::to_string(count);
  std::vector<T> things;
  for (int64_t index = 1; index <= count; ++index) {
    FIMD_TRY(T thing, read(cursor, std::to_string(index) + of_count));
    things.push_back(std::move(thing));
  }
  std::ranges::sort(things, {}, &T::name);
  const auto twin = std::ranges::adjacent_find(things, {}, &T::name);
  if (twin != things.end()) return malformed(name_text(kind, twin->name) + " is given twice");
  return things;
}

template <typename T>
const T* find_by_name(const std::vector<T>& things, std::string_view name) {
  const auto found = std::ranges::lower_bound(things, name, {}, &T::name);
  return found != things.end() && found->name == name ? &*found : nullptr;
}

Status check_place(const GgufTensor& tensor, int64_t data_offset_bytes, int64_t data_bytes) {
  const std::string text = name_text("tensor", tensor.name);
  // Subtracting, since hostile offsets may add up to more than an int64_t holds.
  if (tensor.offset_bytes > data_bytes || tensor.size_bytes > data_bytes - tensor.offset_bytes) {
    return malformed(text + " ends past the " + std::to_string(data_bytes) + " bytes of data");
  }
  const int64_t block_alignment = visit_dtype(
      tensor.dtype,
      []<typename Block>(std::type_identity<Block>) { return int64_t{alignof(Block)}; });
  const int64_t place_bytes = data_offset_bytes + tensor.offset_bytes;
  if (tensor.size_bytes > 0 && place_bytes % block_alignment != 0) {
    return malformed(text + " begins at byte " + std::to_string(place_bytes) +
                     " of the file, expected a multiple of " + std::to_string(block_alignment));
  }
  return {};
}

/// As short as it can be without losing bits: 1e-06, not 0.000001.
std::string number_text(double value) {
  return std::isfinite(value) ? nlohmann::json(value).dump() : std::to_string(value);
}

template <typename T>
constexpr bool holds_elements(GgufType type) {
  const bool is_text = type == GgufType::kText;
  const bool is_number = type == GgufType::kFloat32 || type == GgufType::kFloat64;
  if constexpr (std::is_same_v<T, std::string_view>) {
    return is_text;
  } else if constexpr (std::is_same_v<T, double>) {
    return is_number;
  } else {
    static_assert(std::is_same_v<T, int64_t>);
    return !is_text && !is_number && type != GgufType::kBool;
  }
}

}  // namespace

Result<GgufFile> GgufFile::open(const std::filesystem::path& path) {
  FIMD_TRY(MappedFile mapping, MappedFile::open(path));
  GgufFile file(path, std::move(mapping));
  const Status status = file.read_header();
  if (!status) return fail(status.error().code, path.string() + ": " + status.error().message);
  return file;
}

Status GgufFile::read_header() {
  GgufCursor cursor(file_.bytes());
  FIMD_TRY_STATUS(read_version(cursor));
  FIMD_TRY(const int64_t num_tensors, cursor.count("tensors", kLeastTensorBytes));
  FIMD_TRY(const int64_t num_keys, cursor.count("keys", kLeastKeyBytes));
  FIMD_TRY(keys_, read_sorted<GgufKey>(cursor, "key", num_keys, read_key));
  FIMD_TRY(tensors_, read_sorted<GgufTensor>(cursor, "tensor", num_tensors, read_tensor));
  int64_t alignment = kDefaultAlignment;
  constexpr std::string_view kAlignmentKey = "general.alignment";
  if (const GgufValue* value = find_key(kAlignmentKey); value != nullptr) {
    const auto* number = std::get_if<int64_t>(value);
    if (number == nullptr || *number <= 0 || !std::has_single_bit(static_cast<uint64_t>(*number))) {
      return malformed(name_text("key", kAlignmentKey) + " is " + value_text(*value) +
                       ", expected a power of two");
    }
    alignment = *number;
  }
  // Neither of the two is above 2^62. Where nothing follows the header, its padding may be missing.
  const int64_t padded_bytes = (cursor.offset_bytes() + alignment - 1) / alignment * alignment;
  data_offset_bytes_ = std::min(padded_bytes, file_bytes());
  return check_tensors(alignment);
}

Status GgufFile::check_tensors(int64_t alignment) const {
  const int64_t data_bytes = file_bytes() - data_offset_bytes_;
  std::vector<const GgufTensor*> by_offset;
  by_offset.reserve(tensors_.size());
  for (const GgufTensor& tensor : tensors_) by_offset.push_back(&tensor);
  std::ranges::sort(by_offset, {}, [](const GgufTensor* tensor) {
    return std::pair(tensor->offset_bytes, tensor->size_bytes);
  });
  int64_t end_bytes = 0;
  const auto misplaced = [](const GgufTensor& tensor, const std::string& expected) {
    return malformed(name_text("tensor", tensor.name) + " begins at byte " +
                     std::to_string(tensor.offset_bytes) + " of the data, expected " + expected);
  };
  for (const GgufTensor* tensor : by_offset) {
    FIMD_TRY_STATUS(check_place(*tensor, data_offset_bytes_, data_bytes));
    if (tensor->offset_bytes % alignment != 0) {
      return misplaced(*tensor, "a multiple of " + std::to_string(alignment));
    }
    if (tensor->offset_bytes < end_bytes) {
      return misplaced(*tensor,
                       std::to_string(end_bytes) + " or more, where the one before it ends");
    }
    end_bytes = tensor->offset_bytes + tensor->size_bytes;
  }
  return {};
}

const GgufValue* GgufFile::find_key(std::string_view name) const {
  const GgufKey* found = find_by_name(keys_, name);
  return found == nullptr ? nullptr : &found->value;
}

const GgufTensor* GgufFile::find_tensor(std::string_view name) const {
  return find_by_name(tensors_, name);
}

tl::unexpected<Error> GgufFile::wrong_key(std::string_view name, std::string_view expected) const {
  const GgufValue* value = find_key(name);
  return fail(value == nullptr ? ErrorCode::kNotFound : ErrorCode::kInvalidInput,
              path_.string() + ": " + name_text("key", name) + " is " +
                  (value == nullptr ? "missing" : value_text(*value)) + ", expected " +
                  std::string(expected));
}

template <typename T>
Result<T> GgufFile::value_of(std::string_view name, std::string_view expected) const {
  const GgufValue* value = find_key(name);
  const T* found = value == nullptr ? nullptr : std::get_if<T>(value);
  if (found == nullptr) return wrong_key(name, expected);
  return *found;
}

template <typename T>
Result<std::vector<T>> GgufFile::elements_of(std::string_view name,
                                             std::string_view expected) const {
  FIMD_TRY(const GgufArray array, value_of<GgufArray>(name, expected));
  if (!holds_elements<T>(array.type)) return wrong_key(name, expected);
  std::vector<T> elements;
  elements.reserve(static_cast<size_t>(array.count));
  GgufCursor cursor(array.bytes);
  const int64_t size_bytes = scalar_bytes(array.type);
  for (int64_t index = 0; index < array.count; ++index) {
    if constexpr (std::is_same_v<T, std::string_view>) {
      FIMD_TRY(const std::string_view text, cursor.text("text", kMaxGgufHeaderBytes));
      elements.push_back(text);
    } else {
      const GgufValue element = scalar_at(array.type, array.bytes.data() + index * size_bytes);
      const T* found = std::get_if<T>(&element);
      if (found == nullptr) return wrong_key(name, expected);
      elements.push_back(*found);
    }
  }
  return elements;
}

Result<bool> GgufFile::boolean(std::string_view name) const {
  return value_of<bool>(name, "a boolean");
}

Result<int64_t> GgufFile::integer(std::string_view name) const {
  return value_of<int64_t>(name, "an integer");
}

Result<double> GgufFile::number(std::string_view name) const {
  return value_of<double>(name, "a number");
}

Result<std::string_view> GgufFile::text(std::string_view name) const {
  return value_of<std::string_view>(name, "a text");
}

Result<std::vector<int64_t>> GgufFile::integers(std::string_view name) const {
  return elements_of<int64_t>(name, "an array of integers");
}

Result<std::vector<double>> GgufFile::numbers(std::string_view name) const {
  return elements_of<double>(name, "an array of numbers");
}

Result<std::vector<std::string_view>> GgufFile::texts(std::string_view name) const {
  return elements_of<std::string_view>(name, "an array of texts");
}

std::string value_text(const GgufValue& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return quote(*text);
  if (const auto* array = std::get_if<GgufArray>(&value)) {
    return "an array of " + std::to_string(array->count) + " elements";
  }
  return std::visit(
      []<typename T>(const T& scalar) -> std::string {
        if constexpr (std::is_same_v<T, bool>) return scalar ? "true" : "false";
        if constexpr (std::is_same_v<T, double>) return number_text(scalar);
        if constexpr (std::is_integral_v<T>) return std::to_string(scalar);
        return "";
      },
      value);
}

}  // namespace fimd
