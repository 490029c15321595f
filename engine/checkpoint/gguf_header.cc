#include "engine/checkpoint/gguf_header.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "engine/json/json_file.h"
#include "kernels/base/block_format.h"

namespace fimd {
namespace {

constexpr uint64_t kMaxInteger = std::numeric_limits<int64_t>::max();

/// Bytes of a scalar of each GgufType.
constexpr std::array<int64_t, 13> kScalarBytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

constexpr int64_t kTextBytes = 8;  // the shortest text: its length, 0

/// A tensor type by the format's number; without a DType, it has only a name.
struct TensorType {
  uint32_t number;
  std::optional<DType> dtype;
  std::string_view name = {};
};

// Numbers between these belong to types that the format has given up.
constexpr std::array kTensorTypes = {
    TensorType{0, DType::kF32},     TensorType{1, DType::kF16},    TensorType{2, DType::kQ4_0},
    TensorType{3, DType::kQ4_1},    TensorType{6, DType::kQ5_0},   TensorType{7, DType::kQ5_1},
    TensorType{8, DType::kQ8_0},    TensorType{9, {}, "Q8_1"},     TensorType{10, DType::kQ2_K},
    TensorType{11, DType::kQ3_K},   TensorType{12, DType::kQ4_K},  TensorType{13, DType::kQ5_K},
    TensorType{14, DType::kQ6_K},   TensorType{15, {}, "Q8_K"},    TensorType{16, {}, "IQ2_XXS"},
    TensorType{17, {}, "IQ2_XS"},   TensorType{18, {}, "IQ3_XXS"}, TensorType{19, {}, "IQ1_S"},
    TensorType{20, DType::kIQ4_NL}, TensorType{21, {}, "IQ3_S"},   TensorType{22, {}, "IQ2_S"},
    TensorType{23, DType::kIQ4_XS}, TensorType{24, {}, "I8"},      TensorType{25, {}, "I16"},
    TensorType{26, {}, "I32"},      TensorType{27, {}, "I64"},     TensorType{28, {}, "F64"},
    TensorType{29, {}, "IQ1_M"},    TensorType{30, DType::kBF16},  TensorType{34, {}, "TQ1_0"},
    TensorType{35, {}, "TQ2_0"},    TensorType{39, {}, "MXFP4"},   TensorType{40, {}, "NVFP4"},
};

Result<DType> dtype_numbered(const GgufCursor& cursor, uint32_t number) {
  const auto* found = std::ranges::find(kTensorTypes, number, &TensorType::number);
  const bool is_known = found != kTensorTypes.end();
  if (is_known && found->dtype) return *found->dtype;
  std::string text = "is of type " + std::to_string(number);
  if (is_known) text += " (" + std::string(found->name) + ")";
  const char* separator = ", expected ";
  for (const TensorType& type : kTensorTypes) {
    if (!type.dtype) continue;
    text += separator + std::string(dtype_name(*type.dtype));
    separator = " ";
  }
  return cursor.wrong(text, ErrorCode::kUnsupported);
}

template <typename T>
T load_as(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

Result<GgufType> read_type(GgufCursor& cursor) {
  FIMD_TRY(const uint32_t number, cursor.number<uint32_t>());
  if (number < kScalarBytes.size()) return static_cast<GgufType>(number);
  return cursor.wrong("has a value of type " + std::to_string(number) + ", expected at most " +
                      std::to_string(kScalarBytes.size() - 1));
}

/// The format says of another byte than 0 and 1 that the file is broken.
Status check_booleans(const GgufCursor& cursor, std::span<const std::byte> bytes) {
  const auto bad = std::ranges::find_if(bytes, [](std::byte byte) { return byte > std::byte{1}; });
  if (bad == bytes.end()) return {};
  return cursor.wrong("has the boolean " + std::to_string(std::to_integer<int>(*bad)) +
                      ", expected 0 or 1");
}

Result<std::span<const std::byte>> take_scalars(GgufCursor& cursor, GgufType type, int64_t count) {
  const int64_t size_bytes = count * scalar_bytes(type);
  FIMD_TRY(const std::span<const std::byte> bytes, cursor.take(static_cast<uint64_t>(size_bytes)));
  if (type == GgufType::kBool) FIMD_TRY_STATUS(check_booleans(cursor, bytes));
  return bytes;
}

Result<GgufArray> read_array(GgufCursor& cursor) {
  FIMD_TRY(const GgufType type, read_type(cursor));
  if (type == GgufType::kArray) {
    return cursor.wrong("is an array of arrays, expected scalars or texts",
                        ErrorCode::kUnsupported);
  }
  const bool has_texts = type == GgufType::kText;
  FIMD_TRY(const int64_t count,
           cursor.count("elements", has_texts ? kTextBytes : scalar_bytes(type)));
  if (!has_texts) {
    FIMD_TRY(const std::span<const std::byte> scalars, take_scalars(cursor, type, count));
    return GgufArray{type, count, scalars};
  }
  GgufCursor end = cursor;
  for (int64_t index = 0; index < count; ++index) {
    FIMD_TRY_STATUS(end.text("text", kMaxGgufHeaderBytes));
  }
  FIMD_TRY(const std::span<const std::byte> texts,
           cursor.take(static_cast<uint64_t>(end.offset_bytes() - cursor.offset_bytes())));
  return GgufArray{type, count, texts};
}

Result<GgufValue> read_value(GgufCursor& cursor) {
  FIMD_TRY(const GgufType type, read_type(cursor));
  if (type == GgufType::kText) return cursor.text("text", kMaxGgufHeaderBytes);
  if (type == GgufType::kArray) return read_array(cursor);
  FIMD_TRY(const std::span<const std::byte> scalar, take_scalars(cursor, type, 1));
  return scalar_at(type, scalar.data());
}

/// Bytes of a tensor whose rows are whole blocks, or nothing where they, or the product of some of
/// its extents, overflow.
std::optional<int64_t> tensor_bytes(const GgufTensor& tensor) {
  int64_t elements = 1;
  for (const int64_t extent : tensor.shape) {
    if (__builtin_mul_overflow(elements, std::max<int64_t>(extent, 1), &elements)) return {};
  }
  const BlockFormat format = block_format(tensor.dtype);
  int64_t size_bytes = elements / format.block_elements;
  if (__builtin_mul_overflow(size_bytes, format.block_bytes, &size_bytes)) return {};
  return std::ranges::count(tensor.shape, 0) > 0 ? 0 : size_bytes;
}

}  // namespace

GgufCursor::GgufCursor(std::span<const std::byte> file)
    : bytes_(file.first(std::min<size_t>(file.size(), kMaxGgufHeaderBytes))),
      end_text_(bytes_.size() == file.size() ? "where the file ends"
                                             : "the most that a header may have") {}

Result<std::span<const std::byte>> GgufCursor::take(uint64_t size_bytes) {
  if (size_bytes > static_cast<uint64_t>(rest_bytes())) {
    return wrong("goes on behind byte " + std::to_string(bytes_.size()) + ", " + end_text_);
  }
  const auto begin = static_cast<size_t>(offset_bytes_);
  offset_bytes_ += static_cast<int64_t>(size_bytes);
  return bytes_.subspan(begin, size_bytes);
}

Result<std::string_view> GgufCursor::text(std::string_view what, int64_t max_bytes) {
  FIMD_TRY(const auto length, number<uint64_t>());
  const int64_t most_bytes = std::min(max_bytes, rest_bytes());
  if (length > static_cast<uint64_t>(most_bytes)) {
    return wrong("has a " + std::string(what) + " of " + std::to_string(length) +
                 " bytes, expected at most " + std::to_string(most_bytes));
  }
  FIMD_TRY(const std::span<const std::byte> bytes, take(length));
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<int64_t> GgufCursor::count(std::string_view what, int64_t least_bytes) {
  FIMD_TRY(const auto count, number<uint64_t>());
  const int64_t most = rest_bytes() / least_bytes;
  if (count > static_cast<uint64_t>(most)) {
    return wrong("has " + std::to_string(count) + " " + std::string(what) + ", expected at most " +
                 std::to_string(most) + " in the rest of the file");
  }
  return static_cast<int64_t>(count);
}

Result<GgufKey> read_key(GgufCursor& cursor, const std::string& ordinal) {
  cursor.enter("key " + ordinal);
  GgufKey key;
  FIMD_TRY(key.name, cursor.text("name", kMaxGgufKeyBytes));
  cursor.enter(name_text("key", key.name));
  FIMD_TRY(key.value, read_value(cursor));
  return key;
}

Result<GgufTensor> read_tensor(GgufCursor& cursor, const std::string& ordinal) {
  cursor.enter("tensor " + ordinal);
  GgufTensor tensor;
  FIMD_TRY(tensor.name, cursor.text("name", kMaxGgufNameBytes));
  cursor.enter(name_text("tensor", tensor.name));
  FIMD_TRY(const auto rank, cursor.number<uint32_t>());
  if (rank > kMaxGgufRank) {
    return cursor.wrong("has " + std::to_string(rank) + " extents, expected at most " +
                        std::to_string(kMaxGgufRank));
  }
  for (uint32_t index = 0; index < rank; ++index) {
    FIMD_TRY(const auto extent, cursor.number<uint64_t>());
    if (extent > kMaxInteger) {
      return cursor.wrong("has the extent " + std::to_string(extent) + ", expected at most " +
                          std::to_string(kMaxInteger));
    }
    tensor.shape.insert(tensor.shape.begin(), static_cast<int64_t>(extent));
  }
  FIMD_TRY(const auto type, cursor.number<uint32_t>());
  FIMD_TRY(tensor.dtype, dtype_numbered(cursor, type));
  FIMD_TRY(const auto offset, cursor.number<uint64_t>());
  // What lies so far out is found to end past the data.
  tensor.offset_bytes = static_cast<int64_t>(std::min(offset, kMaxInteger));
  const BlockFormat format = block_format(tensor.dtype);
  const int64_t columns = tensor.shape.empty() ? 1 : tensor.shape.back();
  if (columns % format.block_elements != 0) {
    return cursor.wrong("has rows of " + std::to_string(columns) + " elements, expected a " +
                        "multiple of " + std::to_string(format.block_elements) + " for " +
                        std::string(format.name));
  }
  const std::optional<int64_t> size_bytes = tensor_bytes(tensor);
  if (!size_bytes) return cursor.wrong("has more bytes than 63 bits can count");
  tensor.size_bytes = *size_bytes;
  return tensor;
}

GgufValue scalar_at(GgufType type, const std::byte* at) {
  switch (type) {
    case GgufType::kUint8: return int64_t{load_as<uint8_t>(at)};
    case GgufType::kInt8: return int64_t{load_as<int8_t>(at)};
    case GgufType::kUint16: return int64_t{load_as<uint16_t>(at)};
    case GgufType::kInt16: return int64_t{load_as<int16_t>(at)};
    case GgufType::kUint32: return int64_t{load_as<uint32_t>(at)};
    case GgufType::kInt32: return int64_t{load_as<int32_t>(at)};
    case GgufType::kInt64: return load_as<int64_t>(at);
    case GgufType::kFloat32: return double{load_as<float>(at)};
    case GgufType::kFloat64: return load_as<double>(at);
    case GgufType::kBool: return load_as<uint8_t>(at) != 0;
    case GgufType::kUint64: {
      const auto value = load_as<uint64_t>(at);
      if (value > kMaxInteger) return value;
      return static_cast<int64_t>(value);
    }
    case GgufType::kText:
    case GgufType::kArray: break;
  }
  check_failed(__FILE__, __LINE__, "type is a scalar's", static_cast<int>(type));
}

int64_t scalar_bytes(GgufType type) {
  return kScalarBytes.at(static_cast<size_t>(type));
}

std::string name_text(const char* kind, std::string_view name) {
  return std::string(kind) + " " + quote(name);
}

}  // namespace fimd
