// Choosing must agree with the reference to the last expert, so the scores are formed as there, in
// double: 160 exponentials a token in DeepSeek-V2, 1/1000 of a layer's time.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernels/cpu/tasks.h"
#include "kernels/ops.h"

namespace fimd::cpu {
namespace {

/// Replaces scores by exp(score - max) / sum.
void softmax(std::span<double> scores) {
  const double max = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - max);
  for (double& score : scores) score /= sum;
}

/// Whether `a` at a lower index goes before `b`: not smaller, NaN last.
bool goes_first(double a, double b) {
  return std::isnan(b) || a >= b;
}

/// Calls take(rank, index) for the `count` largest of `values`, largest first; equal values by
/// index, NaN last. `taken` is scratch.
template <typename Take>
void for_each_best(std::span<const double> values,
                   int64_t count,
                   std::span<bool> taken,
                   Take&& take) {
  std::fill(taken.begin(), taken.end(), false);
  for (int64_t rank = 0; rank < count; ++rank) {
    int64_t best = -1;
    for (int64_t i = 0; i < std::ssize(values); ++i) {
      if (!taken[i] && (best < 0 || !goes_first(values[best], values[i]))) best = i;
    }
    taken[best] = true;
    take(rank, best);
  }
}

/// Scratch of one thread.
struct Scratch {
  std::span<double> scores;        ///< [num_experts]
  std::span<double> group_scores;  ///< [num_groups]
  std::span<bool> taken;           ///< [num_experts]
  std::span<bool> kept;            ///< [num_groups]
};

/// Scores outside the best groups become 0.
void keep_best_groups(const MoeRouteArgs& args, const Scratch& scratch) {
  const int64_t group_size = std::ssize(scratch.scores) / args.num_groups;
  for (int64_t g = 0; g < args.num_groups; ++g) {
    const auto group = scratch.scores.subspan(g * group_size, group_size);
    scratch.group_scores[g] = *std::max_element(group.begin(), group.end());
  }
  std::fill(scratch.kept.begin(), scratch.kept.end(), false);
  for_each_best(scratch.group_scores,
                args.topk_groups,
                scratch.taken.first(args.num_groups),
                [&](int64_t, int64_t group) { scratch.kept[group] = true; });
  for (int64_t e = 0; e < std::ssize(scratch.scores); ++e) {
    if (!scratch.kept[e / group_size]) scratch.scores[e] = 0;
  }
}

void route_token(const MoeRouteArgs& args,
                 const Scratch& scratch,
                 std::span<int32_t> experts,
                 std::span<float> weights) {
  softmax(scratch.scores);
  if (args.num_groups > 1) keep_best_groups(args, scratch);
  double sum = 0;
  for_each_best(
      scratch.scores, std::ssize(experts), scratch.taken, [&](int64_t rank, int64_t expert) {
        experts[rank] = static_cast<int32_t>(expert);
        sum += scratch.scores[expert];
      });
  const double factor = args.normalize ? 1.0 / (sum + 1e-20) : args.scaling_factor;
  for (size_t k = 0; k < experts.size(); ++k) {
    weights[k] = static_cast<float>(scratch.scores[experts[k]] * factor);
  }
}

}  // namespace

void moe_route(const MoeRouteArgs& args, const MoeRouting& out, Exec& exec) {
  const auto [num_tokens, num_experts] = args.logits.shape;
  const int64_t experts_per_token = out.experts.shape[1];
  FIMD_CHECK(out.experts.shape == out.weights.shape && out.experts.shape[0] == num_tokens);
  FIMD_CHECK(num_experts % args.num_groups == 0 && experts_per_token <= num_experts);
  Workspace::Scope scope(exec.workspace);
  const int64_t num_threads = exec.pool.num_threads();
  const TensorView<double, 2> scores(scope.take<double>(num_threads * num_experts),
                                     {num_threads, num_experts});
  const TensorView<double, 2> group_scores(scope.take<double>(num_threads * args.num_groups),
                                           {num_threads, args.num_groups});
  const TensorView<bool, 2> taken(scope.take<bool>(num_threads * num_experts),
                                  {num_threads, num_experts});
  const TensorView<bool, 2> kept(scope.take<bool>(num_threads * args.num_groups),
                                 {num_threads, args.num_groups});
  const int64_t work = num_tokens * num_experts * 16;  // an exponential is some 16 multiply-adds
  parallel_tasks(exec, num_tokens, work, [&, count = num_experts](int64_t t, int thread) {
    const auto span_of = [](auto* data, int64_t size) {
      return std::span(data, static_cast<size_t>(size));
    };
    const Scratch scratch = {
        .scores = span_of(scores.at(thread), count),
        .group_scores = span_of(group_scores.at(thread), args.num_groups),
        .taken = span_of(taken.at(thread), count),
        .kept = span_of(kept.at(thread), args.num_groups),
    };
    std::copy_n(args.logits.at(t), count, scratch.scores.begin());
    route_token(args,
                scratch,
                span_of(out.experts.at(t), experts_per_token),
                span_of(out.weights.at(t), experts_per_token));
  });
}

}  // namespace fimd::cpu
