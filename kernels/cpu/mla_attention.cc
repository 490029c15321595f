#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/mla_attention.cc"
#include "hwy/foreach_target.h"

#include "kernels/cpu/attention-inl.h"
#include "kernels/cpu/blocks-inl.h"
#include "kernels/cpu/tasks.h"
#include "kernels/ops.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

/// The sizes of one call, by the paper's names.
struct Shape {
  int64_t num_tokens;
  int64_t num_heads;
  int64_t context;
  int64_t nope_dim;
  int64_t rope_dim;
  int64_t v_dim;
  int64_t kv_lora_rank;
};

Shape checked_shape(const MlaAttentionArgs& args, const TensorView<float, 3>& out) {
  const Shape shape = {
      .num_tokens = args.q.shape[0],
      .num_heads = args.q.shape[1],
      .context = args.cache.shape[0],
      .nope_dim = args.nope_dim,
      .rope_dim = args.q.shape[2] - args.nope_dim,
      .v_dim = out.shape[2],
      .kv_lora_rank = args.kv_b.columns,
  };
  FIMD_CHECK(out.shape[0] == shape.num_tokens && out.shape[1] == shape.num_heads);
  FIMD_CHECK(args.kv_b.rows == shape.num_heads * (shape.nope_dim + shape.v_dim), args.kv_b.rows);
  FIMD_CHECK(args.cache.shape[1] == shape.kv_lora_rank + shape.rope_dim, args.cache.shape[1]);
  FIMD_CHECK(shape.context >= shape.num_tokens, shape.context, shape.num_tokens);
  return shape;
}

/// W_UK and W_UV of one head: the rows of kv_b that make its keys and its values.
struct HeadWeights {
  MatrixView w_uk;  ///< [nope_dim, kv_lora_rank]
  MatrixView w_uv;  ///< [v_dim, kv_lora_rank]
};

HeadWeights head_weights(const MlaAttentionArgs& args, const Shape& shape, int64_t head) {
  const int64_t row = head * (shape.nope_dim + shape.v_dim);
  return {args.kv_b.slice_rows(row, shape.nope_dim),
          args.kv_b.slice_rows(row + shape.nope_dim, shape.v_dim)};
}

template <typename T>
void convert_columns(const MatrixView& w, int64_t column, int64_t num_columns, float* panel) {
  static_assert(kTaskRows % kPart == 0 && kMaxUnit % kTaskRows == 0, "no unit lies across tasks");
  for (int64_t row = 0; row < w.rows; ++row) {
    const T* values = reinterpret_cast<const T*>(w.row(row));
    float* out = panel + row * kTaskRows;
    if constexpr (kIsElement<T>) {
      for (int64_t i = 0; i < num_columns; i += kLanes) {
        hn::StoreU(load_up_to(values + column + i, num_columns - i), Floats(), out + i);
      }
    } else {
      HWY_ALIGN float decoded[kMaxUnit];
      const int64_t begin = column - column % kUnit<T>;
      const int64_t end = std::min(begin + std::max(kTaskRows, kUnit<T>), w.columns);
      decode_columns(values, begin, end - begin, decoded);
      std::copy_n(decoded + (column - begin), num_columns, out);
    }
  }
}

/// panel[row * kTaskRows + i] = w[row, column + i]: W as it stands is a panel once it is floats.
void convert_columns(const MatrixView& w, int64_t column, int64_t num_columns, float* panel) {
  visit_dtype(w.dtype, [&]<typename T>(std::type_identity<T>) {
    convert_columns<T>(w, column, num_columns, panel);
  });
}

/// The queries in latent space, q_latent[t, h] = [q_nope W_UK, q_rope].
void make_latent_queries(const MlaAttentionArgs& args,
                         const Shape& shape,
                         TensorView<float, 3> q_latent,
                         Exec& exec) {
  Workspace::Scope scope(exec.workspace);
  const int64_t panel_floats = shape.nope_dim * kTaskRows;
  float* panels = scope.take<float>(exec.pool.num_threads() * panel_floats);
  const auto q = scope.take<const float*>(shape.num_heads * shape.num_tokens);
  const auto out = scope.take<float*>(shape.num_heads * shape.num_tokens);
  for (int64_t h = 0; h < shape.num_heads; ++h) {
    for (int64_t t = 0; t < shape.num_tokens; ++t) {
      q[h * shape.num_tokens + t] = args.q.at(t, h);
      out[h * shape.num_tokens + t] = q_latent.at(t, h);
      std::copy_n(
          args.q.at(t, h, shape.nope_dim), shape.rope_dim, q_latent.at(t, h, shape.kv_lora_rank));
    }
  }
  const int64_t strips = divide_up(shape.kv_lora_rank, kTaskRows);
  const int64_t macs = shape.num_tokens * shape.num_heads * shape.nope_dim * shape.kv_lora_rank;
  parallel_tasks(exec, shape.num_heads * strips, macs, [&](int64_t index, int thread) {
    const int64_t head = index / strips;
    const int64_t column = index % strips * kTaskRows;
    const int64_t num_columns = std::min(kTaskRows, shape.kv_lora_rank - column);
    float* panel = panels + thread * panel_floats;
    convert_columns(head_weights(args, shape, head).w_uk, column, num_columns, panel);
    multiply_panel({
        .x = q + head * shape.num_tokens,
        .x_column = 0,
        .out = out + head * shape.num_tokens,
        .out_column = column,
        .num_tokens = shape.num_tokens,
        .panel = panel,
        .panel_stride = kTaskRows,
        .depth = shape.nope_dim,
        .columns = num_columns,
        .accumulate = false,
    });
  });
}

/// out[t, h] = W_UV out_latent[t, h].
void leave_latent_space(const MlaAttentionArgs& args,
                        const Shape& shape,
                        TensorView<float, 3> out_latent,
                        TensorView<float, 3> out,
                        Exec& exec) {
  Workspace::Scope scope(exec.workspace);
  const auto x = scope.take<const float*>(shape.num_heads * shape.num_tokens);
  const auto y = scope.take<float*>(shape.num_heads * shape.num_tokens);
  for (int64_t h = 0; h < shape.num_heads; ++h) {
    for (int64_t t = 0; t < shape.num_tokens; ++t) {
      x[h * shape.num_tokens + t] = out_latent.at(t, h);
      y[h * shape.num_tokens + t] = out.at(t, h);
    }
  }
  float* panels = scope.take<float>(exec.pool.num_threads() * kPanelFloats);
  const int64_t macs = shape.num_tokens * shape.num_heads * shape.v_dim * shape.kv_lora_rank;
  parallel_tasks(exec, shape.num_heads, macs, [&](int64_t head, int thread) {
    const Projection projection = {
        .x = x + head * shape.num_tokens,
        .out = y + head * shape.num_tokens,
        .out_column = 0,
        .num_tokens = shape.num_tokens,
        .w = Rows::of(head_weights(args, shape, head).w_uv),
        .accumulate = false,
    };
    project(projection, form_for(shape.num_tokens), panels + thread * kPanelFloats);
  });
}

/// All heads are one KvHead, whose keys are the cache's rows and whose values are their latents.
void attend_absorbed(const MlaAttentionArgs& args,
                     const Shape& shape,
                     TensorView<float, 3> out,
                     Exec& exec) {
  Workspace::Scope scope(exec.workspace);
  const int64_t num_rows = shape.num_tokens * shape.num_heads;
  const int64_t k_dim = shape.kv_lora_rank + shape.rope_dim;
  const auto q_latent = scope.tensor<3>({shape.num_tokens, shape.num_heads, k_dim});
  const auto out_latent = scope.tensor<3>({shape.num_tokens, shape.num_heads, shape.kv_lora_rank});
  make_latent_queries(args, shape, q_latent, exec);
  const TensorView<float, 2> q_rows(q_latent.data, {num_rows, k_dim});
  const TensorView<float, 2> out_rows(out_latent.data, {num_rows, shape.kv_lora_rank});
  attend(
      {
          .num_kv_heads = 1,
          .num_rows = num_rows,
          .rows_per_token = shape.num_heads,
          .num_tokens = shape.num_tokens,
          .context = shape.context,
          .k_dim = k_dim,
          .v_dim = shape.kv_lora_rank,
          .softmax_scale = args.softmax_scale,
          .q = row_pointers(scope, q_rows),
          .out = row_pointers(scope, out_rows),
          .block =
              [&](int64_t, int64_t first, int64_t count, int) {
                return KeyBlock{
                    .k = {args.cache.at(first), DType::kF32, count, k_dim, args.cache.strides[0]},
                    .v = args.cache.at(first),
                    .v_stride = args.cache.strides[0],
                };
              },
      },
      exec);
  leave_latent_space(args, shape, out_latent, out, exec);
}

/// A thread's keys and values of one block, decompressed.
struct BlockScratch {
  float* panel;
  float** k_rows;  ///< [kKeyBlock] pointers to nope_dim + rope_dim floats
  float** v_rows;  ///< [kKeyBlock] pointers to v_dim floats, up to whole vectors
};

KeyBlock decompress(const Shape& shape,
                    const HeadWeights& weights,
                    TensorView<const float, 2> cache,
                    const float* const* cache_rows,
                    const BlockScratch& scratch) {
  const int64_t count = cache.shape[0];
  Projection projection = {
      .x = cache_rows,
      .out = scratch.k_rows,
      .out_column = 0,
      .num_tokens = count,
      .w = Rows::of(weights.w_uk),
      .accumulate = false,
  };
  project(projection, Form::kPanel, scratch.panel);
  projection.out = scratch.v_rows;
  projection.w = Rows::of(weights.w_uv);
  project(projection, Form::kPanel, scratch.panel);
  for (int64_t j = 0; j < count; ++j) {
    std::copy_n(
        cache.at(j, shape.kv_lora_rank), shape.rope_dim, scratch.k_rows[j] + shape.nope_dim);
  }
  const int64_t k_dim = shape.nope_dim + shape.rope_dim;
  return {
      .k = {scratch.k_rows[0], DType::kF32, count, k_dim, k_dim},
      .v = scratch.v_rows[0],
      .v_stride = scratch.v_rows[1] - scratch.v_rows[0],
  };
}

/// Every head is a KvHead, whose keys and values are made from the latents block by block.
void attend_decompressed(const MlaAttentionArgs& args,
                         const Shape& shape,
                         TensorView<float, 3> out,
                         Exec& exec) {
  Workspace::Scope scope(exec.workspace);
  const int num_threads = exec.pool.num_threads();
  const int64_t k_dim = shape.nope_dim + shape.rope_dim;
  const int64_t v_width = divide_up(shape.v_dim, kLanes) * kLanes;
  float** k_rows = row_pointers(scope, scope.tensor<2>({num_threads * kKeyBlock, k_dim}));
  float** v_rows = row_pointers(scope, scope.tensor<2>({num_threads * kKeyBlock, v_width}));
  float* panels = scope.take<float>(num_threads * kPanelFloats);
  const float* const* cache_rows = row_pointers(scope, args.cache);
  const auto q = scope.take<const float*>(shape.num_heads * shape.num_tokens);
  const auto y = scope.take<float*>(shape.num_heads * shape.num_tokens);
  for (int64_t h = 0; h < shape.num_heads; ++h) {
    for (int64_t t = 0; t < shape.num_tokens; ++t) {
      q[h * shape.num_tokens + t] = args.q.at(t, h);
      y[h * shape.num_tokens + t] = out.at(t, h);
    }
  }
  attend(
      {
          .num_kv_heads = shape.num_heads,
          .num_rows = shape.num_tokens,
          .rows_per_token = 1,
          .num_tokens = shape.num_tokens,
          .context = shape.context,
          .k_dim = k_dim,
          .v_dim = shape.v_dim,
          .softmax_scale = args.softmax_scale,
          .q = q,
          .out = y,
          .block =
              [&](int64_t head, int64_t first, int64_t count, int thread) {
                return decompress(shape,
                                  head_weights(args, shape, head),
                                  args.cache.slice(0, first, count),
                                  cache_rows + first,
                                  {panels + thread * kPanelFloats,
                                   k_rows + thread * kKeyBlock,
                                   v_rows + thread * kKeyBlock});
              },
      },
      exec);
}

}  // namespace

void mla_attention(const MlaAttentionArgs& args, TensorView<float, 3> out, Exec& exec) {
  const Shape shape = checked_shape(args, out);
  switch (args.form) {
    case MlaForm::kAbsorbed: return attend_absorbed(args, shape, out, exec);
    case MlaForm::kDecompressed: return attend_decompressed(args, shape, out, exec);
  }
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace fimd::cpu {

HWY_EXPORT(mla_attention);

void mla_attention(const MlaAttentionArgs& args, TensorView<float, 3> out, Exec& exec) {
  HWY_DYNAMIC_DISPATCH(mla_attention)(args, out, exec);
}

}  // namespace fimd::cpu

#endif  // HWY_ONCE
