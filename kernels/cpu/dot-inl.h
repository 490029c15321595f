// The dot form: four rows of weights times a few tokens, or eight times one; vectors along k.
#if defined(FIMD_KERNELS_CPU_DOT_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_DOT_INL_H
#undef FIMD_KERNELS_CPU_DOT_INL_H
#else
#define FIMD_KERNELS_CPU_DOT_INL_H
#endif

#include "kernels/cpu/block_dot-inl.h"
#include "kernels/cpu/blocks-inl.h"
#include "kernels/cpu/projection-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

inline constexpr int64_t kDotTokens = kTileVecs == 4 ? 4 : 2;  // 16 or 8 accumulators

/// The sum of a vector's blocks of four: halves are added until one is left.
template <class D>
HWY_INLINE hn::Vec<hn::Full128<float>> sum_of_blocks(D /*d*/, hn::Vec<D> v) {
  if constexpr (hn::MaxLanes(D()) == 4) {
    return v;
  } else {
    const hn::Half<D> half;
    return sum_of_blocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}

/// The sums of the lanes of a, b, c and d, as a block of four. Each sum is formed by the same
/// additions, so a row's result does not depend on its place among the four.
HWY_INLINE hn::Vec<hn::Full128<float>> sums_of_lanes(FloatVec a,
                                                     FloatVec b,
                                                     FloatVec c,
                                                     FloatVec d) {
  const Floats df;
  const hn::Repartition<double, Floats> dd;
  const FloatVec ab = hn::Add(hn::InterleaveLower(df, a, b), hn::InterleaveUpper(df, a, b));
  const FloatVec cd = hn::Add(hn::InterleaveLower(df, c, d), hn::InterleaveUpper(df, c, d));
  const auto ab2 = hn::BitCast(dd, ab);
  const auto cd2 = hn::BitCast(dd, cd);
  const FloatVec abcd = hn::Add(hn::BitCast(df, hn::InterleaveLower(dd, ab2, cd2)),
                                hn::BitCast(df, hn::InterleaveUpper(dd, ab2, cd2)));
  return sum_of_blocks(df, abcd);
}

// k advances by pairs of vectors. The weights say in which order: F32 and F16 as they stand, BF16
// by the halves of 32-bit words, which takes a shift and a mask where widening takes a shuffle and
// a shift for each vector. The tokens' elements follow, at a shuffle for four or eight rows.
inline constexpr int64_t kPairLanes = 2 * kLanes;

template <typename T>
HWY_INLINE VecPair load_weights(const T* data) {
  return {load_floats(data), load_floats(data + kLanes)};
}

HWY_INLINE VecPair load_weights(const bf16* data) {
  const hn::Repartition<uint16_t, Floats> d16;
  WordVec words = hn::BitCast(Words(), hn::LoadU(d16, reinterpret_cast<const uint16_t*>(data)));
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  // Both halves from one load. Compilers fold a load into each, but weights straddle cache lines
  // more often than not, and a load that does costs two: 38 -> 47 GB/s from the cache.
  __asm__("" : "+v"(words.raw));
#endif
  return split_bf16_pairs(words);
}

template <typename T>
HWY_INLINE VecPair load_tokens(const float* data, T /*weight*/) {
  return {load_floats(data), load_floats(data + kLanes)};
}

HWY_INLINE VecPair load_tokens(const float* data, bf16 /*weight*/) {
  const Floats d;
  const FloatVec lower = load_floats(data);
  const FloatVec upper = load_floats(data + kLanes);
  return {hn::ConcatEven(d, upper, lower), hn::ConcatOdd(d, upper, lower)};
}

/// kRows rows of weights times kTokens tokens.
template <typename T, int64_t kRows, int64_t kTokens>
struct DotTile {
  const T* w[kRows];
  const float* x[kTokens];
  FloatVec sums[kTokens][kRows];

  HWY_INLINE void add(int64_t k) {
    VecPair tokens[kTokens];
    FIMD_UNROLL(4)
    for (int64_t t = 0; t < kTokens; ++t) tokens[t] = load_tokens(x[t] + k, T());
    FIMD_UNROLL(8)
    for (int64_t n = 0; n < kRows; ++n) {
      const VecPair weights = load_weights(w[n] + k);
      FIMD_UNROLL(4)
      for (int64_t t = 0; t < kTokens; ++t) {
        sums[t][n] = hn::MulAdd(tokens[t].v0, weights.v0, sums[t][n]);
        sums[t][n] = hn::MulAdd(tokens[t].v1, weights.v1, sums[t][n]);
      }
    }
  }

  /// The last `rest` < kPairLanes elements, through zero-padded copies.
  HWY_INLINE void add_rest(int64_t k, int64_t rest) {
    T w_copies[kRows][kPairLanes] = {};
    float x_copies[kTokens][kPairLanes] = {};
    for (int64_t n = 0; n < kRows; ++n) {
      std::copy_n(w[n] + k, rest, w_copies[n]);
      w[n] = w_copies[n];
    }
    for (int64_t t = 0; t < kTokens; ++t) {
      std::copy_n(x[t] + k, rest, x_copies[t]);
      x[t] = x_copies[t];
    }
    add(0);
  }
};

/// out (+)= the sums of a tile of rows [row, row + num_rows), num_rows <= kRows, and kTokens tokens
/// from `token` on.
template <int64_t kRows, int64_t kTokens>
HWY_INLINE void store_sums(const FloatVec (&sums)[kTokens][kRows],
                           const Projection& p,
                           int64_t row,
                           int64_t num_rows,
                           int64_t token) {
  const hn::Full128<float> d4;
  FIMD_UNROLL(4)
  for (int64_t t = 0; t < kTokens; ++t) {
    float* out = p.out[token + t] + p.out_column + row;
    FIMD_UNROLL(2)
    for (int64_t n = 0; n < kRows; n += 4) {
      const FloatVec* four = sums[t] + n;
      auto block = sums_of_lanes(four[0], four[1], four[2], four[3]);
      if (HWY_LIKELY(n + 4 <= num_rows)) {
        if (p.accumulate) block = hn::Add(hn::LoadU(d4, out + n), block);
        hn::StoreU(block, d4, out + n);
      } else if (n < num_rows) {
        HWY_ALIGN float values[4];
        hn::Store(block, d4, values);
        for (int64_t i = n; i < num_rows; ++i) {
          out[i] = p.accumulate ? out[i] + values[i - n] : values[i - n];
        }
      }
    }
  }
}

/// Rows [row, row + num_rows), num_rows <= kRows, times kTokens tokens from `token` on.
template <typename T, int64_t kRows, int64_t kTokens>
HWY_INLINE void dot_elements(const Projection& p, int64_t row, int64_t num_rows, int64_t token) {
  DotTile<T, kRows, kTokens> tile;
  const T* w = static_cast<const T*>(p.w.data) + row * p.w.stride;
  FIMD_UNROLL(8)
  for (int64_t n = 0; n < kRows; ++n) {
    tile.w[n] = w;
    if (n + 1 < num_rows) w += p.w.stride;  // rows that do not exist repeat the last one
  }
  FIMD_UNROLL(4)
  for (int64_t t = 0; t < kTokens; ++t) {
    tile.x[t] = p.x[token + t];
    FIMD_UNROLL(8)
    for (int64_t n = 0; n < kRows; ++n) tile.sums[t][n] = hn::Zero(Floats());
  }
  int64_t k = 0;
  for (; k + kPairLanes <= p.w.columns; k += kPairLanes) tile.add(k);
  if (k < p.w.columns) tile.add_rest(k, p.w.columns - k);
  store_sums(tile.sums, p, row, num_rows, token);
}

/// The same of blocks and one token. Row after row: eight at a time would be eight places to fetch
/// from, and they share nothing but x, which is in the cache.
template <typename Block, int64_t kRows>
HWY_INLINE void dot_blocks(const Projection& p, int64_t row, int64_t num_rows, int64_t token) {
  const int64_t num_blocks = p.w.columns / kBlockFormat<Block>.block_elements;
  const int64_t row_blocks = p.w.stride / kBlockFormat<Block>.block_elements;
  FloatVec sums[1][kRows];
  for (int64_t n = 0; n < kRows; ++n) {
    const Block* blocks =
        static_cast<const Block*>(p.w.data) + (row + std::min(n, num_rows - 1)) * row_blocks;
    sums[0][n] = dot_row(blocks, num_blocks, p.x[token]);
  }
  store_sums(sums, p, row, num_rows, token);
}

/// The same of several tokens: blocks become floats in the cache, a unit of each row at a time.
template <typename Block, int64_t kRows, int64_t kTokens>
HWY_INLINE void dot_decoded(const Projection& p, int64_t row, int64_t num_rows, int64_t token) {
  static_assert(kUnit<Block> % kPairLanes == 0);
  HWY_ALIGN float decoded[kRows][kUnit<Block>];
  DotTile<float, kRows, kTokens> tile;
  const int64_t row_blocks = p.w.stride / kBlockFormat<Block>.block_elements;
  const Block* w = static_cast<const Block*>(p.w.data) + row * row_blocks;
  FIMD_UNROLL(4)
  for (int64_t t = 0; t < kTokens; ++t) {
    tile.x[t] = p.x[token + t];
    FIMD_UNROLL(8)
    for (int64_t n = 0; n < kRows; ++n) tile.sums[t][n] = hn::Zero(Floats());
  }
  for (int64_t n = 0; n < kRows; ++n) tile.w[n] = decoded[n];
  for (int64_t column = 0; column < p.w.columns; column += kUnit<Block>) {
    for (int64_t n = 0; n < kRows; ++n) {
      decode_columns(w + std::min(n, num_rows - 1) * row_blocks, column, kUnit<Block>, decoded[n]);
    }
    FIMD_UNROLL(4)
    for (int64_t k = 0; k < kUnit<Block>; k += kPairLanes) tile.add(k);
    for (int64_t t = 0; t < kTokens; ++t) tile.x[t] += kUnit<Block>;
  }
  store_sums(tile.sums, p, row, num_rows, token);
}

template <typename T, int64_t kTokens>
HWY_INLINE void dot_tokens(const Projection& p, int64_t token) {
  constexpr int64_t kRows = kTokens == 1 ? 8 : 4;
  for (int64_t row = 0; row < p.w.rows; row += kRows) {
    const int64_t num_rows = std::min(kRows, p.w.rows - row);
    if constexpr (kIsElement<T>) {
      dot_elements<T, kRows, kTokens>(p, row, num_rows, token);
    } else if constexpr (kTokens == 1) {
      dot_blocks<T, kRows>(p, row, num_rows, token);
    } else {
      dot_decoded<T, kRows, kTokens>(p, row, num_rows, token);
    }
  }
}

template <typename T>
void project_by_dots(const Projection& p) {
  int64_t token = 0;
  for (; token + kDotTokens <= p.num_tokens; token += kDotTokens) {
    dot_tokens<T, kDotTokens>(p, token);
  }
  static_assert(kDotTokens <= 4, "the switch's cases");
  switch (p.num_tokens - token) {
    case 1: return dot_tokens<T, 1>(p, token);
    case 2: return dot_tokens<T, 2>(p, token);
    case 3: return dot_tokens<T, 3>(p, token);
    default: return;
  }
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_DOT_INL_H
