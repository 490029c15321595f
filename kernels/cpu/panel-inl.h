// The panel form's two parts: transposing a strip of weights into a panel, and the register tile.
#if defined(FIMD_KERNELS_CPU_PANEL_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_PANEL_INL_H
#undef FIMD_KERNELS_CPU_PANEL_INL_H
#else
#define FIMD_KERNELS_CPU_PANEL_INL_H
#endif

#include "kernels/cpu/projection-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

// A vector of the panel holds one column of kLanes rows. It is made from blocks of 128 bits, the
// unit within which x86 shuffles cheaply: block b of the i-th loaded vector comes from row 4 b + i,
// so that a 4 x 4 transposition within each block puts rows 0 .. kLanes - 1 in order.
//
//   loaded 0   row 0: k0 k1 k2 k3 | row 4: k0 k1 k2 k3 | ...         k0 of rows 0 1 2 3 | 4 5 6 7
//   .. loaded 1   row 1: k0 k1 k2 k3 | row 5: ...                  ->   k1 of rows 0 1 2 3 | ...
//   loaded 2   row 2: ...                                            k2 ...
//   loaded 3   row 3: ...                                            k3 ...
//
// A block holds 4 columns as floats. As BF16 it holds 8: pairs are transposed as 32-bit lanes, and
// only then split into floats by a shift and a mask, which halves the work per weight.

/// Columns of a block of 128 bits, once loaded.
template <typename T>
inline constexpr int64_t kBlockColumns = 4;
template <>
inline constexpr int64_t kBlockColumns<bf16> = 8;

HWY_INLINE hn::Vec<hn::Full128<uint32_t>> load_block(const float* data) {
  const hn::Full128<uint32_t> d32;
  return hn::BitCast(d32, hn::LoadU(hn::Full128<float>(), data));
}

HWY_INLINE hn::Vec<hn::Full128<uint32_t>> load_block(const bf16* data) {
  const hn::Full128<uint32_t> d32;
  const hn::Full128<uint16_t> d16;
  return hn::BitCast(d32, hn::LoadU(d16, reinterpret_cast<const uint16_t*>(data)));
}

HWY_INLINE hn::Vec<hn::Full128<uint32_t>> load_block(const f16* data) {
  const hn::Full128<uint32_t> d32;
#if HWY_TARGET == HWY_EMU128
  return hn::BitCast(d32, load_floats(data));
#else
  const hn::Rebind<hwy::float16_t, hn::Full128<float>> d16;
  const auto half = hn::LoadU(d16, reinterpret_cast<const hwy::float16_t*>(data));
  return hn::BitCast(d32, hn::PromoteTo(hn::Full128<float>(), half));
#endif
}

/// Blocks at `column` of rows[0], rows[4], rows[8], ...: as many as D has.
template <class D, typename T>
HWY_INLINE hn::Vec<D> load_blocks(D d, const T* const* rows, int64_t column) {
  if constexpr (hn::MaxLanes(D()) == 4) {
    return load_block(rows[0] + column);
  } else {
    const hn::Half<D> half;
    constexpr int64_t kHalfRows = hn::MaxLanes(half);
    return hn::Combine(
        d, load_blocks(half, rows + kHalfRows, column), load_blocks(half, rows, column));
  }
}

/// Four vectors, transposed 4 x 4 within each block.
struct Transposed {
  WordVec v0, v1, v2, v3;
};

template <typename T>
HWY_INLINE Transposed load_transposed(const T* const* rows, int64_t column) {
  const Words d;
  const hn::RepartitionToWide<Words> d64;
  const auto pairs = [&](WordVec a, WordVec b)
                         HWY_ATTR { return hn::BitCast(d64, hn::InterleaveLower(d, a, b)); };
  const auto upper_pairs = [&](WordVec a, WordVec b)
                               HWY_ATTR { return hn::BitCast(d64, hn::InterleaveUpper(d, a, b)); };
  const WordVec r0 = load_blocks(d, rows, column);
  const WordVec r1 = load_blocks(d, rows + 1, column);
  const WordVec r2 = load_blocks(d, rows + 2, column);
  const WordVec r3 = load_blocks(d, rows + 3, column);
  const auto lower01 = pairs(r0, r1);
  const auto lower23 = pairs(r2, r3);
  const auto upper01 = upper_pairs(r0, r1);
  const auto upper23 = upper_pairs(r2, r3);
  return {
      hn::BitCast(d, hn::InterleaveLower(d64, lower01, lower23)),
      hn::BitCast(d, hn::InterleaveUpper(d64, lower01, lower23)),
      hn::BitCast(d, hn::InterleaveLower(d64, upper01, upper23)),
      hn::BitCast(d, hn::InterleaveUpper(d64, upper01, upper23)),
  };
}

template <typename T>
HWY_INLINE void store_columns(const Transposed& columns, T /*tag*/, float* panel) {
  const Floats d;
  hn::StoreU(hn::BitCast(d, columns.v0), d, panel);
  hn::StoreU(hn::BitCast(d, columns.v1), d, panel + kStripRows);
  hn::StoreU(hn::BitCast(d, columns.v2), d, panel + 2 * kStripRows);
  hn::StoreU(hn::BitCast(d, columns.v3), d, panel + 3 * kStripRows);
}

HWY_INLINE void store_pair(VecPair pair, float* panel) {
  hn::StoreU(pair.v0, Floats(), panel);
  hn::StoreU(pair.v1, Floats(), panel + kStripRows);
}

HWY_INLINE void store_columns(const Transposed& columns, bf16 /*tag*/, float* panel) {
  store_pair(split_bf16_pairs(columns.v0), panel);
  store_pair(split_bf16_pairs(columns.v1), panel + 2 * kStripRows);
  store_pair(split_bf16_pairs(columns.v2), panel + 4 * kStripRows);
  store_pair(split_bf16_pairs(columns.v3), panel + 6 * kStripRows);
}

/// panel[k * kStripRows + n] = weights[n * stride + k] for n < num_rows <= kStripRows, k < depth.
/// Lanes of rows that do not exist repeat the last row.
template <typename T>
HWY_INLINE void pack_panel(
    const T* weights, int64_t stride, int64_t num_rows, int64_t depth, float* panel) {
  constexpr int64_t kColumns = kBlockColumns<T>;
  for (int64_t first = 0; first < num_rows; first += kLanes) {
    const T* rows[kLanes];
    for (int64_t i = 0; i < kLanes; ++i) {
      rows[i] = weights + std::min(first + i, num_rows - 1) * stride;
    }
    int64_t k = 0;
    for (; k + kColumns <= depth; k += kColumns) {
      store_columns(load_transposed(rows, k), T(), panel + first + k * kStripRows);
    }
    // The last, partial block goes through a copy on either side, to stay within the matrix and
    // within the panel.
    if (k < depth) {
      T copies[kLanes][kColumns] = {};
      const T* copied_rows[kLanes];
      for (int64_t i = 0; i < kLanes; ++i) {
        std::copy_n(rows[i] + k, depth - k, copies[i]);
        copied_rows[i] = copies[i];
      }
      HWY_ALIGN float columns[kColumns * kStripRows];
      store_columns(load_transposed(copied_rows, 0), T(), columns);
      for (int64_t j = 0; j < depth - k; ++j) {
        std::copy_n(columns + j * kStripRows, kLanes, panel + first + (k + j) * kStripRows);
      }
    }
  }
}

/// kTokens x kVecs accumulators over the whole depth.
template <int64_t kTokens, int64_t kVecs>
HWY_NOINLINE void multiply_tile(const PanelProduct& p, int64_t token) {
  const Floats d;
  const float* x[kTokens];
  FloatVec sums[kTokens][kVecs];
  FIMD_UNROLL(8)
  for (int64_t t = 0; t < kTokens; ++t) {
    x[t] = p.x[token + t] + p.x_column;
    const float* out = p.out[token + t] + p.out_column;
    FIMD_UNROLL(4)
    for (int64_t v = 0; v < kVecs; ++v) {
      sums[t][v] =
          p.accumulate ? load_up_to(out + v * kLanes, p.columns - v * kLanes) : hn::Zero(d);
    }
  }
  const float* panel = p.panel;
  for (int64_t k = 0; k < p.depth; ++k) {
    FloatVec column[kVecs];
    FIMD_UNROLL(4)
    for (int64_t v = 0; v < kVecs; ++v) column[v] = hn::LoadU(d, panel + v * kLanes);
    FIMD_UNROLL(8)
    for (int64_t t = 0; t < kTokens; ++t) {
      const FloatVec broadcast = hn::Set(d, x[t][k]);
      FIMD_UNROLL(4)
      for (int64_t v = 0; v < kVecs; ++v) {
        sums[t][v] = hn::MulAdd(broadcast, column[v], sums[t][v]);
      }
    }
    panel += p.panel_stride;
  }
  FIMD_UNROLL(8)
  for (int64_t t = 0; t < kTokens; ++t) {
    float* out = p.out[token + t] + p.out_column;
    FIMD_UNROLL(4)
    for (int64_t v = 0; v < kVecs; ++v) {
      store_up_to(sums[t][v], out + v * kLanes, p.columns - v * kLanes);
    }
  }
}

template <int64_t kVecs>
void multiply_tiles(const PanelProduct& p) {
  int64_t token = 0;
  for (; token + kTileTokens <= p.num_tokens; token += kTileTokens) {
    multiply_tile<kTileTokens, kVecs>(p, token);
  }
  switch (p.num_tokens - token) {
    case 1: return multiply_tile<1, kVecs>(p, token);
    case 2: return multiply_tile<2, kVecs>(p, token);
    case 3: return multiply_tile<3, kVecs>(p, token);
    case 4: return multiply_tile<4, kVecs>(p, token);
    case 5: return multiply_tile<5, kVecs>(p, token);
    default: return;
  }
}

/// multiply_panel of at most kStripRows columns.
inline void multiply_strip(const PanelProduct& p) {
  static_assert(kTileTokens == 6 && (kTileVecs == 2 || kTileVecs == 4), "the switches' cases");
  switch ((p.columns + kLanes - 1) / kLanes) {
    case 1: return multiply_tiles<1>(p);
    case 2: return multiply_tiles<2>(p);
    case 3: return multiply_tiles<std::min<int64_t>(3, kTileVecs)>(p);
    case 4: return multiply_tiles<kTileVecs>(p);
    default: return;
  }
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_PANEL_INL_H
