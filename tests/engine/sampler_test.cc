#include "engine/sampler.h"

#include <cmath>
#include <gtest/gtest.h>
#include <map>

namespace fimd {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Logits of the given probabilities.
std::vector<float> logits_of(const std::vector<double>& probabilities) {
  std::vector<float> logits;
  logits.reserve(probabilities.size());
  for (const double p : probabilities) logits.push_back(static_cast<float>(std::log(p)));
  return logits;
}

/// The share of each token in many draws.
std::map<int32_t, double> shares(SamplingParams params, const std::vector<float>& logits) {
  constexpr int kDraws = 20000;
  Sampler sampler(params);
  std::map<int32_t, double> counts;
  for (int i = 0; i < kDraws; ++i) counts[sampler.sample(logits).value()] += 1.0 / kDraws;
  return counts;
}

/// 4 standard deviations of a share of at most 1/2 in 20,000 draws.
constexpr double kShareTolerance = 0.015;

void check_shares(const SamplingParams& params, const std::map<int32_t, double>& expected) {
  const auto found = shares(params, logits_of({0.1, 0.4, 0.2, 0.3}));
  EXPECT_EQ(found.size(), expected.size());
  for (const auto& [token, share] : expected) {
    ASSERT_TRUE(found.contains(token)) << token;
    EXPECT_NEAR(found.at(token), share, kShareTolerance) << token;
  }
}

TEST(Sampler, GreedyTakesTheLargestAndTheLowerIdOfEqualOnes) {
  Sampler sampler({});
  EXPECT_EQ(sampler.sample(std::vector<float>{0, 3, -kInfinity, 3}).value(), 1);
}

TEST(Sampler, DrawsByProbability) {
  check_shares({.temperature = 1}, {{0, 0.1}, {1, 0.4}, {2, 0.2}, {3, 0.3}});
}

TEST(Sampler, TemperatureSharpens) {
  // Squared probabilities: 1, 16, 4, 9 of 30.
  check_shares({.temperature = 0.5F},
               {{0, 1.0 / 30}, {1, 16.0 / 30}, {2, 4.0 / 30}, {3, 9.0 / 30}});
}

TEST(Sampler, TopKKeepsTheMostLikely) {
  check_shares({.temperature = 1, .top_k = 2}, {{1, 4.0 / 7}, {3, 3.0 / 7}});
}

TEST(Sampler, TopPKeepsTheFewestThatReachIt) {
  check_shares({.temperature = 1, .top_p = 0.65F}, {{1, 4.0 / 7}, {3, 3.0 / 7}});
  check_shares({.temperature = 1, .top_p = 0.3F}, {{1, 1}});
  // Of what top_k left (0.4 and 0.3), 0.5 is reached by the first alone.
  check_shares({.temperature = 1, .top_k = 2, .top_p = 0.5F}, {{1, 1}});
}

TEST(Sampler, MinPComparesWithTheMostLikely) {
  check_shares({.temperature = 1, .min_p = 0.6F}, {{1, 4.0 / 7}, {3, 3.0 / 7}});
}

TEST(Sampler, EqualSeedsChooseEqually) {
  const std::vector<float> logits = logits_of({0.25, 0.25, 0.25, 0.25});
  Sampler a({.temperature = 1, .seed = 7});
  Sampler b({.temperature = 1, .seed = 7});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.sample(logits).value(), b.sample(logits).value());
}

TEST(Sampler, ReportsDamagedLogits) {
  Sampler sampler({});
  const std::vector<std::vector<float>> damaged = {
      {0, NAN}, {-kInfinity, -kInfinity}, {kInfinity, 0}};
  for (const std::vector<float>& logits : damaged) {
    const Result<int32_t> token = sampler.sample(logits);
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(token.error().message.find("damaged"), std::string::npos);
  }
}

TEST(SamplingParams, AreRefusedOutOfRangeByName) {
  const std::vector<std::pair<SamplingParams, std::string>> cases = {
      {{.temperature = -1}, "temperature"},
      {{.temperature = NAN}, "temperature"},
      {{.temperature = 1000}, "temperature"},
      {{.top_k = -1}, "top_k"},
      {{.top_p = 0}, "top_p"},
      {{.top_p = 1.5F}, "top_p"},
      {{.min_p = -0.1F}, "min_p"},
      {{.min_p = NAN}, "min_p"},
  };
  EXPECT_TRUE(validate(SamplingParams{}));
  for (const auto& [params, name] : cases) {
    const Status status = validate(params);
    ASSERT_FALSE(status) << name;
    EXPECT_TRUE(status.error().message.starts_with(name)) << status.error().message;
  }
}

}  // namespace
}  // namespace fimd
