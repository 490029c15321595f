#include "engine/model/rope_table.h"

#include <cmath>
#include <gtest/gtest.h>

namespace fimd {
namespace {

/// DeepSeek-V2's sizes: 128 + 64 dimensions, context 4096 stretched 40 times.
ModelConfig deepseek_config(double mscale) {
  ModelConfig config;
  config.attention = MlaConfig{.qk_nope_head_dim = 128, .qk_rope_head_dim = 64};
  config.yarn = YarnConfig{
      .factor = 40,
      .original_context_tokens = 4096,
      .beta_fast = 32,
      .beta_slow = 1,
      .mscale = mscale,
      .mscale_all_dim = mscale,
  };
  return config;
}

double plain_frequency(int64_t pair) {
  return std::pow(10000.0, -2.0 * static_cast<double>(pair) / 64);
}

TEST(RopeTable, PlainFrequenciesAreThePowersOfTheBase) {
  ModelConfig config = deepseek_config(0.707);
  config.yarn.reset();
  const RopeTable table(config, 64);
  ASSERT_EQ(table.inverse_frequencies().size(), 32U);
  for (int64_t i = 0; i < 32; ++i) {
    EXPECT_NEAR(table.inverse_frequencies()[i], plain_frequency(i), 1e-15);
  }
}

// beta_fast 32 and beta_slow 1 lie at pairs 10.47 and 22.51: the ramp runs from pair 10 to 23.
TEST(RopeTable, YarnKeepsFastPairsAndStretchesSlowOnes) {
  const RopeTable table(deepseek_config(0.707), 64);
  for (int64_t i = 0; i <= 10; ++i) {
    EXPECT_NEAR(table.inverse_frequencies()[i], plain_frequency(i), 1e-15) << i;
  }
  for (int64_t i = 23; i < 32; ++i) {
    EXPECT_NEAR(table.inverse_frequencies()[i], plain_frequency(i) / 40, 1e-15) << i;
  }
  const double ramp = 1.0 / 13;  // pair 11
  EXPECT_NEAR(table.inverse_frequencies()[11], plain_frequency(11) * (1 - ramp + ramp / 40), 1e-15);
}

TEST(RopeTable, AnglesStayExactAtFarPositions) {
  const ModelConfig config = deepseek_config(1.0);
  const RopeTable table(config, 64);
  std::vector<float> cos_data(96);
  std::vector<float> sin_data(96);
  const TensorView<float, 2> cos(cos_data.data(), {3, 32});
  const TensorView<float, 2> sin(sin_data.data(), {3, 32});
  constexpr int64_t kFirst = 163837;
  table.fill(kFirst, cos, sin);
  for (int64_t t = 0; t < 3; ++t) {
    const auto position = static_cast<double>(kFirst + t);
    EXPECT_NEAR(cos(t, 0), std::cos(position), 1e-7);
    EXPECT_NEAR(sin(t, 0), std::sin(position), 1e-7);
    EXPECT_NEAR(cos(t, 31), std::cos(position * plain_frequency(31) / 40), 1e-7);
  }
}

// Published checkpoints have mscale == mscale_all_dim, so cos and sin are not multiplied.
TEST(RopeTable, MultipliesByTheRatioOfBothMscales) {
  ModelConfig config = deepseek_config(1.0);
  config.yarn->mscale_all_dim = 0;
  const RopeTable table(config, 64);
  std::vector<float> cos(32);
  std::vector<float> sin(32);
  table.fill(0, {cos.data(), {1, 32}}, {sin.data(), {1, 32}});
  EXPECT_NEAR(cos[0], 0.1 * std::log(40.0) + 1, 1e-6);
}

// The scale differs between checkpoints of one architecture by 18 %: it is read, never assumed.
TEST(SoftmaxScale, SquaresTheMscaleOfTheCheckpoint) {
  EXPECT_NEAR(softmax_scale(deepseek_config(0.707)), 0.1147213868, 1e-9);
  EXPECT_NEAR(softmax_scale(deepseek_config(1.0)), 0.1352337789, 1e-9);
  ModelConfig plain = deepseek_config(1.0);
  plain.yarn.reset();
  EXPECT_NEAR(softmax_scale(plain), 1 / std::sqrt(192.0), 1e-12);
}

}  // namespace
}  // namespace fimd
