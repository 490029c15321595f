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

/// W_UK of head h, [nope_dim, kv_lora_rank], and W_UV, [v_dim, kv_lora_rank], below it.
std::vector<float> head_weights(const MlaAttentionArgs& args, const Shape& shape, int64_t h) {
  const int64_t rows = shape.nope_dim + shape.v_dim;
  return weight_rows(args.kv_b, h * rows, rows);
}

/// A row of W_UK or W_UV applied to the latent of cache row j: one element of k_nope or of v.
double decompress(const MlaAttentionArgs& args, const Shape& shape, const float* w_row, int64_t j) {
  double sum = 0;
  for (int64_t r = 0; r < shape.kv_lora_rank; ++r) sum += double{w_row[r]} * args.cache(j, r);
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
  const std::vector<float> w = head_weights(args, shape, h);
  std::vector<double> kv(context * kv_dim);
  for (int64_t j = 0; j < context; ++j) {
    for (int64_t i = 0; i < kv_dim; ++i) {
      kv[j * kv_dim + i] = decompress(args, shape, w.data() + i * shape.kv_lora_rank, j);
    }
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
  const std::vector<float> w = head_weights(args, shape, h);
  const float* w_uk = w.data();
  const float* w_uv = w_uk + shape.nope_dim * shape.kv_lora_rank;
  for (int64_t t = 0; t < num_tokens; ++t) {
    std::vector<double> q_latent(shape.kv_lora_rank);
    for (int64_t r = 0; r < shape.kv_lora_rank; ++r) {
      for (int64_t i = 0; i < shape.nope_dim; ++i) {
        q_latent[r] += double{args.q(t, h, i)} * w_uk[i * shape.kv_lora_rank + r];
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
        sum += w_uv[i * shape.kv_lora_rank + r] * out_latent[r];
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
