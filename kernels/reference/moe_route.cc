#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/ops.h"
#include "kernels/reference/softmax.h"

namespace fimd::reference {
namespace {

/// Indices of the `count` largest values, largest first; equal values by index, NaN last.
std::vector<int64_t> top(const std::vector<double>& values, int64_t count) {
  std::vector<int64_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return std::isnan(values[b]) ? !std::isnan(values[a]) : values[a] > values[b];
  });
  order.resize(count);
  return order;
}

/// Scores outside the topk_groups groups with the largest maximum become 0.
void keep_best_groups(std::vector<double>& scores, int64_t num_groups, int64_t topk_groups) {
  const int64_t group_size = std::ssize(scores) / num_groups;
  std::vector<double> group_scores(num_groups);
  for (int64_t g = 0; g < num_groups; ++g) {
    const auto begin = scores.begin() + g * group_size;
    group_scores[g] = *std::max_element(begin, begin + group_size);
  }
  std::vector<bool> kept(num_groups);
  for (const int64_t g : top(group_scores, topk_groups)) kept[g] = true;
  for (int64_t e = 0; e < std::ssize(scores); ++e) {
    if (!kept[e / group_size]) scores[e] = 0;
  }
}

}  // namespace

void moe_route(const MoeRouteArgs& args, const MoeRouting& out, Exec& exec) {
  const auto [num_tokens, num_experts] = args.logits.shape;
  const int64_t experts_per_token = out.experts.shape[1];
  FIMD_CHECK(out.experts.shape == out.weights.shape && out.experts.shape[0] == num_tokens);
  FIMD_CHECK(num_experts % args.num_groups == 0 && experts_per_token <= num_experts);
  exec.pool.parallel_for(num_tokens, [&, count = num_experts](int64_t t, int) {
    std::vector<double> scores(args.logits.at(t), args.logits.at(t) + count);
    softmax(scores);
    if (args.num_groups > 1) keep_best_groups(scores, args.num_groups, args.topk_groups);
    const std::vector<int64_t> chosen = top(scores, experts_per_token);
    double sum = 0;
    for (const int64_t e : chosen) sum += scores[e];
    const double factor = args.normalize ? 1.0 / (sum + 1e-20) : args.scaling_factor;
    for (int64_t k = 0; k < experts_per_token; ++k) {
      out.experts(t, k) = static_cast<int32_t>(chosen[k]);
      out.weights(t, k) = static_cast<float>(scores[chosen[k]] * factor);
    }
  });
}

}  // namespace fimd::reference
