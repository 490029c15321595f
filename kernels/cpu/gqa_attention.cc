#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/gqa_attention.cc"
#include "hwy/foreach_target.h"

#include "kernels/cpu/attention-inl.h"
#include "kernels/cpu/tasks.h"
#include "kernels/ops.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {

void gqa_attention(const GqaAttentionArgs& args, TensorView<float, 3> out, Exec& exec) {
  const int64_t num_tokens = args.q.shape[0];
  const int64_t num_heads = args.q.shape[1];
  const int64_t head_dim = args.q.shape[2];
  const int64_t context = args.k.shape[0];
  const int64_t num_kv_heads = args.k.shape[1];
  FIMD_CHECK(out.shape == args.q.shape && args.k.shape == args.v.shape);
  FIMD_CHECK(args.k.shape[2] == head_dim && context >= num_tokens && num_heads % num_kv_heads == 0);
  const int64_t group = num_heads / num_kv_heads;
  const int64_t num_rows = num_tokens * group;

  Workspace::Scope scope(exec.workspace);
  const float** q = scope.take<const float*>(num_kv_heads * num_rows);
  float** y = scope.take<float*>(num_kv_heads * num_rows);
  for (int64_t t = 0; t < num_tokens; ++t) {
    for (int64_t h = 0; h < num_heads; ++h) {
      const int64_t row = h / group * num_rows + t * group + h % group;
      q[row] = args.q.at(t, h);
      y[row] = out.at(t, h);
    }
  }
  attend(
      {
          .num_kv_heads = num_kv_heads,
          .num_rows = num_rows,
          .rows_per_token = group,
          .num_tokens = num_tokens,
          .context = context,
          .k_dim = head_dim,
          .v_dim = head_dim,
          .softmax_scale = args.softmax_scale,
          .q = q,
          .out = y,
          .block =
              [&](int64_t kv_head, int64_t first, int64_t count, int) {
                return KeyBlock{
                    .k = {args.k.at(first, kv_head),
                          DType::kF32,
                          count,
                          head_dim,
                          args.k.strides[0]},
                    .v = args.v.at(first, kv_head),
                    .v_stride = args.v.strides[0],
                };
              },
      },
      exec);
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace fimd::cpu {

HWY_EXPORT(gqa_attention);

void gqa_attention(const GqaAttentionArgs& args, TensorView<float, 3> out, Exec& exec) {
  HWY_DYNAMIC_DISPATCH(gqa_attention)(args, out, exec);
}

}  // namespace fimd::cpu

#endif  // HWY_ONCE
