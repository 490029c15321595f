// Attention over blocks of keys with an online softmax: the core of MLA in both forms and of GQA.
//
// Heads that share keys are one `KvHead` here, and its queries are rows: GQA's group, or in the
// latent space all heads of MLA, times the tokens. Keys are taken in blocks; for each block the
// scores S = Q K^T, then per row the new maximum and p = exp(s - max), then O = O rescale + P V.
// Long contexts are also cut into chunks of keys, which are tasks of their own: each leaves
// (max, sum, O), and the chunks of a row are merged in ascending order. The chunks depend on the
// shapes only, so results do not depend on the threads.
//
// A row never touches the values of keys that it does not see: 0 * NaN is NaN.
//
// Source: FlashAttention-2, arXiv:2307.08691, section 3.1; the merge of chunks is that of
// Flash-Decoding.
#if defined(FIMD_KERNELS_CPU_ATTENTION_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef FIMD_KERNELS_CPU_ATTENTION_INL_H
#undef FIMD_KERNELS_CPU_ATTENTION_INL_H
#else
#define FIMD_KERNELS_CPU_ATTENTION_INL_H
#endif

#include <functional>

#include "kernels/cpu/projection-inl.h"
#include "kernels/ops.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

/// Keys in a block: two panel strips of AVX-512, and a score tile that stays in the L2 cache.
inline constexpr int64_t kKeyBlock = 128;

/// Some keys of one KvHead with their values.
struct KeyBlock {
  Rows k;          ///< [count, k_dim]
  const float* v;  ///< [count, v_dim]; readable up to whole vectors
  int64_t v_stride;
};

struct Attention {
  int64_t num_kv_heads;
  int64_t num_rows;  ///< queries of a KvHead: num_tokens * rows_per_token, by token
  int64_t rows_per_token;
  int64_t num_tokens;
  int64_t context;  ///< keys; token t sees [0, context - num_tokens + t]
  int64_t k_dim;
  int64_t v_dim;
  float softmax_scale;
  const float* const* q;  ///< [num_kv_heads * num_rows] pointers to k_dim floats
  float* const* out;      ///< [num_kv_heads * num_rows] pointers to v_dim floats

  /// The block of `count` <= kKeyBlock keys from `first` on, of one KvHead. What it computes, it
  /// keeps in scratch of `thread` until the next call of that thread.
  std::function<KeyBlock(int64_t kv_head, int64_t first, int64_t count, int thread)> block;
};

/// out[row] = softmax(q[row] K^T * softmax_scale) V.
void attend(const Attention& attention, Exec& exec);

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#endif  // FIMD_KERNELS_CPU_ATTENTION_INL_H
