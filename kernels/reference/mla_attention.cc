#include "kernels/ops.h"
#include "kernels/reference/softmax.h"
#include "kernels/reference/weight.h"

namespace fimd::reference {
namespace {

/// The sizes of one call, by the paper's names.
struct Shape {
  int64_t num_heads;
  int64_t nope_dim;
  int64_t rope_dim;
  int64_t v_dim;
  int64_t kv_lora_rank;
};

Shape checked_shape(const MlaAttentionArgs& args, const TensorView<float, 3>& out) {
  const Shape shape = {
      .num_heads = args.q.shape[1],
      .nope_dim = args.nope_dim,
      .rope_dim = args.q.shape[2] - args.nope_dim,
      .v_dim = out.shape[2],
      .kv_lora_rank = args.kv_b.columns,
  };
  FIMD_CHECK(out.shape[0] == args.q.shape[0] && out.shape[1] == shape.num_heads);
  FIMD_CHECK(args.kv_b.rows == shape.num_heads * (shape.nope_dim + shape.v_dim), args.kv_b.rows);
  FIMD_CHECK(args.cache.shape[1] == shape.kv_lora_rank + shape.rope_dim, args.cache.shape[1]);
  FIMD_CHECK(args.cache.shape[0] >= args.q.shape[0]);
  return shape;
}

/// Row `row` of head h's part of kv_b applied to the latent of cache row j: one element of k_nope
/// (row < nope_dim) or of v (row - nope_dim).
double decompress(
    const MlaAttentionArgs& args, const Shape& shape, int64_t h, int64_t row, int64_t j) {
  const int64_t kv_b_row = h * (shape.nope_dim + shape.v_dim) + row;
  double sum = 0;
  for (int64_t r = 0; r < shape.kv_lora_rank; ++r) {
    sum += weight_at(args.kv_b, kv_b_row, r) * args.cache(j, r);
  }
  return sum;
}

double rope_score(
    const MlaAttentionArgs& args, const Shape& shape, int64_t t, int64_t h, int64_t j) {
  double dot = 0;
  for (int64_t i = 0; i < shape.rope_dim; ++i) {
    dot += static_cast<double>(args.q(t, h, shape.nope_dim + i)) *
           args.cache(j, shape.kv_lora_rank + i);
  }
  return dot;
}

/// K and V of head h for every cache row, then ordinary attention over them.
void attend_decompressed(const MlaAttentionArgs& args,
                         const Shape& shape,
                         int64_t h,
                         TensorView<float, 3> out) {
  const int64_t num_tokens = args.q.shape[0];
  const int64_t context = args.cache.shape[0];
  const int64_t kv_dim = shape.nope_dim + shape.v_dim;
  std::vector<double> kv(context * kv_dim);
  for (int64_t j = 0; j < context; ++j) {
    for (int64_t i = 0; i < kv_dim; ++i) kv[j * kv_dim + i] = decompress(args, shape, h, i, j);
  }
  for (int64_t t = 0; t < num_tokens; ++t) {
    std::vector<double> p(context - num_tokens + t + 1);
    for (size_t j = 0; j < p.size(); ++j) {
      double dot = rope_score(args, shape, t, h, j);
      for (int64_t i = 0; i < shape.nope_dim; ++i) dot += args.q(t, h, i) * kv[j * kv_dim + i];
      p[j] = dot * args.softmax_scale;
    }
    softmax(p);
    for (int64_t i = 0; i < shape.v_dim; ++i) {
      double sum = 0;
      for (size_t j = 0; j < p.size(); ++j) sum += p[j] * kv[j * kv_dim + shape.nope_dim + i];
      out(t, h, i) = static_cast<float>(sum);
    }
  }
}

/// The query goes into the latent space (q_nope W_UK), attends to c_kv itself, and the latent
/// result comes out through W_UV.
void attend_absorbed(const MlaAttentionArgs& args,
                     const Shape& shape,
                     int64_t h,
                     TensorView<float, 3> out) {
  const int64_t num_tokens = args.q.shape[0];
  const int64_t context = args.cache.shape[0];
  const int64_t w_uk = h * (shape.nope_dim + shape.v_dim);
  const int64_t w_uv = w_uk + shape.nope_dim;
  for (int64_t t = 0; t < num_tokens; ++t) {
    std::vector<double> q_latent(shape.kv_lora_rank);
    for (int64_t r = 0; r < shape.kv_lora_rank; ++r) {
      for (int64_t i = 0; i < shape.nope_dim; ++i) {
        q_latent[r] += args.q(t, h, i) * weight_at(args.kv_b, w_uk + i, r);
      }
    }
    std::vector<double> p(context - num_tokens + t + 1);
    for (size_t j = 0; j < p.size(); ++j) {
      double dot = rope_score(args, shape, t, h, j);
      for (int64_t r = 0; r < shape.kv_lora_rank; ++r) dot += q_latent[r] * args.cache(j, r);
      p[j] = dot * args.softmax_scale;
    }
    softmax(p);
    std::vector<double> out_latent(shape.kv_lora_rank);
    for (int64_t r = 0; r < shape.kv_lora_rank; ++r) {
      for (size_t j = 0; j < p.size(); ++j) out_latent[r] += p[j] * args.cache(j, r);
    }
    for (int64_t i = 0; i < shape.v_dim; ++i) {
      double sum = 0;
      for (int64_t r = 0; r < shape.kv_lora_rank; ++r) {
        sum += weight_at(args.kv_b, w_uv + i, r) * out_latent[r];
      }
      out(t, h, i) = static_cast<float>(sum);
    }
  }
}

}  // namespace

void mla_attention(const MlaAttentionArgs& args, TensorView<float, 3> out, Exec& exec) {
  const Shape shape = checked_shape(args, out);
  exec.pool.parallel_for(shape.num_heads, [&](int64_t h, int) {
    switch (args.form) {
      case MlaForm::kAbsorbed: return attend_absorbed(args, shape, h, out);
      case MlaForm::kDecompressed: return attend_decompressed(args, shape, h, out);
    }
  });
}

}  // namespace fimd::reference
