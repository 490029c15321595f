// Weights of GGUF's block types as floats: what the products are made of where a row is not a row
// of elements.
//
// A block is taken in parts of 32 elements, one in most formats, eight in the K ones. 128-bit
// vectors put a part's small integers together, then every 16 of them become floats, are scaled and
// moved by their sub-block's offset; nothing leaves the registers. Which part it is, is known when
// compiling. Each value is rounded once, or twice where an instruction set has no fused
// multiply-add.
#if defined(FIMD_KERNELS_CPU_BLOCKS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_BLOCKS_INL_H
#undef FIMD_KERNELS_CPU_BLOCKS_INL_H
#else
#define FIMD_KERNELS_CPU_BLOCKS_INL_H
#endif

#include <bit>
#include <cstring>
#include <utility>

#include "kernels/base/block_format.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

inline constexpr int64_t kPart = 32;

template <typename Block>
inline constexpr int64_t kNumParts = kBlockFormat<Block>.block_elements / kPart;

/// What is decoded at once: a block, or half of one of 256.
inline constexpr int64_t kMaxUnit = 128;
template <typename Block>
inline constexpr int64_t kUnit = std::min<int64_t>(kMaxUnit, kBlockFormat<Block>.block_elements);

using Bytes = hn::Full128<uint8_t>;
using ByteVec = hn::Vec<Bytes>;

/// Elements 16 i to 16 i + 15 of a part: q[i], a byte each and signed, times scale[i], plus
/// offset[i].
struct Part {
  ByteVec q[2];
  float scale[2];
  float offset[2];
};

/// The scale and the offset of a block that has one of each.
struct BlockScales {
  float scale = 0;
  float offset = 0;
};

/// Those of a K block's sub-blocks, in their order: 8 of 32 elements or 16 of 16.
struct SubBlockScales {
  HWY_ALIGN float scale[16];
  HWY_ALIGN float offset[16];
};

/// to_float() without a branch: a subnormal's product with 2^112 is exact.
HWY_INLINE float half_to_float(f16 half) {
  const uint32_t magnitude = static_cast<uint32_t>(half.bits & 0x7FFFU) << 13;
  const uint32_t sign = static_cast<uint32_t>(half.bits & 0x8000U) << 16;
  const auto finite = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112F);
  const bool is_finite = (half.bits & 0x7C00U) != 0x7C00U;
  return std::bit_cast<float>((is_finite ? finite : magnitude | 0x7F800000U) | sign);
}

/// The same where 6 bytes of a block follow: one instruction where there is one.
HWY_INLINE float leading_half_to_float(const f16& half) {
#if HWY_TARGET == HWY_EMU128
  return half_to_float(half);
#else
  const hn::Full128<float> d4;
  const hn::Rebind<hwy::float16_t, hn::Full128<float>> d16;
  return hn::GetLane(
      hn::PromoteTo(d4, hn::LoadU(d16, reinterpret_cast<const hwy::float16_t*>(&half))));
#endif
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

/// Bit i of the two bytes as 16 or 0 in lane i. 6 bytes more can be read.
HWY_INLINE ByteVec fifth_bits(const uint8_t* bits) {
  return hn::IfThenElseZero(hn::LoadMaskBits(Bytes(), bits), hn::Set(Bytes(), 16));
}

/// Bits 2 * kIndex and 2 * kIndex + 1 of each byte.
template <int64_t kIndex>
HWY_INLINE ByteVec two_bits(ByteVec pairs) {
  return hn::And(hn::ShiftRight<2 * kIndex>(pairs), hn::Set(Bytes(), 3));
}

/// Both halves of a part with one scale and one offset.
HWY_INLINE Part part_of(ByteVec low, ByteVec high, BlockScales scales) {
  return {{low, high}, {scales.scale, scales.scale}, {scales.offset, scales.offset}};
}

HWY_INLINE ByteVec minus(ByteVec bytes, uint8_t value) {
  return hn::Sub(bytes, hn::Set(Bytes(), value));
}

/// Elements kLanes * kVec and on of the 16 in `q`. A template of the vector too, so that only the
/// branch of the vectors' width is compiled.
template <int64_t kVec, typename V>
HWY_INLINE FloatVec floats_of(V q) {
  const hn::Rebind<int8_t, Floats> d8;
  const hn::Rebind<int32_t, Floats> d32;
  const auto bytes = hn::BitCast(hn::Full128<int8_t>(), q);
  if constexpr (kLanes == sizeof(V)) {
    return hn::ConvertTo(Floats(), hn::PromoteTo(d32, bytes));
  } else if constexpr (2 * kLanes == sizeof(V)) {
    const auto half = kVec == 0 ? hn::LowerHalf(d8, bytes) : hn::UpperHalf(d8, bytes);
    return hn::ConvertTo(Floats(), hn::PromoteTo(d32, half));
  } else {
    HWY_ALIGN int8_t values[sizeof(V)];
    hn::Store(bytes, hn::Full128<int8_t>(), values);
    return hn::ConvertTo(Floats(), hn::PromoteTo(d32, hn::LoadU(d8, values + kVec * kLanes)));
  }
}

/// out[i] = factor * bytes[i], signed.
HWY_INLINE void scale_bytes(ByteVec bytes, float factor, float* out) {
  const auto store = [&]<int64_t... kVec>(std::integer_sequence<int64_t, kVec...>) {
    (hn::Store(
         hn::Mul(floats_of<kVec>(bytes), hn::Set(Floats(), factor)), Floats(), out + kVec * kLanes),
     ...);
  };
  store(std::make_integer_sequence<int64_t, 16 / kLanes>());
}

template <typename Block>
HWY_INLINE BlockScales scales_of(const Block& block) {
  if constexpr (requires { block.offset; }) {
    return {leading_half_to_float(block.scale), leading_half_to_float(block.offset)};
  } else {
    return {leading_half_to_float(block.scale), 0};
  }
}

HWY_INLINE SubBlockScales scales_of(const BlockQ2_K& block) {
  SubBlockScales scales;
  const ByteVec packed = load_bytes(block.scales.data());
  scale_bytes(low_nibbles(packed), half_to_float(block.scale), scales.scale);
  scale_bytes(high_nibbles(packed), -half_to_float(block.min_scale), scales.offset);
  return scales;
}

HWY_INLINE SubBlockScales scales_of(const BlockQ3_K& block) {
  constexpr uint32_t kFour = 0x0F0F0F0FU;
  constexpr uint32_t kTwo = 0x03030303U;
  uint32_t words[3];
  std::memcpy(words, block.scales.data(), sizeof(words));
  const uint32_t six_bits[4] = {(words[0] & kFour) | ((words[2] & kTwo) << 4),
                                (words[1] & kFour) | (((words[2] >> 2) & kTwo) << 4),
                                ((words[0] >> 4) & kFour) | (((words[2] >> 4) & kTwo) << 4),
                                ((words[1] >> 4) & kFour) | (((words[2] >> 6) & kTwo) << 4)};
  SubBlockScales scales;
  const ByteVec bytes = minus(load_bytes(reinterpret_cast<const uint8_t*>(six_bits)), 32);
  scale_bytes(bytes, half_to_float(block.scale), scales.scale);
  return scales;
}

/// Of Q4_K and Q5_K: 8 scales and 8 minima of six bits; k_scale() and k_min() say where they lie.
template <typename Block>
HWY_INLINE SubBlockScales six_bit_scales(const Block& block) {
  constexpr uint32_t kSix = 0x3F3F3F3FU;
  constexpr uint32_t kFour = 0x0F0F0F0FU;
  constexpr uint32_t kTwo = 0x03030303U;
  uint32_t words[3];
  std::memcpy(words, block.scales.data(), sizeof(words));
  const uint32_t scale_bits[4] = {words[0] & kSix,
                                  (words[2] & kFour) | (((words[0] >> 6) & kTwo) << 4)};
  const uint32_t min_bits[4] = {words[1] & kSix,
                                ((words[2] >> 4) & kFour) | (((words[1] >> 6) & kTwo) << 4)};
  SubBlockScales scales;
  scale_bytes(load_bytes(reinterpret_cast<const uint8_t*>(scale_bits)),
              half_to_float(block.scale),
              scales.scale);
  scale_bytes(load_bytes(reinterpret_cast<const uint8_t*>(min_bits)),
              -half_to_float(block.min_scale),
              scales.offset);
  return scales;
}

HWY_INLINE SubBlockScales scales_of(const BlockQ4_K& block) {
  return six_bit_scales(block);
}

HWY_INLINE SubBlockScales scales_of(const BlockQ5_K& block) {
  return six_bit_scales(block);
}

HWY_INLINE SubBlockScales scales_of(const BlockQ6_K& block) {
  SubBlockScales scales;
  scale_bytes(load_bytes(reinterpret_cast<const uint8_t*>(block.scales.data())),
              half_to_float(block.scale),
              scales.scale);
  return scales;
}

template <int64_t /*kIndex*/>
HWY_INLINE Part unpack(const BlockQ4_0& block, BlockScales scales) {
  const ByteVec nibbles = load_bytes(block.nibbles.data());
  return part_of(minus(low_nibbles(nibbles), 8), minus(high_nibbles(nibbles), 8), scales);
}

template <int64_t /*kIndex*/>
HWY_INLINE Part unpack(const BlockQ4_1& block, BlockScales scales) {
  const ByteVec nibbles = load_bytes(block.nibbles.data());
  return part_of(low_nibbles(nibbles), high_nibbles(nibbles), scales);
}

template <int64_t /*kIndex*/>
HWY_INLINE Part unpack(const BlockQ5_0& block, BlockScales scales) {
  const ByteVec nibbles = load_bytes(block.nibbles.data());
  const uint8_t* bits = block.high_bits.data();
  const ByteVec low = hn::Or(low_nibbles(nibbles), fifth_bits(bits));
  const ByteVec high = hn::Or(high_nibbles(nibbles), fifth_bits(bits + 2));
  return part_of(minus(low, 16), minus(high, 16), scales);
}

template <int64_t /*kIndex*/>
HWY_INLINE Part unpack(const BlockQ5_1& block, BlockScales scales) {
  const ByteVec nibbles = load_bytes(block.nibbles.data());
  const uint8_t* bits = block.high_bits.data();
  return part_of(hn::Or(low_nibbles(nibbles), fifth_bits(bits)),
                 hn::Or(high_nibbles(nibbles), fifth_bits(bits + 2)),
                 scales);
}

template <int64_t /*kIndex*/>
HWY_INLINE Part unpack(const BlockQ8_0& block, BlockScales scales) {
  const auto* values = reinterpret_cast<const uint8_t*>(block.values.data());
  return part_of(load_bytes(values), load_bytes(values + 16), scales);
}

template <int64_t kIndex>
HWY_INLINE Part unpack(const BlockQ2_K& block, const SubBlockScales& scales) {
  const uint8_t* pairs = block.pairs.data() + 32 * (kIndex / 4);
  return {{two_bits<kIndex % 4>(load_bytes(pairs)), two_bits<kIndex % 4>(load_bytes(pairs + 16))},
          {scales.scale[2 * kIndex], scales.scale[2 * kIndex + 1]},
          {scales.offset[2 * kIndex], scales.offset[2 * kIndex + 1]}};
}

template <int64_t kIndex>
HWY_INLINE Part unpack(const BlockQ3_K& block, const SubBlockScales& scales) {
  const uint8_t* pairs = block.pairs.data() + 32 * (kIndex / 4);
  const ByteVec bit = hn::Set(Bytes(), uint8_t{1 << kIndex});
  const auto q = [&](int64_t i) {
    const ByteVec third = where_set(load_bytes(block.high_bits.data() + i), bit, 4);
    return minus(hn::Or(two_bits<kIndex % 4>(load_bytes(pairs + i)), third), 4);
  };
  return {{q(0), q(16)}, {scales.scale[2 * kIndex], scales.scale[2 * kIndex + 1]}, {0, 0}};
}

/// The four bits of 16 elements of part kIndex of a Q4_K or Q5_K block, from element `i` on.
template <int64_t kIndex>
HWY_INLINE ByteVec k_nibbles(const std::array<uint8_t, 128>& nibbles, int64_t i) {
  const ByteVec bytes = load_bytes(nibbles.data() + 32 * (kIndex / 2) + i);
  return kIndex % 2 == 0 ? low_nibbles(bytes) : high_nibbles(bytes);
}

template <int64_t kIndex>
HWY_INLINE Part unpack(const BlockQ4_K& block, const SubBlockScales& scales) {
  return part_of(k_nibbles<kIndex>(block.nibbles, 0),
                 k_nibbles<kIndex>(block.nibbles, 16),
                 {scales.scale[kIndex], scales.offset[kIndex]});
}

template <int64_t kIndex>
HWY_INLINE Part unpack(const BlockQ5_K& block, const SubBlockScales& scales) {
  const ByteVec bit = hn::Set(Bytes(), uint8_t{1 << kIndex});
  const auto q = [&](int64_t i) {
    const ByteVec fifth = where_set(load_bytes(block.high_bits.data() + i), bit, 16);
    return hn::Or(k_nibbles<kIndex>(block.nibbles, i), fifth);
  };
  return part_of(q(0), q(16), {scales.scale[kIndex], scales.offset[kIndex]});
}

template <int64_t kIndex>
HWY_INLINE Part unpack(const BlockQ6_K& block, const SubBlockScales& scales) {
  constexpr int64_t kQuarter = kIndex % 4;
  const uint8_t* nibbles = block.nibbles.data() + 64 * (kIndex / 4) + 32 * (kQuarter % 2);
  const uint8_t* pairs = block.pairs.data() + 32 * (kIndex / 4);
  const auto q = [&](int64_t i) {
    const ByteVec bytes = load_bytes(nibbles + i);
    const ByteVec low = kQuarter < 2 ? low_nibbles(bytes) : high_nibbles(bytes);
    const ByteVec high = hn::ShiftLeft<4>(two_bits<kQuarter>(load_bytes(pairs + i)));
    return minus(hn::Or(low, high), 32);
  };
  return {{q(0), q(16)}, {scales.scale[2 * kIndex], scales.scale[2 * kIndex + 1]}, {0, 0}};
}

/// What the nibbles of 32 elements stand for.
HWY_INLINE Part look_up(const uint8_t* nibbles, float scale) {
  alignas(16) static constexpr std::array<int8_t, 16> kValues = kIq4Values;
  const ByteVec table = hn::Load(Bytes(), reinterpret_cast<const uint8_t*>(kValues.data()));
  const ByteVec bytes = load_bytes(nibbles);
  return part_of(hn::TableLookupBytes(table, low_nibbles(bytes)),
                 hn::TableLookupBytes(table, high_nibbles(bytes)),
                 {scale, 0});
}

template <int64_t /*kIndex*/>
HWY_INLINE Part unpack(const BlockIQ4_NL& block, BlockScales scales) {
  return look_up(block.nibbles.data(), scales.scale);
}

template <int64_t kIndex>
HWY_INLINE Part unpack(const BlockIQ4_XS& block, BlockScales scales) {
  const int low = (block.scales_low[kIndex / 2] >> (4 * (kIndex % 2))) & 15;
  const int high = (block.scales_high >> (2 * kIndex)) & 3;
  const auto scale = static_cast<float>((low | (high << 4)) - 32);
  return look_up(block.nibbles.data() + 16 * kIndex, scales.scale * scale);
}

/// use(i, v) with each vector v of a part's weights, of the elements from i on.
template <typename Use>
HWY_INLINE void for_vectors(const Part& part, const Use& use) {
  const Floats d;
  const auto use_half = [&]<int64_t... kVec>(int64_t half,
                                             std::integer_sequence<int64_t, kVec...>) {
    const FloatVec scale = hn::Set(d, part.scale[half]);
    const FloatVec offset = hn::Set(d, part.offset[half]);
    (use(16 * half + kVec * kLanes, hn::MulAdd(floats_of<kVec>(part.q[half]), scale, offset)), ...);
  };
  constexpr auto kVecs = std::make_integer_sequence<int64_t, 16 / kLanes>();
  use_half(0, kVecs);
  use_half(1, kVecs);
}

/// use(i, v) with each vector of parts kFirst to kFirst + kCount - 1, in ascending order.
template <int64_t kFirst, int64_t kCount, typename Block, typename Use>
HWY_INLINE void for_parts(const Block& block, const Use& use) {
  const auto scales = scales_of(block);
  [&]<int64_t... kIndex>(std::integer_sequence<int64_t, kIndex...>) {
    (for_vectors(unpack<kFirst + kIndex>(block, scales),
                 [&](int64_t i, FloatVec weights) { use(kIndex * kPart + i, weights); }),
     ...);
  }
  (std::make_integer_sequence<int64_t, kCount>());
}

/// sum + the block times x, lane by lane.
template <typename Block>
HWY_INLINE FloatVec add_block(const Block& block, const float* x, FloatVec sum) {
  for_parts<0, kNumParts<Block>>(block, [&](int64_t i, FloatVec weights) {
    sum = hn::MulAdd(weights, load_floats(x + i), sum);
  });
  return sum;
}

/// The elements of unit `unit` of a block.
template <typename Block>
HWY_INLINE void decode_unit(const Block& block, int64_t unit, float* out) {
  constexpr int64_t kParts = kUnit<Block> / kPart;
  const auto store = [&](int64_t i, FloatVec weights) { hn::StoreU(weights, Floats(), out + i); };
  if (kNumParts<Block> == kParts || unit == 0) {
    for_parts<0, kParts>(block, store);
  } else if constexpr (kNumParts<Block> == 2 * kParts) {
    for_parts<kParts, kParts>(block, store);
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
