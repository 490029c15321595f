// Rows of weights: sequences of blocks of a few elements each, as GGUF files store them.
//
// A block of one of the float types is one element. The other blocks are little-endian records
// without padding. q stands for an element's small integer, and the value is
//   Q4_0 Q5_0 Q8_0   scale * q
//   Q4_1 Q5_1        scale * q + offset
//   Q2_K Q4_K Q5_K   scale * s * q - min_scale * m    s, m: integers of a sub-block, in `scales`
//   Q3_K Q6_K        scale * s * q
//   IQ4_NL           scale * kIq4Values[q]
//   IQ4_XS           scale * s * kIq4Values[q]
// Where an element's bits lie:
//   32 elements   byte i of `nibbles` holds element i (low half) and i + 16; bit i of `high_bits`
//                 is the fifth bit of element i
//   Q4_K Q5_K     eight sub-blocks of 32: byte 32 * p + i of `nibbles` holds element i of 2p (low
//                 half) and of 2p + 1; bit b of high_bits[i] is the fifth bit of element i of b
//   Q2_K Q3_K     sub-blocks of 16, two halves: byte 32 * h + i of `pairs` holds elements i,
//                 i + 32, i + 64, i + 96 of half h; bit b of high_bits[i] is the third of 32 b + i
//   Q6_K          the same halves, with four bits in `nibbles` and two in `pairs`
// Source: ggml-common.h and ggml-quants.c of llama.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "kernels/base/check.h"
#include "kernels/base/dtype.h"

namespace fimd {

struct BlockFormat {
  std::string_view name;  ///< as files and users spell it
  int32_t block_elements;
  int32_t block_bytes;
};

struct BlockQ4_0 {
  f16 scale;
  std::array<uint8_t, 16> nibbles;  ///< q + 8
};

struct BlockQ4_1 {
  f16 scale;
  f16 offset;
  std::array<uint8_t, 16> nibbles;
};

struct BlockQ5_0 {
  f16 scale;
  std::array<uint8_t, 4> high_bits;
  std::array<uint8_t, 16> nibbles;  ///< with the fifth bit: q + 16
};

struct BlockQ5_1 {
  f16 scale;
  f16 offset;
  std::array<uint8_t, 4> high_bits;
  std::array<uint8_t, 16> nibbles;
};

struct BlockQ8_0 {
  f16 scale;
  std::array<int8_t, 32> values;
};

struct BlockQ2_K {
  std::array<uint8_t, 16> scales;  ///< of each sub-block: s (low half) and m
  std::array<uint8_t, 64> pairs;
  f16 scale;
  f16 min_scale;
};

struct BlockQ3_K {
  std::array<uint8_t, 32> high_bits;  ///< a set bit adds 4: q + 4 is stored
  std::array<uint8_t, 64> pairs;
  std::array<uint8_t, 12> scales;  ///< s + 32 of 6 bits: 16 x 4 low ones, then 16 x 2 high ones
  f16 scale;
};

struct BlockQ4_K {
  f16 scale;
  f16 min_scale;
  std::array<uint8_t, 12> scales;  ///< s and m of 6 bits: k_scale() and k_min()
  std::array<uint8_t, 128> nibbles;
};

struct BlockQ5_K {
  f16 scale;
  f16 min_scale;
  std::array<uint8_t, 12> scales;  ///< as in BlockQ4_K
  std::array<uint8_t, 32> high_bits;
  std::array<uint8_t, 128> nibbles;
};

struct BlockQ6_K {
  std::array<uint8_t, 128> nibbles;  ///< with two bits of `pairs`: q + 32
  std::array<uint8_t, 64> pairs;
  std::array<int8_t, 16> scales;
  f16 scale;
};

struct BlockIQ4_NL {
  f16 scale;
  std::array<uint8_t, 16> nibbles;
};

struct BlockIQ4_XS {
  f16 scale;
  uint16_t scales_high;  ///< bits 2b and 2b + 1: the high ones of s + 32 of sub-block b
  std::array<uint8_t, 4> scales_low;
  std::array<uint8_t, 128> nibbles;  ///< eight sub-blocks of 32, each as in BlockIQ4_NL
};

/// What the four bits of IQ4_NL and IQ4_XS stand for.
inline constexpr std::array<int8_t, 16> kIq4Values = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// Of each type that visit_dtype knows.
template <typename Block>
inline constexpr BlockFormat kBlockFormat = {};
template <>
inline constexpr BlockFormat kBlockFormat<float> = {"F32", 1, 4};
template <>
inline constexpr BlockFormat kBlockFormat<f16> = {"F16", 1, 2};
template <>
inline constexpr BlockFormat kBlockFormat<bf16> = {"BF16", 1, 2};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ4_0> = {"Q4_0", 32, 18};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ4_1> = {"Q4_1", 32, 20};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ5_0> = {"Q5_0", 32, 22};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ5_1> = {"Q5_1", 32, 24};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ8_0> = {"Q8_0", 32, 34};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ2_K> = {"Q2_K", 256, 84};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ3_K> = {"Q3_K", 256, 110};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ4_K> = {"Q4_K", 256, 144};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ5_K> = {"Q5_K", 256, 176};
template <>
inline constexpr BlockFormat kBlockFormat<BlockQ6_K> = {"Q6_K", 256, 210};
template <>
inline constexpr BlockFormat kBlockFormat<BlockIQ4_NL> = {"IQ4_NL", 32, 18};
template <>
inline constexpr BlockFormat kBlockFormat<BlockIQ4_XS> = {"IQ4_XS", 256, 136};

/// Whether `Block` is one element that to_float() converts.
template <typename Block>
inline constexpr bool kIsElement = kBlockFormat<Block>.block_elements == 1;

/// visitor(std::type_identity<Block>()) with the block of `dtype`: the only switch over types.
template <typename Visitor>
constexpr decltype(auto) visit_dtype(DType dtype, Visitor&& visitor) {
  switch (dtype) {
    case DType::kF32: return visitor(std::type_identity<float>());
    case DType::kF16: return visitor(std::type_identity<f16>());
    case DType::kBF16: return visitor(std::type_identity<bf16>());
    case DType::kQ4_0: return visitor(std::type_identity<BlockQ4_0>());
    case DType::kQ4_1: return visitor(std::type_identity<BlockQ4_1>());
    case DType::kQ5_0: return visitor(std::type_identity<BlockQ5_0>());
    case DType::kQ5_1: return visitor(std::type_identity<BlockQ5_1>());
    case DType::kQ8_0: return visitor(std::type_identity<BlockQ8_0>());
    case DType::kQ2_K: return visitor(std::type_identity<BlockQ2_K>());
    case DType::kQ3_K: return visitor(std::type_identity<BlockQ3_K>());
    case DType::kQ4_K: return visitor(std::type_identity<BlockQ4_K>());
    case DType::kQ5_K: return visitor(std::type_identity<BlockQ5_K>());
    case DType::kQ6_K: return visitor(std::type_identity<BlockQ6_K>());
    case DType::kIQ4_NL: return visitor(std::type_identity<BlockIQ4_NL>());
    case DType::kIQ4_XS: return visitor(std::type_identity<BlockIQ4_XS>());
  }
  check_failed(__FILE__, __LINE__, "dtype is one of DType", static_cast<int>(dtype));
}

/// visit_dtype for the types whose blocks are single elements. Aborts if `dtype` is another.
template <typename Visitor>
constexpr auto visit_element_type(DType dtype, Visitor&& visitor) {
  using Visited = decltype(visitor(std::type_identity<float>()));
  return visit_dtype(dtype, [&]<typename Block>(std::type_identity<Block> type) -> Visited {
    if constexpr (kIsElement<Block>) {
      return visitor(type);
    } else {
      check_failed(__FILE__, __LINE__, "a block is one element", kBlockFormat<Block>.name);
    }
  });
}

constexpr BlockFormat block_format(DType dtype) {
  return visit_dtype(dtype, []<typename Block>(std::type_identity<Block>) {
    static_assert(sizeof(Block) == kBlockFormat<Block>.block_bytes);
    return kBlockFormat<Block>;
  });
}

constexpr std::string_view dtype_name(DType dtype) {
  return block_format(dtype).name;
}

/// Bytes of a row of `columns` elements. Aborts if these are not whole blocks.
constexpr int64_t row_bytes(DType dtype, int64_t columns) {
  const BlockFormat format = block_format(dtype);
  FIMD_CHECK(columns % format.block_elements == 0, format.name, columns);
  return columns / format.block_elements * format.block_bytes;
}

/// s of sub-block `index` of a Q4_K or Q5_K block.
constexpr int k_scale(const std::array<uint8_t, 12>& scales, int index) {
  if (index < 4) return scales[index] & 63;
  return (scales[index + 4] & 15) | ((scales[index - 4] >> 6) << 4);
}

/// m of sub-block `index` of a Q4_K or Q5_K block.
constexpr int k_min(const std::array<uint8_t, 12>& scales, int index) {
  if (index < 4) return scales[index + 4] & 63;
  return (scales[index + 4] >> 4) | ((scales[index] >> 6) << 4);
}

}  // namespace fimd
