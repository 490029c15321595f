// A row of blocks times one token: what decoding a model of blocks spends its time on.
//
// With two threads it is bound by the vector units: some ten instructions make 32 weights and
// multiply them. So integers are multiplied as they are and the sum of a sub-block is scaled, where
// it has no offset. Four sums a row take turns, so that none waits for itself.
#if defined(FIMD_KERNELS_CPU_BLOCK_DOT_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_BLOCK_DOT_INL_H
#undef FIMD_KERNELS_CPU_BLOCK_DOT_INL_H
#else
#define FIMD_KERNELS_CPU_BLOCK_DOT_INL_H
#endif

#include "hwy/cache_control.h"

#include "kernels/cpu/blocks-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

/// How far ahead of use weights are fetched. The hardware's own prefetching stops at pages and
/// gives half of the bandwidth of memory.
inline constexpr int64_t kPrefetchBytes = 4096;

template <typename Block>
HWY_INLINE void prefetch_after(const Block& block) {
  constexpr int64_t kLineBytes = 64;
  const auto* bytes = reinterpret_cast<const uint8_t*>(&block) + kPrefetchBytes;
  for (int64_t i = 0; i < kBlockFormat<Block>.block_bytes; i += kLineBytes) {
    hwy::Prefetch(bytes + i);
  }
}

/// The integers from q on times x, lane by lane.
template <int64_t kCount>
HWY_INLINE FloatVec dot_integers(const uint8_t* q, const float* x) {
  FloatVec sum = hn::Mul(floats_of(q), load_floats(x));
  FIMD_UNROLL(8)
  for (int64_t i = kLanes; i < kCount; i += kLanes) {
    sum = hn::MulAdd(floats_of(q + i), load_floats(x + i), sum);
  }
  return sum;
}

/// sum + the lower (0) or the upper (1) 16 weights of a part times theirs of x, lane by lane.
template <typename Block>
HWY_INLINE FloatVec add_half(const Part& part, int64_t half, const float* x, FloatVec sum) {
  if constexpr (!kHasOffset<Block>) {
    const FloatVec scale = hn::Set(Floats(), part.scale[half]);
    return hn::MulAdd(dot_integers<16>(part.q + 16 * half, x + 16 * half), scale, sum);
  }
  FIMD_UNROLL(4)
  for (int64_t i = 16 * half; i < 16 * half + 16; i += kLanes) {
    sum = hn::MulAdd(weights_of<Block>(part, i), load_floats(x + i), sum);
  }
  return sum;
}

/// Sums that take turns, so that an addition need not wait for the one before.
struct RowSums {
  FloatVec v0;
  FloatVec v1;
  FloatVec v2;
  FloatVec v3;

  HWY_INLINE void rotate() {
    const FloatVec first = v0;
    const FloatVec second = v1;
    v0 = v2;
    v1 = v3;
    v2 = first;
    v3 = second;
  }

  [[nodiscard]] HWY_INLINE FloatVec total() const {
    return hn::Add(hn::Add(v0, v1), hn::Add(v2, v3));
  }
};

/// sums + a part times x, lane by lane.
template <typename Block>
HWY_INLINE void add_part(const Part& part, const float* x, RowSums& sums) {
  if constexpr (kHasOffset<Block> || kScalesPerPart<Block> == 2) {
    sums.v0 = add_half<Block>(part, 0, x, sums.v0);
    sums.v1 = add_half<Block>(part, 1, x, sums.v1);
  } else {
    const FloatVec scale = hn::Set(Floats(), part.scale[0]);
    sums.v0 = hn::MulAdd(dot_integers<kPart>(part.q, x), scale, sums.v0);
  }
  sums.rotate();
}

/// `num_blocks` blocks times x, lane by lane: the lanes' sum is the product.
template <typename Block>
HWY_INLINE FloatVec dot_row(const Block* blocks, int64_t num_blocks, const float* x) {
  const FloatVec zero = hn::Zero(Floats());
  RowSums sums = {zero, zero, zero, zero};
  Scales scales;
  for (int64_t first = 0; first < num_blocks; first += kRunBlocks<Block>) {
    const Block* run = blocks + first;
    const int64_t count = std::min(kRunBlocks<Block>, num_blocks - first);
    read_scales(run, count, scales);
    if constexpr (kNumParts<Block> == 1) {
      for_blocks(run, count, scales, [&](int64_t i, const Part& part) {
        prefetch_after(run[i]);
        add_part<Block>(part, x + i * kPart, sums);
      });
    } else {
      prefetch_after(*run);
      for_parts<0, kNumParts<Block>>(*run, scales, [&](int64_t i, const Part& part) {
        add_part<Block>(part, x + i * kPart, sums);
      });
    }
    x += kRunBlocks<Block> * kBlockFormat<Block>.block_elements;
  }
  return sums.total();
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_BLOCK_DOT_INL_H
