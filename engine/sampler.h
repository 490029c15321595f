// Logits to the next token: greedy, or temperature with top-k, top-p and min-p.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "kernels/base/result.h"

namespace fimd {

/// The filters apply in the order of the fields, each to what the one before left.
struct SamplingParams {
  float temperature = 0;  ///< 0: greedy, the filters are ignored. Range [0, 100]
  int32_t top_k = 0;      ///< keep the k most likely; 0: all
  float top_p = 1;    ///< keep the fewest whose probabilities sum to at least top_p. Range (0, 1]
  float min_p = 0;    ///< keep those at least min_p times as likely as the best. Range [0, 1]
  uint64_t seed = 0;  ///< equal seeds give equal choices
};

/// Errors: kInvalidInput, a field out of its range; the message names it.
Status validate(const SamplingParams& params);

/// Thread: compatible. Holds the random state of one sequence.
class Sampler {
 public:
  /// `params` have been validated.
  explicit Sampler(const SamplingParams& params);

  /// The next token. Greedy ties: the lowest id.
  /// Errors: kInvalidInput, a logit is NaN or +infinity, or all are -infinity: the weights are
  /// broken.
  Result<int32_t> sample(std::span<const float> logits);

 private:
  struct Candidate {
    int32_t token;
    float probability;
  };

  int32_t draw(std::span<const float> logits, int32_t best);

  SamplingParams params_;
  std::mt19937_64 random_;
  std::vector<Candidate> candidates_;  ///< reused between steps
};

}  // namespace fimd
