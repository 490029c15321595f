// THE CONTRACT of the kernels: one Args struct and one function type per operation.
//
// Every backend (backend.h) fills a table of these. The rules that hold for all of them:
//   1. Activations are float and row-major; T is the number of query tokens of the step, in order.
//   2. Weights are MatrixView [out_features, in_features], as checkpoints store them, of any DType:
//      y = x W^T.
//   3. Nothing is owned. Outputs do not alias inputs, with these exceptions: `out` of rms_norm may
//      be its `x`, rope turns its `x` in place, and move_kv moves rows within one cache.
//   4. Shapes that disagree abort: the engine checked the checkpoint before. NaN and infinity in
//      the data are carried through, never a crash.
//   5. The result does not depend on the number of threads. How a row is rounded may depend on T.
//   6. Scratch memory comes from exec.workspace and is given back before the call returns;
//      `reference` alone takes some from the heap.
// Thread: compatible; one operation at a time per Exec.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/tensor_view.h"
#include "kernels/base/thread_pool.h"
#include "kernels/base/workspace.h"

namespace fimd {

/// What an operation runs on.
struct Exec {
  ThreadPool& pool;
  Workspace& workspace;
};

struct EmbedArgs {
  MatrixView table;                 ///< [vocab_size, hidden_size]
  std::span<const int32_t> tokens;  ///< [T], each in [0, vocab_size)
};

/// out[t, :] = table[tokens[t], :].
using EmbedFn = void(const EmbedArgs& args, TensorView<float, 2> out, Exec& exec);

struct RmsNormArgs {
  TensorView<const float, 2> x;   ///< [T, width]
  std::span<const float> weight;  ///< [width]
  float epsilon;
};

/// out[t, i] = weight[i] * x[t, i] / sqrt(mean_i(x[t, i]^2) + epsilon). `out` may be `x`.
/// Source: RMSNorm, arXiv:1910.07467, eq. (4).
using RmsNormFn = void(const RmsNormArgs& args, TensorView<float, 2> out, Exec& exec);

struct LinearArgs {
  TensorView<const float, 2> x;      ///< [T, in_features]
  MatrixView weight;                 ///< [out_features, in_features]
  std::span<const float> bias = {};  ///< [out_features]; empty: none
  bool accumulate = false;           ///< add to `out` (a residual) instead of overwriting it
};

/// out[t, n] (+)= sum_k x[t, k] weight[n, k] + bias[n].
/// Cost: T * out_features * in_features multiply-adds; reads the weight from memory once per call.
using LinearFn = void(const LinearArgs& args, TensorView<float, 2> out, Exec& exec);

enum class RopePairing {
  kInterleaved,  ///< pairs (2i, 2i + 1): DeepSeek-V2's checkpoints
  kHalfSplit,    ///< pairs (i, i + dim / 2): LLaMA's checkpoints in Hugging Face's layout
};

struct RopeArgs {
  TensorView<const float, 2> cos;  ///< [T, dim / 2], of token t's position times pair i's frequency
  TensorView<const float, 2> sin;  ///< [T, dim / 2]
  RopePairing pairing;
};

/// Rotates each pair of x [T, heads, dim] in place by its angle:
/// (a, b) -> (a cos - b sin, a sin + b cos). The pairs keep their places.
/// Source: RoFormer, arXiv:2104.09864, eq. (15).
using RopeFn = void(const RopeArgs& args, TensorView<float, 3> x, Exec& exec);

struct MoveKvArgs {
  int64_t from;                ///< first row to move, as it lies in `cache`
  int64_t to;                  ///< where it goes; the two ranges may overlap
  int64_t count;               ///< rows
  int64_t rope_begin;          ///< first column that RoPE turned
  int64_t rope_heads;          ///< heads of 2 * cos.size() columns each, one behind the other
  std::span<const float> cos;  ///< [rope_dim / 2], of (to - from) times pair i's frequency
  std::span<const float> sin;  ///< [rope_dim / 2]
  RopePairing pairing;
};

/// cache[to + i, :] = cache[from + i, :] for i in [0, count), with each pair of the rope columns
/// turned by its angle as RopeFn does: keys that were made for one position serve at another. The
/// other columns keep their bits. Overlap behaves as if all rows were read first; equal ranges are
/// turned in place. `cache` is one layer's, [rows, width].
/// Cost: reads and writes count * width floats.
/// Source: RoFormer, arXiv:2104.09864, section 3.2.2: turns by m and by n are a turn by m + n.
using MoveKvFn = void(const MoveKvArgs& args, TensorView<float, 2> cache, Exec& exec);

enum class MlaForm {
  kAbsorbed,      ///< queries go into the latent space: H * (2 * kv_lora_rank + rope) MACs a pair
  kDecompressed,  ///< the latents become K and V: H * (nope + rope + v) MACs a pair, plus the
                  ///< making
};

struct MlaAttentionArgs {
  TensorView<const float, 3> q;  ///< [T, num_heads, nope_dim + rope_dim], rope part rotated
  TensorView<const float, 2>
      cache;        ///< [context, kv_lora_rank + rope_dim]: c_kv normed, k_pe rotated
  MatrixView kv_b;  ///< [num_heads * (nope_dim + v_dim), kv_lora_rank]; per head W_UK, then W_UV
  int64_t nope_dim;
  float softmax_scale;  ///< 1 / sqrt(nope_dim + rope_dim), times YaRN's mscale squared
  MlaForm form;
};

/// out[t, h, :] = sum_j softmax_j(q[t, h] . k[j, h] * softmax_scale) v[j, h] with out
/// [T, num_heads, v_dim]. The last T cache rows are the query tokens' own: token t sees rows
/// [0, context - T + t]. Both forms compute the same function.
/// Source: DeepSeek-V2, arXiv:2405.04434, eq. (9)-(19) and section 2.1.2 for the absorbed form.
using MlaAttentionFn = void(const MlaAttentionArgs& args, TensorView<float, 3> out, Exec& exec);

struct GqaAttentionArgs {
  TensorView<const float, 3> q;  ///< [T, num_heads, head_dim], rotated
  TensorView<const float, 3> k;  ///< [context, num_kv_heads, head_dim], rotated
  TensorView<const float, 3> v;  ///< [context, num_kv_heads, head_dim]
  float softmax_scale;           ///< 1 / sqrt(head_dim)
};

/// out[t, h, :] = sum_j softmax_j(q[t, h] . k[j, h / group] * softmax_scale) v[j, h / group], with
/// group = num_heads / num_kv_heads and out [T, num_heads, head_dim]. Causal as in MlaAttentionFn.
/// Source: GQA, arXiv:2305.13245; MHA is group 1.
using GqaAttentionFn = void(const GqaAttentionArgs& args, TensorView<float, 3> out, Exec& exec);

struct MoeRouteArgs {
  TensorView<const float, 2> logits;  ///< [T, num_experts]
  int64_t num_groups;                 ///< 1: greedy over all experts. Divides num_experts
  int64_t topk_groups;                ///< groups that stay, by the maximum of their scores
  bool normalize;                     ///< divide the weights by their sum; if so, do not scale them
  float scaling_factor;               ///< else multiplies the weights
};

/// The experts of each token and their weights, best first.
struct MoeRouting {
  TensorView<int32_t, 2> experts;  ///< [T, experts_per_token]
  TensorView<float, 2> weights;    ///< [T, experts_per_token]
};

/// scores = softmax(logits) over all experts; scores outside the best topk_groups groups become 0;
/// the experts_per_token best remain. Equal scores: the lower index first; NaN counts as lowest.
/// Source: DeepSeek-V2, arXiv:2405.04434, eq. (21)-(23) and section 2.2.2.
using MoeRouteFn = void(const MoeRouteArgs& args, const MoeRouting& out, Exec& exec);

/// A SwiGLU network: down(silu(gate x) * (up x)).
struct GatedMlp {
  MatrixView gate;  ///< [intermediate, hidden]
  MatrixView up;    ///< [intermediate, hidden]
  MatrixView down;  ///< [hidden, intermediate]
};

struct GatedMlpArgs {
  TensorView<const float, 2> x;  ///< [T, hidden]
  GatedMlp mlp;
};

/// out[t, :] += mlp(x[t, :]). Source: GLU variants, arXiv:2002.05202, eq. (6).
using GatedMlpFn = void(const GatedMlpArgs& args, TensorView<float, 2> out, Exec& exec);

struct MoeExpertsArgs {
  TensorView<const float, 2> x;         ///< [T, hidden]
  std::span<const GatedMlp> experts;    ///< [num_experts], all of one shape
  TensorView<const int32_t, 2> chosen;  ///< [T, experts_per_token], distinct per token
  TensorView<const float, 2> weights;   ///< [T, experts_per_token]
  GatedMlp shared;                      ///< applied to every token with weight 1; empty: none
};

/// out[t, :] += sum_k weights[t, k] * experts[chosen[t, k]](x[t, :]) + shared(x[t, :]).
/// Tokens are batched by expert. Source: DeepSeek-V2, arXiv:2405.04434, eq. (20).
using MoeExpertsFn = void(const MoeExpertsArgs& args, TensorView<float, 2> out, Exec& exec);

}  // namespace fimd
