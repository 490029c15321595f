// The scales and the offsets of GGUF's blocks as floats, as many at once as fill a vector. One by
// one they would cost two shuffles and a conversion each, a quarter of what a block's products do.
#if defined(FIMD_KERNELS_CPU_BLOCK_SCALES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_BLOCK_SCALES_INL_H
#undef FIMD_KERNELS_CPU_BLOCK_SCALES_INL_H
#else
#define FIMD_KERNELS_CPU_BLOCK_SCALES_INL_H
#endif

#include <array>
#include <cstddef>
#include <cstring>

#include "kernels/base/block_format.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

inline constexpr int64_t kPart = 32;

template <typename Block>
inline constexpr int64_t kNumParts = kBlockFormat<Block>.block_elements / kPart;

template <typename Block>
concept HasOffset = requires(Block block) {
  block.offset;
};

template <typename Block>
concept HasMinima = requires(Block block) {
  block.min_scale;
};

/// Whether values are scale * q + offset rather than scale * q.
template <typename Block>
inline constexpr bool kHasOffset = HasOffset<Block> || HasMinima<Block>;

/// 2 where a part is two sub-blocks of 16.
template <typename Block>
inline constexpr int64_t kScalesPerPart = 1;
template <>
inline constexpr int64_t kScalesPerPart<BlockQ2_K> = 2;
template <>
inline constexpr int64_t kScalesPerPart<BlockQ3_K> = 2;
template <>
inline constexpr int64_t kScalesPerPart<BlockQ6_K> = 2;

/// How many blocks have their scales in one Scales.
inline constexpr int64_t kMaxRun = 64;
template <typename Block>
inline constexpr int64_t kRunBlocks = kNumParts<Block> == 1 ? kMaxRun : 1;

/// Of a run of blocks of one part, or of the sub-blocks of one K block in their order. Without
/// kHasOffset the offsets are not set.
struct Scales {
  HWY_ALIGN float scale[kMaxRun];
  HWY_ALIGN float offset[kMaxRun];
};

/// The F16 at `half` as floats, kCount of them, a power of two up to 4.
template <int64_t kCount>
HWY_INLINE void read_halves(const f16* half, float* out) {
#if HWY_TARGET == HWY_EMU128
  for (int64_t i = 0; i < kCount; ++i) out[i] = to_float(half[i]);
#else
  const hn::CappedTag<float, kCount> d;
  const hn::Rebind<hwy::float16_t, decltype(d)> d16;
  const auto halves = hn::LoadU(d16, reinterpret_cast<const hwy::float16_t*>(half));
  hn::StoreU(hn::PromoteTo(d, halves), d, out);
#endif
}

HWY_INLINE float half_to_float(const f16& half) {
  float value = 0;
  read_halves<1>(&half, &value);
  return value;
}

/// The factors of the scales and of the minima of a K block, which stand side by side.
template <typename Block>
HWY_INLINE std::array<float, 2> factors_of(const Block& block) {
  static_assert(offsetof(Block, min_scale) == offsetof(Block, scale) + sizeof(f16));
  std::array<float, 2> factors;
  read_halves<2>(&block.scale, factors.data());
  return factors;
}

/// kLanes signed bytes as floats.
HWY_INLINE FloatVec floats_of(const uint8_t* q) {
  const hn::Rebind<int8_t, Floats> d8;
  const hn::Rebind<int32_t, Floats> d32;
  const auto bytes = hn::LoadU(d8, reinterpret_cast<const int8_t*>(q));
  return hn::ConvertTo(Floats(), hn::PromoteTo(d32, bytes));
}

/// out[i] = factor * byte i, signed. In one register: bytes that were stored one by one, or word by
/// word, cannot be loaded together before the stores are done.
HWY_INLINE void scale_bytes(uint64_t bytes, float factor, float* out) {
  const hn::CappedTag<float, 8> d;
  constexpr int64_t kCount = hn::MaxLanes(d);
  const hn::Rebind<int8_t, decltype(d)> d8;
  const hn::Rebind<int32_t, decltype(d)> d32;
  for (int64_t i = 0; i < 8; i += kCount) {
    const uint64_t rest = bytes >> (8 * i);
    const auto q = hn::PromoteTo(d32, hn::LoadU(d8, reinterpret_cast<const int8_t*>(&rest)));
    hn::Store(hn::Mul(hn::ConvertTo(d, q), hn::Set(d, factor)), d, out + i);
  }
}

/// Minus 32 in each byte, all of them below 64: those below 32 borrow from a bit that is then taken
/// away.
HWY_INLINE uint64_t minus_32(uint64_t bytes) {
  return ((bytes | 0x8080808080808080U) - 0x2020202020202020U) ^ 0x8080808080808080U;
}

/// The lower and the upper word of a register.
HWY_INLINE uint64_t words_of(uint32_t lower, uint32_t upper) {
  return lower | (uint64_t{upper} << 32);
}

HWY_INLINE void read_sub_scales(const BlockQ2_K& block, Scales& scales) {
  constexpr uint64_t kFour = 0x0F0F0F0F0F0F0F0FU;
  const auto [scale, min_scale] = factors_of(block);
  for (int64_t i = 0; i < 16; i += 8) {
    uint64_t packed = 0;
    std::memcpy(&packed, block.scales.data() + i, sizeof(packed));
    scale_bytes(packed & kFour, scale, scales.scale + i);
    scale_bytes((packed >> 4) & kFour, -min_scale, scales.offset + i);
  }
}

HWY_INLINE void read_sub_scales(const BlockQ3_K& block, Scales& scales) {
  constexpr uint64_t kFour = 0x0F0F0F0F0F0F0F0FU;
  constexpr uint64_t kTwo = 0x0303030303030303U;
  uint64_t low = 0;
  uint32_t high = 0;
  std::memcpy(&low, block.scales.data(), sizeof(low));
  std::memcpy(&high, block.scales.data() + sizeof(low), sizeof(high));
  const float scale = half_to_float(block.scale);
  for (int64_t i = 0; i < 16; i += 8) {
    const uint64_t upper = words_of(high >> (i / 2), high >> (i / 2 + 2)) & kTwo;
    const uint64_t six_bits = ((low >> (i / 2)) & kFour) | (upper << 4);
    scale_bytes(minus_32(six_bits), scale, scales.scale + i);
  }
}

/// Of Q4_K and Q5_K: 8 scales and 8 minima of six bits; k_scale() and k_min() say where they lie.
template <typename Block>
HWY_INLINE void read_six_bit_scales(const Block& block, Scales& scales) {
  constexpr uint32_t kSix = 0x3F3F3F3FU;
  constexpr uint32_t kFour = 0x0F0F0F0FU;
  constexpr uint32_t kTwo = 0x03030303U;
  uint32_t words[3];
  std::memcpy(words, block.scales.data(), sizeof(words));
  const auto [scale, min_scale] = factors_of(block);
  const uint32_t scales_end = (words[2] & kFour) | (((words[0] >> 6) & kTwo) << 4);
  const uint32_t minima_end = ((words[2] >> 4) & kFour) | (((words[1] >> 6) & kTwo) << 4);
  scale_bytes(words_of(words[0] & kSix, scales_end), scale, scales.scale);
  scale_bytes(words_of(words[1] & kSix, minima_end), -min_scale, scales.offset);
}

HWY_INLINE void read_sub_scales(const BlockQ4_K& block, Scales& scales) {
  read_six_bit_scales(block, scales);
}

HWY_INLINE void read_sub_scales(const BlockQ5_K& block, Scales& scales) {
  read_six_bit_scales(block, scales);
}

HWY_INLINE void read_sub_scales(const BlockQ6_K& block, Scales& scales) {
  const float scale = half_to_float(block.scale);
  for (int64_t i = 0; i < 16; i += 8) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, block.scales.data() + i, sizeof(bytes));
    scale_bytes(bytes, scale, scales.scale + i);
  }
}

HWY_INLINE void read_sub_scales(const BlockIQ4_XS& block, Scales& scales) {
  uint32_t packed = 0;
  std::memcpy(&packed, block.scales_low.data(), sizeof(packed));
  uint64_t low = packed;  // its bytes move apart, then their halves
  low = (low | (low << 16)) & 0x0000FFFF0000FFFFU;
  low = (low | (low << 8)) & 0x00FF00FF00FF00FFU;
  low = (low | (low << 4)) & 0x0F0F0F0F0F0F0F0FU;
  uint64_t high = block.scales_high;  // its pairs of bits move apart
  high = (high | (high << 24)) & 0x000000FF000000FFU;
  high = (high | (high << 12)) & 0x000F000F000F000FU;
  high = (high | (high << 6)) & 0x0303030303030303U;
  scale_bytes(minus_32(low | (high << 4)), half_to_float(block.scale), scales.scale);
}

/// Of `count` <= kRunBlocks blocks.
template <typename Block>
HWY_INLINE void read_scales(const Block* blocks, int64_t count, Scales& scales) {
  if constexpr (kNumParts<Block> == 1) {
    f16 halves[kMaxRun] = {};
    const auto convert = [&](float* out) {
      for (int64_t i = 0; i < count; i += kLanes) {
        hn::Store(load_floats(halves + i), Floats(), out + i);
      }
    };
    for (int64_t i = 0; i < count; ++i) halves[i] = blocks[i].scale;
    convert(scales.scale);
    if constexpr (kHasOffset<Block>) {
      for (int64_t i = 0; i < count; ++i) halves[i] = blocks[i].offset;
      convert(scales.offset);
    }
  } else {
    read_sub_scales(*blocks, scales);
  }
  keep_in_memory(scales);
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_BLOCK_SCALES_INL_H
