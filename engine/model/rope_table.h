// Rotation angles of RoPE, plain or stretched by YaRN.
//
// Pair i of a rotary dimension d turns by position * inv_freq[i], theta_i = base^(2i/d):
//   plain   inv_freq = 1 / theta_i
//   YaRN    pairs that turn more than beta_fast times over the original context keep 1 / theta_i,
//           those that turn less than beta_slow times get 1 / (factor * theta_i), a linear ramp
//           over the pair index lies between. The frequencies do not depend on the length.
// Everything is computed in double: rounding a frequency to the weights' type is an error of 0.3
// in the logits at position 48.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/model_config.h"
#include "kernels/base/tensor_view.h"

namespace fimd {

class RopeTable {
 public:
  /// For `dim` rotary dimensions, by config.rope_theta and config.yarn.
  RopeTable(const ModelConfig& config, int64_t dim);

  /// Writes cos and sin, both [T, dim / 2], of positions first_position, first_position + 1, ...
  /// Under YaRN both carry the attention multiplier mscale(factor, mscale) /
  /// mscale(factor, mscale_all_dim), which is 1 for every published checkpoint.
  void fill(int64_t first_position, TensorView<float, 2> cos, TensorView<float, 2> sin) const;

  /// Writes cos and sin, both [dim / 2], of what turns a row by `num_positions` (negative:
  /// backwards). Without YaRN's multiplier, which the row has already.
  void fill_turn(int64_t num_positions, std::span<float> cos, std::span<float> sin) const;

  [[nodiscard]] const std::vector<double>& inverse_frequencies() const {
    return inverse_frequencies_;
  }

 private:
  std::vector<double> inverse_frequencies_;  ///< [dim / 2], radians per position
  double multiplier_ = 1;
};

/// 0.1 * mscale * ln(factor) + 1, or 1 when nothing is stretched. Source: YaRN, arXiv:2309.00071,
/// eq. (22), with DeepSeek's weight `mscale` on the logarithm.
double yarn_mscale(double factor, double mscale);

/// 1 / sqrt(qk dimensions), times YaRN's mscale_all_dim correction squared (once for q, once for
/// k).
double softmax_scale(const ModelConfig& config);

}  // namespace fimd
