#include "kernels/ops.h"
#include "kernels/reference/softmax.h"

namespace fimd::reference {

void gqa_attention(const GqaAttentionArgs& args, TensorView<float, 3> out, Exec& exec) {
  const auto [num_tokens, num_heads, head_dim] = args.q.shape;
  const int64_t context = args.k.shape[0];
  const int64_t num_kv_heads = args.k.shape[1];
  FIMD_CHECK(out.shape == args.q.shape && args.k.shape == args.v.shape);
  FIMD_CHECK(args.k.shape[2] == head_dim && context >= num_tokens && num_heads % num_kv_heads == 0);
  const int64_t group = num_heads / num_kv_heads;
  exec.pool.parallel_for(
      num_tokens * num_heads,
      [&, heads = num_heads, dim = head_dim, tokens = num_tokens](int64_t index, int) {
        const int64_t t = index / heads;
        const int64_t h = index % heads;
        std::vector<double> scores(context - tokens + t + 1);
        for (size_t j = 0; j < scores.size(); ++j) {
          double dot = 0;
          for (int64_t i = 0; i < dim; ++i) {
            dot += static_cast<double>(args.q(t, h, i)) * args.k(j, h / group, i);
          }
          scores[j] = dot * args.softmax_scale;
        }
        softmax(scores);
        for (int64_t i = 0; i < dim; ++i) {
          double sum = 0;
          for (size_t j = 0; j < scores.size(); ++j) sum += scores[j] * args.v(j, h / group, i);
          out(t, h, i) = static_cast<float>(sum);
        }
      });
}

}  // namespace fimd::reference
