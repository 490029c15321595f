// Weights of GGUF's block types as floats: what the products are made of where a row is not a row
// of elements.
//
// A block is taken in parts of 32 elements, one in most formats, eight in the K ones. Vectors of 16
// or 32 bytes put a part's small integers together; each vector's worth of them is then widened to
// floats, scaled and moved by its sub-block's offset. Which part it is, is known when compiling.
// Each value is rounded once, or twice where an instruction set has no fused multiply-add.
#if defined(FIMD_KERNELS_CPU_BLOCKS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_BLOCKS_INL_H
#undef FIMD_KERNELS_CPU_BLOCKS_INL_H
#else
#define FIMD_KERNELS_CPU_BLOCKS_INL_H
#endif

#include <type_traits>
#include <utility>

#include "kernels/base/block_format.h"
#include "kernels/cpu/block_scales-inl.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

/// What is decoded at once: a block, or half of one of 256.
inline constexpr int64_t kMaxUnit = 128;
template <typename Block>
inline constexpr int64_t kUnit = std::min<int64_t>(kMaxUnit, kBlockFormat<Block>.block_elements);

using Bytes = hn::CappedTag<uint8_t, kPart>;
using ByteVec = hn::Vec<Bytes>;
inline constexpr int64_t kByteLanes = hn::MaxLanes(Bytes());

/// 32 elements: q[i], signed, times a scale plus an offset. With kScalesPerPart 2 those of the
/// upper 16 elements stand behind those of the lower ones.
struct Part {
  const uint8_t* q;
  const float* scale;
  const float* offset;
};

HWY_INLINE ByteVec load_bytes(const uint8_t* data) {
  return hn::LoadU(Bytes(), data);
}

/// q[i] and on = make(i), kByteLanes of them at a time.
template <typename Make>
HWY_INLINE void fill_bytes(uint8_t* q, const Make& make) {
  hn::Store(make(0), Bytes(), q);
  if constexpr (kByteLanes < kPart) hn::Store(make(kByteLanes), Bytes(), q + kByteLanes);
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

/// `bytes` and 16 where the mask of bits has a one: bit j of bits[i / 8 + j / 8] is lane j's.
/// 8 bytes from there on can be read.
HWY_INLINE ByteVec with_fifth_bits(ByteVec bytes, const uint8_t* bits, int64_t i) {
  const auto set = hn::LoadMaskBits(Bytes(), bits + i / 8);
  return hn::IfThenElse(set, hn::Add(bytes, hn::Set(Bytes(), 16)), bytes);
}

/// The four bits of elements i to i + kByteLanes - 1 of the 32 in 16 bytes: low halves, then high
/// ones. In the upper half of a byte stands rubbish.
HWY_INLINE ByteVec unmasked_nibbles(const uint8_t* nibbles, int64_t i) {
  if constexpr (kByteLanes == kPart) {
    alignas(32) static constexpr std::array<uint32_t, 8> kShifts = {0, 0, 0, 0, 4, 4, 4, 4};
    const hn::Repartition<uint32_t, Bytes> d32;
    const auto words = hn::BitCast(d32, hn::LoadDup128(Bytes(), nibbles));
    return hn::BitCast(Bytes(), hn::Shr(words, hn::Load(d32, kShifts.data())));
  } else {
    const ByteVec bytes = load_bytes(nibbles);
    return i == 0 ? bytes : high_nibbles(bytes);
  }
}

HWY_INLINE ByteVec nibbles_of(const uint8_t* nibbles, int64_t i) {
  return low_nibbles(unmasked_nibbles(nibbles, i));
}

/// Bits 2 * kIndex and 2 * kIndex + 1 of each byte as its bits 4 and 5.
template <int64_t kIndex>
HWY_INLINE ByteVec two_bits_at_4(ByteVec pairs) {
  const hn::Repartition<uint32_t, Bytes> d32;
  const auto bits = hn::BitCast(d32, hn::And(pairs, hn::Set(Bytes(), uint8_t{3 << (2 * kIndex)})));
  if constexpr (kIndex <= 2) return hn::BitCast(Bytes(), hn::ShiftLeft<4 - 2 * kIndex>(bits));
  return hn::BitCast(Bytes(), hn::ShiftRight<2>(bits));
}

/// Bits 2 * kIndex and 2 * kIndex + 1 of each byte.
template <int64_t kIndex>
HWY_INLINE ByteVec two_bits(ByteVec pairs) {
  return hn::And(hn::ShiftRight<2 * kIndex>(pairs), hn::Set(Bytes(), 3));
}

HWY_INLINE ByteVec minus(ByteVec bytes, uint8_t value) {
  return hn::Sub(bytes, hn::Set(Bytes(), value));
}

template <int64_t /*kIndex*/>
HWY_INLINE void unpack(const BlockQ4_0& block, uint8_t* q) {
  fill_bytes(q, [&](int64_t i) { return minus(nibbles_of(block.nibbles.data(), i), 8); });
}

template <int64_t /*kIndex*/>
HWY_INLINE void unpack(const BlockQ4_1& block, uint8_t* q) {
  fill_bytes(q, [&](int64_t i) { return nibbles_of(block.nibbles.data(), i); });
}

template <int64_t /*kIndex*/>
HWY_INLINE void unpack(const BlockQ5_0& block, uint8_t* q) {
  const ByteVec upper = hn::Set(Bytes(), 0xF0);  // makes a nibble n the signed n - 16
  fill_bytes(q, [&](int64_t i) {
    const ByteVec low = hn::Or(unmasked_nibbles(block.nibbles.data(), i), upper);
    return with_fifth_bits(low, block.high_bits.data(), i);
  });
}

template <int64_t /*kIndex*/>
HWY_INLINE void unpack(const BlockQ5_1& block, uint8_t* q) {
  fill_bytes(q, [&](int64_t i) {
    return with_fifth_bits(nibbles_of(block.nibbles.data(), i), block.high_bits.data(), i);
  });
}

template <int64_t kIndex>
HWY_INLINE void unpack(const BlockQ2_K& block, uint8_t* q) {
  const uint8_t* pairs = block.pairs.data() + 32 * (kIndex / 4);
  fill_bytes(q, [&](int64_t i) { return two_bits<kIndex % 4>(load_bytes(pairs + i)); });
}

template <int64_t kIndex>
HWY_INLINE void unpack(const BlockQ3_K& block, uint8_t* q) {
  const uint8_t* pairs = block.pairs.data() + 32 * (kIndex / 4);
  const ByteVec bit = hn::Set(Bytes(), uint8_t{1 << kIndex});
  fill_bytes(q, [&](int64_t i) {
    const ByteVec third = where_set(load_bytes(block.high_bits.data() + i), bit, 4);
    return minus(hn::Or(two_bits<kIndex % 4>(load_bytes(pairs + i)), third), 4);
  });
}

/// The four bits of elements i and on of part kIndex of a Q4_K or Q5_K block.
template <int64_t kIndex>
HWY_INLINE ByteVec k_nibbles(const std::array<uint8_t, 128>& nibbles, int64_t i) {
  const ByteVec bytes = load_bytes(nibbles.data() + 32 * (kIndex / 2) + i);
  return kIndex % 2 == 0 ? low_nibbles(bytes) : high_nibbles(bytes);
}

template <int64_t kIndex>
HWY_INLINE void unpack(const BlockQ4_K& block, uint8_t* q) {
  fill_bytes(q, [&](int64_t i) { return k_nibbles<kIndex>(block.nibbles, i); });
}

template <int64_t kIndex>
HWY_INLINE void unpack(const BlockQ5_K& block, uint8_t* q) {
  const ByteVec bit = hn::Set(Bytes(), uint8_t{1 << kIndex});
  fill_bytes(q, [&](int64_t i) {
    const ByteVec fifth = where_set(load_bytes(block.high_bits.data() + i), bit, 16);
    return hn::Or(k_nibbles<kIndex>(block.nibbles, i), fifth);
  });
}

template <int64_t kIndex>
HWY_INLINE void unpack(const BlockQ6_K& block, uint8_t* q) {
  constexpr int64_t kQuarter = kIndex % 4;
  const uint8_t* nibbles = block.nibbles.data() + 64 * (kIndex / 4) + 32 * (kQuarter % 2);
  const uint8_t* pairs = block.pairs.data() + 32 * (kIndex / 4);
  fill_bytes(q, [&](int64_t i) {
    const ByteVec bytes = load_bytes(nibbles + i);
    const ByteVec low = kQuarter < 2 ? low_nibbles(bytes) : high_nibbles(bytes);
    return minus(hn::Or(low, two_bits_at_4<kQuarter>(load_bytes(pairs + i))), 32);
  });
}

/// What the nibbles of 32 elements stand for.
HWY_INLINE void look_up(const uint8_t* nibbles, uint8_t* q) {
  alignas(16) static constexpr std::array<int8_t, 16> kValues = kIq4Values;
  const ByteVec table = hn::LoadDup128(Bytes(), reinterpret_cast<const uint8_t*>(kValues.data()));
  fill_bytes(q, [&](int64_t i) { return hn::TableLookupBytes(table, nibbles_of(nibbles, i)); });
}

template <int64_t /*kIndex*/>
HWY_INLINE void unpack(const BlockIQ4_NL& block, uint8_t* q) {
  look_up(block.nibbles.data(), q);
}

template <int64_t kIndex>
HWY_INLINE void unpack(const BlockIQ4_XS& block, uint8_t* q) {
  look_up(block.nibbles.data() + 16 * kIndex, q);
}

/// The integers of part kIndex, in `buffer` unless they stand in the block as they are.
template <int64_t kIndex, typename Block>
HWY_INLINE const uint8_t* integers_of(const Block& block, uint8_t (&buffer)[kPart]) {
  if constexpr (std::is_same_v<Block, BlockQ8_0>) {
    return reinterpret_cast<const uint8_t*>(block.values.data());
  } else {
    unpack<kIndex>(block, buffer);
    return buffer;
  }
}

/// use(i, part) with part kFirst + i of a block, for each i < kCount in order.
template <int64_t kFirst, int64_t kCount, typename Block, typename Use>
HWY_INLINE void for_parts(const Block& block, const Scales& scales, const Use& use) {
  const auto use_part = [&]<int64_t kIndex>(std::integral_constant<int64_t, kIndex>) {
    HWY_ALIGN uint8_t buffer[kPart];
    const int64_t place = (kFirst + kIndex) * kScalesPerPart<Block>;
    use(kIndex,
        Part{.q = integers_of<kFirst + kIndex>(block, buffer),
             .scale = scales.scale + place,
             .offset = scales.offset + place});
  };
  [&]<int64_t... kIndex>(std::integer_sequence<int64_t, kIndex...>) {
    (use_part(std::integral_constant<int64_t, kIndex>()), ...);
  }
  (std::make_integer_sequence<int64_t, kCount>());
}

/// The same with `count` <= kRunBlocks blocks of one part each.
template <typename Block, typename Use>
HWY_INLINE void for_blocks(const Block* blocks,
                           int64_t count,
                           const Scales& scales,
                           const Use& use) {
  static_assert(kNumParts<Block> == 1);
  for (int64_t i = 0; i < count; ++i) {
    HWY_ALIGN uint8_t buffer[kPart];
    use(i,
        Part{.q = integers_of<0>(blocks[i], buffer),
             .scale = scales.scale + i,
             .offset = scales.offset + i});
  }
}

/// kLanes weights of a part, from element `i` on.
template <typename Block>
HWY_INLINE FloatVec weights_of(const Part& part, int64_t i) {
  const int64_t place = i / 16 * (kScalesPerPart<Block> - 1);
  const FloatVec scale = hn::Set(Floats(), part.scale[place]);
  const FloatVec q = floats_of(part.q + i);
  if constexpr (!kHasOffset<Block>) return hn::Mul(q, scale);
  return hn::MulAdd(q, scale, hn::Set(Floats(), part.offset[place]));
}

/// out[i] = row[column + i] for i < count, both multiples of the unit.
template <typename Block>
HWY_INLINE void decode_columns(const Block* row, int64_t column, int64_t count, float* out) {
  const auto store = [&](int64_t index, const Part& part) {
    FIMD_UNROLL(8)
    for (int64_t i = 0; i < kPart; i += kLanes) {
      hn::StoreU(weights_of<Block>(part, i), Floats(), out + index * kPart + i);
    }
  };
  Scales scales;
  if constexpr (kNumParts<Block> == 1) {
    constexpr int64_t kRun = kRunBlocks<Block> * kPart;
    for (int64_t i = 0; i < count; i += kRun, out += kRun) {
      const Block* blocks = row + (column + i) / kPart;
      const int64_t num_blocks = std::min(kRun, count - i) / kPart;
      read_scales(blocks, num_blocks, scales);
      for_blocks(blocks, num_blocks, scales, store);
    }
  } else {
    constexpr int64_t kParts = kUnit<Block> / kPart;
    static_assert(kNumParts<Block> == 2 * kParts);
    for (int64_t i = column; i < column + count; i += kUnit<Block>, out += kUnit<Block>) {
      const Block& block = row[i / (2 * kUnit<Block>)];
      read_scales(&block, 1, scales);
      if (i % (2 * kUnit<Block>) == 0) {
        for_parts<0, kParts>(block, scales, store);
      } else {
        for_parts<kParts, kParts>(block, scales, store);
      }
    }
  }
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_BLOCKS_INL_H
