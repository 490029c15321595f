#include "engine/model/rope_table.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fimd {
namespace {

/// The (fractional) pair that turns `rotations` times over the original context.
double pair_of_rotations(const ModelConfig& config, int64_t dim, double rotations) {
  const auto context = static_cast<double>(config.yarn->original_context_tokens);
  const double wavelength_ratio = context / (rotations * 2 * std::numbers::pi);
  return static_cast<double>(dim) * std::log(wavelength_ratio) / (2 * std::log(config.rope_theta));
}

}  // namespace

double yarn_mscale(double factor, double mscale) {
  return factor <= 1 ? 1.0 : 0.1 * mscale * std::log(factor) + 1.0;
}

double softmax_scale(const ModelConfig& config) {
  const double scale = 1.0 / std::sqrt(static_cast<double>(config.qk_head_dim()));
  if (!config.yarn || config.yarn->mscale_all_dim == 0) return scale;
  const double mscale = yarn_mscale(config.yarn->factor, config.yarn->mscale_all_dim);
  return scale * mscale * mscale;
}

RopeTable::RopeTable(const ModelConfig& config, int64_t dim) : inverse_frequencies_(dim / 2) {
  for (int64_t i = 0; i < dim / 2; ++i) {
    const double exponent = 2.0 * static_cast<double>(i) / static_cast<double>(dim);
    inverse_frequencies_[i] = std::pow(config.rope_theta, -exponent);
  }
  if (!config.yarn) return;
  const YarnConfig& yarn = *config.yarn;
  const auto last = static_cast<double>(dim - 1);
  const double low =
      std::clamp(std::floor(pair_of_rotations(config, dim, yarn.beta_fast)), 0.0, last);
  double high = std::clamp(std::ceil(pair_of_rotations(config, dim, yarn.beta_slow)), 0.0, last);
  if (high == low) high += 0.001;  // as the published code: a step instead of a division by zero
  for (int64_t i = 0; i < dim / 2; ++i) {
    const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    inverse_frequencies_[i] *= (1 - ramp) + ramp / yarn.factor;
  }
  multiplier_ =
      yarn_mscale(yarn.factor, yarn.mscale) / yarn_mscale(yarn.factor, yarn.mscale_all_dim);
}

void RopeTable::fill(int64_t first_position,
                     TensorView<float, 2> cos,
                     TensorView<float, 2> sin) const {
  const auto num_pairs = static_cast<int64_t>(inverse_frequencies_.size());
  FIMD_CHECK(cos.shape == sin.shape && cos.shape[1] == num_pairs, cos.shape[1], num_pairs);
  for (int64_t t = 0; t < cos.shape[0]; ++t) {
    const auto position = static_cast<double>(first_position + t);
    for (int64_t i = 0; i < num_pairs; ++i) {
      const double angle = position * inverse_frequencies_[i];
      cos(t, i) = static_cast<float>(std::cos(angle) * multiplier_);
      sin(t, i) = static_cast<float>(std::sin(angle) * multiplier_);
    }
  }
}

void RopeTable::fill_turn(int64_t num_positions, std::span<float> cos, std::span<float> sin) const {
  FIMD_CHECK(cos.size() == inverse_frequencies_.size() && sin.size() == cos.size(), cos.size());
  for (size_t i = 0; i < cos.size(); ++i) {
    const double angle = static_cast<double>(num_positions) * inverse_frequencies_[i];
    cos[i] = static_cast<float>(std::cos(angle));
    sin[i] = static_cast<float>(std::sin(angle));
  }
}

}  // namespace fimd
