// y = x W^T for one instruction set: what linear, the experts and attention are made of.
//
// Two forms of the same product, because weights are stored row by row (as dot products want them)
// and are read once per call:
//   dot     few tokens. A vector runs along k: four rows of W times up to four tokens, or eight
//           times one. Weights are converted in registers and used at once, so the time is that
//           of reading them.
//   panel   many tokens. A vector runs along the outputs n: a strip of W is transposed into a panel
//           panel[k][n] of floats in the thread's scratch, then tiles of 6 tokens x 4 vectors (2
//           where there are 16 registers) stay in registers over k. Transposing costs about as much
//           as multiplying by 4 tokens.
// Tokens come as row pointers, so gathering an expert's tokens costs nothing.
//
// Each output element is one chain of operations in ascending k, in the dot form one for each lane
// and then their sum, whatever strip, tile or thread it falls to; so results depend on the form but
// not on how the work was cut.
#if defined(FIMD_KERNELS_CPU_PROJECTION_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_PROJECTION_INL_H
#undef FIMD_KERNELS_CPU_PROJECTION_INL_H
#else
#define FIMD_KERNELS_CPU_PROJECTION_INL_H
#endif

#include "kernels/base/tensor_view.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

enum class Form { kDot, kPanel };

// A tile is kTileTokens x kTileVecs accumulators; with the panel's vectors and one broadcast it
// must fit the registers: 32 on AVX-512 and ARM64, 16 elsewhere.
inline constexpr int64_t kTileTokens = 6;
inline constexpr int64_t kTileVecs = HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON ? 4 : 2;
inline constexpr int64_t kStripRows = kTileVecs * kLanes;  ///< rows of W in a panel
inline constexpr int64_t kPanelDepth = 128;                ///< columns of W in a panel
inline constexpr int64_t kPanelFloats = kStripRows * kPanelDepth;

/// Rows of W in one task of a parallel loop: a multiple of every kStripRows, and enough work to
/// hide the claim of a task.
inline constexpr int64_t kTaskRows = 64;
static_assert(kTaskRows % kStripRows == 0);

/// Tokens in one task of the panel form: whole tiles, few enough for their rows to stay in the L2
/// cache, and so many that transposing the strip again for each such task costs little.
inline constexpr int64_t kTaskTokens = 32 * kTileTokens;

/// The form that is faster for `num_tokens` tokens: measured at [256, 256], they are equal at 12
/// tokens with AVX-512 and at 10 with AVX2.
constexpr Form form_for(int64_t num_tokens) {
  return num_tokens <= 10 ? Form::kDot : Form::kPanel;
}

/// A matrix of run-time element type whose rows may be strided, unlike MatrixView's.
struct Rows {
  const void* data;
  DType dtype;
  int64_t rows;
  int64_t columns;
  int64_t stride;  ///< in elements

  static Rows of(const MatrixView& matrix) {
    return {matrix.data, matrix.dtype, matrix.rows, matrix.columns, matrix.columns};
  }

  [[nodiscard]] Rows slice(int64_t begin, int64_t count) const {
    const auto* start = static_cast<const std::byte*>(data) + begin * row_bytes(dtype, stride);
    return {start, dtype, count, columns, stride};
  }
};

struct Projection {
  const float* const* x;  ///< [num_tokens] pointers to w.columns floats
  float* const* out;      ///< [num_tokens] pointers; written at [out_column, out_column + w.rows)
  int64_t out_column;
  int64_t num_tokens;
  Rows w;
  bool accumulate;  ///< add to what is there
};

/// out[t][out_column + n] (+)= sum_k x[t][k] w[n][k]. `panel` is scratch of kPanelFloats.
void project(const Projection& projection, Form form, float* panel);

/// A product with a matrix that already stands as [k][n], floats.
struct PanelProduct {
  const float* const* x;  ///< [num_tokens] pointers
  int64_t x_column;       ///< where in x the depth begins
  float* const* out;      ///< [num_tokens] pointers
  int64_t out_column;
  int64_t num_tokens;
  const float* panel;    ///< [depth, columns]; readable up to whole vectors
  int64_t panel_stride;  ///< floats from k to k + 1
  int64_t depth;
  int64_t columns;
  bool accumulate;
};

/// out[t][out_column + n] (+)= sum_k x[t][x_column + k] panel[k][n].
void multiply_panel(const PanelProduct& product);

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_PROJECTION_INL_H
