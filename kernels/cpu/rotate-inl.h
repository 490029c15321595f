// The rotation of one head by RoPE's angles, for the operations that turn queries, keys and caches.
#if defined(FIMD_KERNELS_CPU_ROTATE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_ROTATE_INL_H
#undef FIMD_KERNELS_CPU_ROTATE_INL_H
#else
#define FIMD_KERNELS_CPU_ROTATE_INL_H
#endif

#include "kernels/cpu/simd-inl.h"
#include "kernels/ops.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

/// What turns a head of 2 * num_pairs columns.
struct Rotation {
  RopePairing pairing;
  int64_t num_pairs;
  const float* cos;  ///< [num_pairs]
  const float* sin;  ///< [num_pairs]
};

inline void rotate_interleaved(const Rotation& by, const float* x, float* out) {
  const Floats d;
  int64_t i = 0;
  for (; i + kLanes <= by.num_pairs; i += kLanes) {
    FloatVec a;
    FloatVec b;
    hn::LoadInterleaved2(d, x + 2 * i, a, b);
    const FloatVec c = hn::LoadU(d, by.cos + i);
    const FloatVec s = hn::LoadU(d, by.sin + i);
    hn::StoreInterleaved2(
        hn::NegMulAdd(b, s, hn::Mul(a, c)), hn::MulAdd(a, s, hn::Mul(b, c)), d, out + 2 * i);
  }
  for (; i < by.num_pairs; ++i) {
    const float a = x[2 * i];
    const float b = x[2 * i + 1];
    out[2 * i] = a * by.cos[i] - b * by.sin[i];
    out[2 * i + 1] = a * by.sin[i] + b * by.cos[i];
  }
}

inline void rotate_half_split(const Rotation& by, const float* x, float* out) {
  for (int64_t i = 0; i < by.num_pairs; i += kLanes) {
    const int64_t rest = by.num_pairs - i;
    const FloatVec a = load_up_to(x + i, rest);
    const FloatVec b = load_up_to(x + by.num_pairs + i, rest);
    const FloatVec c = load_up_to(by.cos + i, rest);
    const FloatVec s = load_up_to(by.sin + i, rest);
    store_up_to(hn::NegMulAdd(b, s, hn::Mul(a, c)), out + i, rest);
    store_up_to(hn::MulAdd(a, s, hn::Mul(b, c)), out + by.num_pairs + i, rest);
  }
}

/// out = x, turned. `out` may be `x`; else they do not overlap.
inline void rotate(const Rotation& by, const float* x, float* out) {
  if (by.pairing == RopePairing::kInterleaved) {
    rotate_interleaved(by, x, out);
  } else {
    rotate_half_split(by, x, out);
  }
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_ROTATE_INL_H
