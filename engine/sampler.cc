#include "engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace fimd {
namespace {

constexpr float kMaxTemperature = 100;  // far past the point where every token is equally likely

Status check_range(const char* name, float value, bool in_range, const char* expected) {
  if (in_range) return {};
  return fail(
      ErrorCode::kInvalidInput,
      std::string(name) + " is " + std::to_string(value) + ", expected a number " + expected);
}

}  // namespace

Status validate(const SamplingParams& params) {
  const float temperature = params.temperature;
  FIMD_TRY_STATUS(check_range("temperature",
                              temperature,
                              temperature >= 0 && temperature <= kMaxTemperature,
                              "in [0, 100]"));
  FIMD_TRY_STATUS(
      check_range("top_p", params.top_p, params.top_p > 0 && params.top_p <= 1, "in (0, 1]"));
  FIMD_TRY_STATUS(
      check_range("min_p", params.min_p, params.min_p >= 0 && params.min_p <= 1, "in [0, 1]"));
  if (params.top_k >= 0) return {};
  return fail(ErrorCode::kInvalidInput,
              "top_k is " + std::to_string(params.top_k) + ", expected 0 or more");
}

Sampler::Sampler(const SamplingParams& params) : params_(params), random_(params.seed) {}

Result<int32_t> Sampler::sample(std::span<const float> logits) {
  int32_t best = -1;
  float best_logit = -INFINITY;
  for (size_t token = 0; token < logits.size(); ++token) {
    if (std::isnan(logits[token])) {
      return fail(ErrorCode::kInvalidInput,
                  "the model's logit of token " + std::to_string(token) +
                      " is not a number: its weights are damaged");
    }
    if (logits[token] > best_logit) {
      best = static_cast<int32_t>(token);
      best_logit = logits[token];
    }
  }
  if (best < 0 || std::isinf(best_logit)) {
    return fail(ErrorCode::kInvalidInput,
                "the model's logits are not finite: its weights are damaged");
  }
  return params_.temperature == 0 ? best : draw(logits, best);
}

int32_t Sampler::draw(std::span<const float> logits, int32_t best) {
  candidates_.clear();
  for (size_t token = 0; token < logits.size(); ++token) {
    const float weight = std::exp((logits[token] - logits[best]) / params_.temperature);
    if (weight > 0) candidates_.push_back({static_cast<int32_t>(token), weight});
  }
  const auto more_likely = [](const Candidate& a, const Candidate& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.token < b.token;
  };
  const size_t limit = params_.top_k == 0 ? candidates_.size() : static_cast<size_t>(params_.top_k);
  const size_t kept = std::min(limit, candidates_.size());
  std::partial_sort(candidates_.begin(),
                    candidates_.begin() + static_cast<std::ptrdiff_t>(kept),
                    candidates_.end(),
                    more_likely);
  candidates_.resize(kept);

  double total = 0;
  for (const Candidate& candidate : candidates_) total += candidate.probability;
  // The first candidate always stays. Its weight is 1, so min_p compares with the weights directly.
  double sum = 0;
  size_t count = 0;
  while (count < candidates_.size()) {
    const float weight = candidates_[count].probability;
    if (count > 0 && (sum >= params_.top_p * total || weight < params_.min_p)) break;
    sum += weight;
    ++count;
  }
  double point = std::uniform_real_distribution<double>(0, sum)(random_);
  for (size_t i = 0; i + 1 < count; ++i) {
    point -= candidates_[i].probability;
    if (point < 0) return candidates_[i].token;
  }
  return candidates_[count - 1].token;
}

}  // namespace fimd
