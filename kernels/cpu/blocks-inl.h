// Weights of GGUF's block types as floats, a unit at a time: what the products are made of where a
// row is not a row of elements.
//
// A unit is a block of 32, or half a block of 256: 128 elements, as many columns as a panel is
// deep. It is unpacked in two steps: 128-bit vectors put the small integers together, then every 16
// of them become floats, are scaled and moved by their sub-block's offset. Each value is rounded
// once, or twice where an instruction set has no fused multiply-add.
#if defined(FIMD_KERNELS_CPU_BLOCKS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_BLOCKS_INL_H
#undef FIMD_KERNELS_CPU_BLOCKS_INL_H
#else
#define FIMD_KERNELS_CPU_BLOCKS_INL_H
#endif

#include <bit>

#include "kernels/base/block_format.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

inline constexpr int64_t kMaxUnit = 128;
inline constexpr int64_t kGroup = 16;  ///< elements that share a scale and an offset
static_assert(kGroup % kLanes == 0);

template <typename Block>
inline constexpr int64_t kUnit = std::min<int64_t>(kMaxUnit, kBlockFormat<Block>.block_elements);

using Bytes = hn::Full128<uint8_t>;
using ByteVec = hn::Vec<Bytes>;

/// The small integers of a unit, and what makes weights of each 16 of them.
struct Unpacked {
  HWY_ALIGN int8_t q[kMaxUnit];
  float scales[kMaxUnit / kGroup];
  float offsets[kMaxUnit / kGroup];

  HWY_INLINE void put(int64_t index, ByteVec bytes) {
    hn::StoreU(bytes, Bytes(), reinterpret_cast<uint8_t*>(q) + index);
  }

  /// Of the 32 elements from group 2 * `pair` on.
  HWY_INLINE void scale_pair(int64_t pair, float scale, float offset) {
    scales[2 * pair] = scales[2 * pair + 1] = scale;
    offsets[2 * pair] = offsets[2 * pair + 1] = offset;
  }
};

/// to_float() without a branch: a subnormal's product with 2^112 is exact.
HWY_INLINE float half_to_float(f16 half) {
  const uint32_t magnitude = static_cast<uint32_t>(half.bits & 0x7FFFU) << 13;
  const uint32_t sign = static_cast<uint32_t>(half.bits & 0x8000U) << 16;
  const auto finite = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112F);
  const bool is_finite = (half.bits & 0x7C00U) != 0x7C00U;
  return std::bit_cast<float>((is_finite ? finite : magnitude | 0x7F800000U) | sign);
}

HWY_INLINE ByteVec load_bytes(const uint8_t* data) {
  return hn::LoadU(Bytes(), data);
}

HWY_INLINE ByteVec low_nibbles(ByteVec bytes) {
  return hn::And(bytes, hn::Set(Bytes(), 15));
}

HWY_INLINE ByteVec high_nibbles(ByteVec bytes) {
  return hn::ShiftRight<4>(bytes);
}

/// `value` in each lane in which `bytes` has one of the bits of `mask`.
HWY_INLINE ByteVec where_set(ByteVec bytes, ByteVec mask, uint8_t value) {
  const ByteVec found = hn::And(bytes, mask);
  return hn::IfThenElseZero(hn::Ne(found, hn::Zero(Bytes())), hn::Set(Bytes(), value));
}

/// Bit i of the two bytes as 16 or 0 in lane i.
HWY_INLINE ByteVec fifth_bits(const uint8_t* bits) {
  alignas(16) static constexpr uint8_t kBits[16] = {
      1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const hn::Half<Bytes> half;
  const ByteVec spread = hn::Combine(Bytes(), hn::Set(half, bits[1]), hn::Set(half, bits[0]));
  return where_set(spread, hn::Load(Bytes(), kBits), 16);
}

/// Bits 2 * kIndex and 2 * kIndex + 1 of each byte.
template <int kIndex>
HWY_INLINE ByteVec two_bits(ByteVec pairs) {
  return hn::And(hn::ShiftRight<2 * kIndex>(pairs), hn::Set(Bytes(), 3));
}

HWY_INLINE void unpack(const BlockQ4_0& block, int64_t /*unit*/, Unpacked& out) {
  const ByteVec nibbles = load_bytes(block.nibbles.data());
  const ByteVec eight = hn::Set(Bytes(), 8);
  out.put(0, hn::Sub(low_nibbles(nibbles), eight));
  out.put(16, hn::Sub(high_nibbles(nibbles), eight));
  out.scale_pair(0, half_to_float(block.scale), 0);
}

HWY_INLINE void unpack(const BlockQ4_1& block, int64_t /*unit*/, Unpacked& out) {
  const ByteVec nibbles = load_bytes(block.nibbles.data());
  out.put(0, low_nibbles(nibbles));
  out.put(16, high_nibbles(nibbles));
  out.scale_pair(0, half_to_float(block.scale), half_to_float(block.offset));
}

HWY_INLINE void unpack(const BlockQ5_0& block, int64_t /*unit*/, Unpacked& out) {
  const ByteVec nibbles = load_bytes(block.nibbles.data());
  const ByteVec sixteen = hn::Set(Bytes(), 16);
  const uint8_t* high = block.high_bits.data();
  out.put(0, hn::Sub(hn::Or(low_nibbles(nibbles), fifth_bits(high)), sixteen));
  out.put(16, hn::Sub(hn::Or(high_nibbles(nibbles), fifth_bits(high + 2)), sixteen));
  out.scale_pair(0, half_to_float(block.scale), 0);
}

HWY_INLINE void unpack(const BlockQ5_1& block, int64_t /*unit*/, Unpacked& out) {
  const ByteVec nibbles = load_bytes(block.nibbles.data());
  const uint8_t* high = block.high_bits.data();
  out.put(0, hn::Or(low_nibbles(nibbles), fifth_bits(high)));
  out.put(16, hn::Or(high_nibbles(nibbles), fifth_bits(high + 2)));
  out.scale_pair(0, half_to_float(block.scale), half_to_float(block.offset));
}

HWY_INLINE void unpack(const BlockQ8_0& block, int64_t /*unit*/, Unpacked& out) {
  std::copy_n(block.values.data(), 32, out.q);
  out.scale_pair(0, half_to_float(block.scale), 0);
}

/// Sub-blocks of 16, two scales a byte pair: those of element 32 * kIndex + i of the unit.
template <int kIndex>
HWY_INLINE void unpack_q2(const BlockQ2_K& block, int64_t unit, Unpacked& out) {
  const float scale = half_to_float(block.scale);
  const float min_scale = half_to_float(block.min_scale);
  for (int64_t i = 0; i < 32; i += kGroup) {
    const int64_t group = 2 * kIndex + i / kGroup;
    const int packed = block.scales[8 * unit + group];
    out.put(32 * kIndex + i, two_bits<kIndex>(load_bytes(block.pairs.data() + 32 * unit + i)));
    out.scales[group] = scale * static_cast<float>(packed & 15);
    out.offsets[group] = -min_scale * static_cast<float>(packed >> 4);
  }
}

HWY_INLINE void unpack(const BlockQ2_K& block, int64_t unit, Unpacked& out) {
  unpack_q2<0>(block, unit, out);
  unpack_q2<1>(block, unit, out);
  unpack_q2<2>(block, unit, out);
  unpack_q2<3>(block, unit, out);
}

/// s of sub-block `index` of 16: six bits, less 32.
HWY_INLINE int q3_scale(const std::array<uint8_t, 12>& scales, int64_t index) {
  const int low = index < 8 ? scales[index] & 15 : scales[index - 8] >> 4;
  const int high = (scales[8 + index % 4] >> (2 * (index / 4))) & 3;
  return (low | (high << 4)) - 32;
}

template <int kIndex>
HWY_INLINE void unpack_q3(const BlockQ3_K& block, int64_t unit, Unpacked& out) {
  const float scale = half_to_float(block.scale);
  const ByteVec bit = hn::Set(Bytes(), static_cast<uint8_t>(1 << (4 * unit + kIndex)));
  for (int64_t i = 0; i < 32; i += kGroup) {
    const int64_t group = 2 * kIndex + i / kGroup;
    const ByteVec low = two_bits<kIndex>(load_bytes(block.pairs.data() + 32 * unit + i));
    const ByteVec high = where_set(load_bytes(block.high_bits.data() + i), bit, 4);
    out.put(32 * kIndex + i, hn::Sub(hn::Or(low, high), hn::Set(Bytes(), 4)));
    out.scales[group] = scale * static_cast<float>(q3_scale(block.scales, 8 * unit + group));
    out.offsets[group] = 0;
  }
}

HWY_INLINE void unpack(const BlockQ3_K& block, int64_t unit, Unpacked& out) {
  unpack_q3<0>(block, unit, out);
  unpack_q3<1>(block, unit, out);
  unpack_q3<2>(block, unit, out);
  unpack_q3<3>(block, unit, out);
}

/// Of the two sub-blocks of 32 from `index` on, whose fifth bits are 0 without `high_bits`.
template <typename Block>
HWY_INLINE void unpack_q4_pair(
    const Block& block, const uint8_t* high_bits, int64_t index, int64_t at, Unpacked& out) {
  const uint8_t* nibbles = block.nibbles.data() + 16 * index;
  const auto fifth = [&](int64_t i, int64_t sub_block) {
    if (high_bits == nullptr) return hn::Zero(Bytes());
    const ByteVec bit = hn::Set(Bytes(), static_cast<uint8_t>(1 << sub_block));
    return where_set(load_bytes(high_bits + i), bit, 16);
  };
  for (int64_t i = 0; i < 32; i += 16) {
    const ByteVec bytes = load_bytes(nibbles + i);
    out.put(at + i, hn::Or(low_nibbles(bytes), fifth(i, index)));
    out.put(at + 32 + i, hn::Or(high_nibbles(bytes), fifth(i, index + 1)));
  }
  const float scale = half_to_float(block.scale);
  const float min_scale = half_to_float(block.min_scale);
  for (int64_t i = 0; i < 2; ++i) {
    const auto sub_block = static_cast<int>(index + i);
    out.scale_pair(at / 32 + i,
                   scale * static_cast<float>(k_scale(block.scales, sub_block)),
                   -min_scale * static_cast<float>(k_min(block.scales, sub_block)));
  }
}

HWY_INLINE void unpack(const BlockQ4_K& block, int64_t unit, Unpacked& out) {
  unpack_q4_pair(block, nullptr, 4 * unit, 0, out);
  unpack_q4_pair(block, nullptr, 4 * unit + 2, 64, out);
}

HWY_INLINE void unpack(const BlockQ5_K& block, int64_t unit, Unpacked& out) {
  unpack_q4_pair(block, block.high_bits.data(), 4 * unit, 0, out);
  unpack_q4_pair(block, block.high_bits.data(), 4 * unit + 2, 64, out);
}

template <int kIndex>
HWY_INLINE void unpack_q6(const BlockQ6_K& block, int64_t unit, Unpacked& out) {
  const float scale = half_to_float(block.scale);
  for (int64_t i = 0; i < 32; i += kGroup) {
    const int64_t group = 2 * kIndex + i / kGroup;
    const ByteVec bytes = load_bytes(block.nibbles.data() + 64 * unit + 32 * (kIndex % 2) + i);
    const ByteVec low = kIndex < 2 ? low_nibbles(bytes) : high_nibbles(bytes);
    const ByteVec pairs = load_bytes(block.pairs.data() + 32 * unit + i);
    const ByteVec high = hn::ShiftLeft<4>(two_bits<kIndex>(pairs));
    out.put(32 * kIndex + i, hn::Sub(hn::Or(low, high), hn::Set(Bytes(), 32)));
    out.scales[group] = scale * static_cast<float>(block.scales[8 * unit + group]);
    out.offsets[group] = 0;
  }
}

HWY_INLINE void unpack(const BlockQ6_K& block, int64_t unit, Unpacked& out) {
  unpack_q6<0>(block, unit, out);
  unpack_q6<1>(block, unit, out);
  unpack_q6<2>(block, unit, out);
  unpack_q6<3>(block, unit, out);
}

/// 32 elements from `at` on, whose nibbles stand for kIq4Values.
HWY_INLINE void unpack_iq4(const uint8_t* nibbles, float scale, int64_t at, Unpacked& out) {
  alignas(16) static constexpr std::array<int8_t, 16> kValues = kIq4Values;
  const ByteVec table = hn::Load(Bytes(), reinterpret_cast<const uint8_t*>(kValues.data()));
  const ByteVec bytes = load_bytes(nibbles);
  out.put(at, hn::TableLookupBytes(table, low_nibbles(bytes)));
  out.put(at + 16, hn::TableLookupBytes(table, high_nibbles(bytes)));
  out.scale_pair(at / 32, scale, 0);
}

HWY_INLINE void unpack(const BlockIQ4_NL& block, int64_t /*unit*/, Unpacked& out) {
  unpack_iq4(block.nibbles.data(), half_to_float(block.scale), 0, out);
}

HWY_INLINE void unpack(const BlockIQ4_XS& block, int64_t unit, Unpacked& out) {
  for (int64_t i = 0; i < 4; ++i) {
    const int64_t b = 4 * unit + i;
    const int low = (block.scales_low[b / 2] >> (4 * (b % 2))) & 15;
    const int high = (block.scales_high >> (2 * b)) & 3;
    const auto scale = static_cast<float>((low | (high << 4)) - 32);
    unpack_iq4(block.nibbles.data() + 16 * b, half_to_float(block.scale) * scale, 32 * i, out);
  }
}

/// The elements of unit `unit` of a block.
template <typename Block>
HWY_INLINE void decode_unit(const Block& block, int64_t unit, float* out) {
  const Floats d;
  const hn::Rebind<int8_t, Floats> d8;
  const hn::Rebind<int32_t, Floats> d32;
  Unpacked unpacked;
  unpack(block, unit, unpacked);
  FIMD_UNROLL(8)
  for (int64_t group = 0; group < kUnit<Block> / kGroup; ++group) {
    const FloatVec scale = hn::Set(d, unpacked.scales[group]);
    const FloatVec offset = hn::Set(d, unpacked.offsets[group]);
    for (int64_t i = group * kGroup; i < (group + 1) * kGroup; i += kLanes) {
      const auto q = hn::PromoteTo(d32, hn::LoadU(d8, unpacked.q + i));
      hn::StoreU(hn::MulAdd(hn::ConvertTo(d, q), scale, offset), d, out + i);
    }
  }
}

/// out[i] = row[column + i] for i < count, both multiples of the unit.
template <typename Block>
HWY_INLINE void decode_columns(const Block* row, int64_t column, int64_t count, float* out) {
  constexpr int64_t kUnitsPerBlock = kBlockFormat<Block>.block_elements / kUnit<Block>;
  const int64_t first = column / kUnit<Block>;
  for (int64_t i = 0; i < count / kUnit<Block>; ++i) {
    const Block& block = row[(first + i) / kUnitsPerBlock];
    decode_unit(block, (first + i) % kUnitsPerBlock, out + i * kUnit<Block>);
  }
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_BLOCKS_INL_H
