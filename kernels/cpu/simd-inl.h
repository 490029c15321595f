// What every vectorised source shares: the vector type, weights as floats, exp and silu.
//
// An -inl.h is compiled once per instruction set: Highway's foreach_target.h includes the .cc file
// again for each, with another HWY_NAMESPACE. So its include guard is the toggled one below and not
// #pragma once, and everything that it defines lives in fimd::cpu::HWY_NAMESPACE.
#if defined(FIMD_KERNELS_CPU_SIMD_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_SIMD_INL_H
#undef FIMD_KERNELS_CPU_SIMD_INL_H
#else
#define FIMD_KERNELS_CPU_SIMD_INL_H
#endif

#include <algorithm>
#include <cstdint>

#include "hwy/highway.h"

#include "kernels/base/dtype.h"

// Unrolls the next loop, whose bounds are constants, so that arrays of vectors become registers.
// Where they would stay memory anyhow (emulated vectors, sanitizers) it only costs minutes of
// compiling.
#undef FIMD_UNROLL
#if HWY_TARGET == HWY_EMU128 || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FIMD_UNROLL(count)
#else
#define FIMD_UNROLL(count) HWY_UNROLL(count)
#endif

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using FloatVec = hn::Vec<Floats>;
using FloatMask = hn::Mask<Floats>;

/// Floats in a vector. Sizeless vectors (SVE, RVV) are left out of the build: they cannot be
/// elements of an array, which a register tile is.
inline constexpr int64_t kLanes = hn::MaxLanes(Floats());
static_assert(kLanes >= 4, "the transposition of panels works on blocks of four floats");

/// kLanes elements as floats. The address need only be aligned to the element.
HWY_INLINE FloatVec load_floats(const float* data) {
  return hn::LoadU(Floats(), data);
}

HWY_INLINE FloatVec load_floats(const bf16* data) {
  const hn::Rebind<hwy::bfloat16_t, Floats> d16;
  return hn::PromoteTo(Floats(), hn::LoadU(d16, reinterpret_cast<const hwy::bfloat16_t*>(data)));
}

#if HWY_TARGET == HWY_EMU128
// Highway's emulation takes F16 infinities for numbers.
HWY_INLINE FloatVec load_floats(const f16* data) {
  HWY_ALIGN float values[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) values[i] = to_float(data[i]);
  return hn::Load(Floats(), values);
}
#else
HWY_INLINE FloatVec load_floats(const f16* data) {
  const hn::Rebind<hwy::float16_t, Floats> d16;
  return hn::PromoteTo(Floats(), hn::LoadU(d16, reinterpret_cast<const hwy::float16_t*>(data)));
}
#endif

/// Has `value` read from memory from here on, not out of registers that the compiler knows to hold
/// it: a load of a lane or of a quarter costs less than the shuffle that takes it from a vector.
template <typename T>
HWY_INLINE void keep_in_memory(T& value) {
  __asm__("" : "+m"(value));
}

using Words = hn::RebindToUnsigned<Floats>;
using WordVec = hn::Vec<Words>;

/// Two vectors of floats.
struct VecPair {
  FloatVec v0, v1;
};

/// The lower and the upper halves of 32-bit words, each of which is a BF16, as floats.
HWY_INLINE VecPair split_bf16_pairs(WordVec words) {
  const Floats d;
  return {hn::BitCast(d, hn::ShiftLeft<16>(words)),
          hn::BitCast(d, hn::And(words, hn::Set(Words(), 0xFFFF0000U)))};
}

/// The first `count` < kLanes elements as floats, then zeros. Reads nothing beyond them: a weight
/// may end where its file's mapping ends.
template <typename T>
HWY_NOINLINE FloatVec load_floats_partial(const T* data, int64_t count) {
  HWY_ALIGN T values[kLanes] = {};
  std::copy_n(data, count, values);
  return load_floats(values);
}

/// Stores the first `count` < kLanes lanes.
inline HWY_NOINLINE void store_partial(FloatVec value, float* data, int64_t count) {
  HWY_ALIGN float values[kLanes];
  hn::Store(value, Floats(), values);
  std::copy_n(values, count, data);
}

/// Like load_floats, of min(count, kLanes) elements.
template <typename T>
HWY_INLINE FloatVec load_up_to(const T* data, int64_t count) {
  return HWY_LIKELY(count >= kLanes) ? load_floats(data) : load_floats_partial(data, count);
}

/// Stores the first min(count, kLanes) lanes.
HWY_INLINE void store_up_to(FloatVec value, float* data, int64_t count) {
  if (HWY_LIKELY(count >= kLanes)) {
    hn::StoreU(value, Floats(), data);
  } else {
    store_partial(value, data, count);
  }
}

/// e^x for x <= 0, within 2 units in the last place; 0 below -87 (where e^x is hardly a normal
/// float). NaN stays NaN. x = n ln 2 + r with |r| <= ln 2 / 2, and e^r by its Taylor polynomial,
/// whose first left-out term, r^8 / 8!, is below 2^-27.
HWY_INLINE FloatVec exp_nonpositive(FloatVec x) {
  const Floats d;
  const hn::RebindToUnsigned<Floats> du;
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the sum's low bits.
  const FloatVec magic = hn::Set(d, 12582912.0F);
  const FloatVec shifted = hn::MulAdd(x, hn::Set(d, 1.44269504088896341F), magic);
  const FloatVec n = hn::Sub(shifted, magic);
  FloatVec r = hn::NegMulAdd(n, hn::Set(d, 0.693145751953125F), x);  // ln 2's upper bits: exact
  r = hn::NegMulAdd(n, hn::Set(d, 1.42860682030941723e-6F), r);
  FloatVec p = hn::Set(d, 1.0F / 5040);
  p = hn::MulAdd(p, r, hn::Set(d, 1.0F / 720));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0F / 120));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0F / 24));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0F / 6));
  p = hn::MulAdd(p, r, hn::Set(d, 0.5F));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0F));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0F));
  const auto power = hn::ShiftLeft<23>(hn::Add(hn::BitCast(du, shifted), hn::Set(du, 127)));
  const FloatVec result = hn::Mul(p, hn::BitCast(d, power));
  return hn::IfThenZeroElse(hn::Lt(x, hn::Set(d, -87.0F)), result);
}

/// x / (1 + e^-x), from e^-|x| so that nothing overflows.
HWY_INLINE FloatVec silu(FloatVec x) {
  const Floats d;
  const FloatVec one = hn::Set(d, 1.0F);
  const FloatVec e = exp_nonpositive(hn::Neg(hn::Abs(x)));
  const FloatVec numerator = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), e, one);
  return hn::Mul(x, hn::Div(numerator, hn::Add(one, e)));
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_SIMD_INL_H
