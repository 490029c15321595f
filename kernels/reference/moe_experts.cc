#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/ops.h"
#include "kernels/reference/weight.h"

namespace fimd::reference {
namespace {

double dot(std::span<const float> weights, const std::vector<double>& x) {
  return std::inner_product(weights.begin(), weights.end(), x.begin(), 0.0);
}

/// out += scale * down(silu(gate x) * (up x)).
void add_gated_mlp(const GatedMlp& mlp,
                   const std::vector<double>& x,
                   double scale,
                   std::vector<double>& out) {
  WeightReader gates(mlp.gate);
  WeightReader ups(mlp.up);
  WeightReader downs(mlp.down);
  std::vector<double> activated(mlp.gate.rows);
  for (int64_t n = 0; n < mlp.gate.rows; ++n) {
    const double gate = dot(gates.row(n), x);
    activated[n] = gate / (1.0 + std::exp(-gate)) * dot(ups.row(n), x);
  }
  for (int64_t n = 0; n < mlp.down.rows; ++n) out[n] += scale * dot(downs.row(n), activated);
}

void check_shapes(const GatedMlp& mlp, int64_t hidden) {
  FIMD_CHECK(mlp.gate.columns == hidden && mlp.up.columns == hidden && mlp.down.rows == hidden);
  FIMD_CHECK(mlp.gate.rows == mlp.up.rows && mlp.down.columns == mlp.gate.rows);
}

}  // namespace

void gated_mlp(const GatedMlpArgs& args, TensorView<float, 2> out, Exec& exec) {
  const auto [num_tokens, hidden] = args.x.shape;
  FIMD_CHECK(out.shape == args.x.shape);
  check_shapes(args.mlp, hidden);
  exec.pool.parallel_for(num_tokens, [&, width = hidden](int64_t t, int) {
    const std::vector<double> x(args.x.at(t), args.x.at(t) + width);
    std::vector<double> sum(out.at(t), out.at(t) + width);
    add_gated_mlp(args.mlp, x, 1.0, sum);
    for (int64_t i = 0; i < width; ++i) out(t, i) = static_cast<float>(sum[i]);
  });
}

void moe_experts(const MoeExpertsArgs& args, TensorView<float, 2> out, Exec& exec) {
  const auto [num_tokens, hidden] = args.x.shape;
  FIMD_CHECK(out.shape == args.x.shape && args.chosen.shape == args.weights.shape);
  FIMD_CHECK(args.chosen.shape[0] == num_tokens);
  for (const GatedMlp& expert : args.experts) check_shapes(expert, hidden);
  if (!args.shared.gate.empty()) check_shapes(args.shared, hidden);
  exec.pool.parallel_for(num_tokens, [&, width = hidden](int64_t t, int) {
    const std::vector<double> x(args.x.at(t), args.x.at(t) + width);
    std::vector<double> sum(out.at(t), out.at(t) + width);
    for (int64_t k = 0; k < args.chosen.shape[1]; ++k) {
      const int32_t expert = args.chosen(t, k);
      FIMD_CHECK(expert >= 0 && expert < std::ssize(args.experts), expert);
      add_gated_mlp(args.experts[expert], x, args.weights(t, k), sum);
    }
    if (!args.shared.gate.empty()) add_gated_mlp(args.shared, x, 1.0, sum);
    for (int64_t i = 0; i < width; ++i) out(t, i) = static_cast<float>(sum[i]);
  });
}

}  // namespace fimd::reference
