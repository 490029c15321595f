#include <algorithm>

#include "tests/kernels/kernel_test.h"

namespace fimd {
namespace {

struct RouteCase {
  int64_t num_groups = 1;
  int64_t topk_groups = 1;
  int64_t experts_per_token = 2;
  bool normalize = false;
  float scaling_factor = 1;
};

/// What `backend` chooses for `logits` [T, num_experts].
struct Chosen {
  std::vector<int32_t> experts;
  std::vector<float> weights;
};

Chosen route(const Backend& backend, TensorView<const float, 2> logits, const RouteCase& c) {
  const int64_t size = logits.shape[0] * c.experts_per_token;
  Chosen chosen = {std::vector<int32_t>(size), std::vector<float>(size)};
  const std::array<int64_t, 2> shape = {logits.shape[0], c.experts_per_token};
  with_threads(2, [&](Exec& exec) {
    backend.moe_route(
        {.logits = logits,
         .num_groups = c.num_groups,
         .topk_groups = c.topk_groups,
         .normalize = c.normalize,
         .scaling_factor = c.scaling_factor},
        {.experts = {chosen.experts.data(), shape}, .weights = {chosen.weights.data(), shape}},
        exec);
  });
  return chosen;
}

/// Every backend's choice for one token.
void check_route(std::vector<float> logits,
                 const RouteCase& c,
                 const std::vector<int32_t>& experts,
                 const std::vector<float>& weights) {
  for (const Backend& backend : backends()) {
    const Chosen chosen = route(backend, {logits.data(), {1, std::ssize(logits)}}, c);
    EXPECT_EQ(chosen.experts, experts) << backend.name;
    EXPECT_TRUE(is_close(chosen.weights, weights, std::ssize(weights), {1e-6, 0})) << backend.name;
  }
}

// ln of 1, 2, 3, 4 tenths: scores .1 .2 .3 .4.
const std::vector<float> kTenths = {std::log(1.0F), std::log(2.0F), std::log(3.0F), std::log(4.0F)};

TEST(MoeRoute, TakesTheBestScoresBestFirst) {
  check_route(kTenths, {}, {3, 2}, {0.4F, 0.3F});
}

TEST(MoeRoute, ScalesOrNormalizesButNotBoth) {
  check_route(kTenths, {.scaling_factor = 16}, {3, 2}, {6.4F, 4.8F});
  check_route(kTenths, {.normalize = true}, {3, 2}, {4 / 7.0F, 3 / 7.0F});
  check_route(kTenths, {.normalize = true, .scaling_factor = 16}, {3, 2}, {4 / 7.0F, 3 / 7.0F});
}

// Scores .1 .4 | .25 .25 by group. The group with the largest score stays; the group with the
// larger sum of its two best, which later models take, would be a tie here and the other one below.
TEST(MoeRoute, KeepsGroupsByTheirMaximum) {
  const auto log = [](float a, float b, float c, float d) {
    return std::vector<float>{std::log(a), std::log(b), std::log(c), std::log(d)};
  };
  const RouteCase grouped = {.num_groups = 2, .topk_groups = 1};
  check_route(log(0.05F, 0.4F, 0.25F, 0.3F), grouped, {1, 0}, {0.4F, 0.05F});
  check_route(log(0.25F, 0.3F, 0.4F, 0.05F), grouped, {2, 3}, {0.4F, 0.05F});
}

// The sum that normalisation divides by is of the chosen scores, after the groups' mask.
TEST(MoeRoute, SoftmaxRunsOverAllExpertsBeforeTheGroups) {
  const std::vector<float> logits = {
      std::log(0.05F), std::log(0.4F), std::log(0.25F), std::log(0.3F)};
  check_route(logits,
              {.num_groups = 2, .topk_groups = 1, .experts_per_token = 1, .scaling_factor = 2},
              {1},
              {0.8F});
}

TEST(MoeRoute, EqualScoresGoByIndex) {
  check_route({1, 1, 1, 1}, {.experts_per_token = 3}, {0, 1, 2}, {0.25F, 0.25F, 0.25F});
  check_route({0, 1, 0, 1}, {.experts_per_token = 2}, {1, 3}, {0.365529F, 0.365529F});
  check_route({1, 1, 1, 1},
              {.num_groups = 2, .topk_groups = 1, .experts_per_token = 2},
              {0, 1},
              {0.25F, 0.25F});
}

TEST(MoeRoute, GivesDistinctExpertsEvenForNan) {
  check_route({1, kNan, 2}, {}, {0, 1}, {kNan, kNan});
  check_route({kInfinity, 0, 0}, {}, {0, 1}, {kNan, kNan});
  check_route({-kInfinity, 0, -kInfinity}, {}, {1, 0}, {1, 0});
}

TEST(MoeRoute, AgreesWithTheReference) {
  constexpr RouteCase kCases[] = {
      {.experts_per_token = 6},
      {.experts_per_token = 6, .normalize = true},
      {.num_groups = 8, .topk_groups = 3, .experts_per_token = 6, .scaling_factor = 16},
      {.num_groups = 16, .topk_groups = 1, .experts_per_token = 1},
  };
  for (const int64_t num_tokens : kTokenCounts) {
    for (const RouteCase& c : kCases) {
      Random random(static_cast<uint32_t>(num_tokens));
      Tensor<2> logits({num_tokens, 160}, 3);
      // Coarse steps, for many ties.
      logits.fill_with([&] { return static_cast<float>(random.below(64)) / 8; });
      const Chosen expected = route(reference_backend(), logits.view(), c);
      const Chosen actual = route(cpu_backend(), logits.view(), c);
      ASSERT_EQ(actual.experts, expected.experts);
      ASSERT_TRUE(is_close(actual.weights, expected.weights, c.experts_per_token, {0, 1e-6}));
    }
  }
}

// Activations and outputs are sums of up to 200 products of numbers below 1, times up to 100 such.
constexpr Tolerance kMlpTolerance = {.floor = 1e-4, .epsilon = 1e-5};

// Blocks with an offset reach twice as far, in each of the three matrices.
constexpr Tolerance kBlockMlpTolerance = {.floor = 8e-4, .epsilon = 1e-5};

struct OwnedMlp {
  OwnedMlp(DType dtype, int64_t hidden, int64_t width, Random& random)
      : gate(dtype, width, hidden, random),
        up(dtype, width, hidden, random),
        down(dtype, hidden, width, random) {}

  [[nodiscard]] GatedMlp view() const { return {gate.view(), up.view(), down.view()}; }

  Weight gate;
  Weight up;
  Weight down;
};

void check_gated_mlp(int64_t num_tokens, int64_t hidden, int64_t width, DType dtype) {
  Random random(static_cast<uint32_t>(num_tokens + width));
  Tensor<2> x({num_tokens, hidden}, 1);
  x.fill(random);
  const OwnedMlp mlp(dtype, hidden, width, random);
  Tensor<2> out({num_tokens, hidden}, 2);
  out.fill(random);
  SCOPED_TRACE(testing::Message() << num_tokens << " x " << hidden << " x " << width << " "
                                  << dtype_name(dtype));
  const bool is_element = block_format(dtype).block_elements == 1;
  check_against_reference<2>(out,
                             is_element ? kMlpTolerance : kBlockMlpTolerance,
                             [&](const Backend& backend, TensorView<float, 2> y, Exec& exec) {
                               backend.gated_mlp({.x = x.view(), .mlp = mlp.view()}, y, exec);
                             });
}

TEST(GatedMlp, AgreesWithTheReference) {
  for (const DType dtype : kElementDTypes) {
    for (const int64_t num_tokens : kTokenCounts) {
      ASSERT_NO_FATAL_FAILURE(check_gated_mlp(num_tokens, 1, 1, dtype));
      ASSERT_NO_FATAL_FAILURE(check_gated_mlp(num_tokens, 17, 67, dtype));
      ASSERT_NO_FATAL_FAILURE(check_gated_mlp(num_tokens, 65, 31, dtype));
    }
  }
  ASSERT_NO_FATAL_FAILURE(check_gated_mlp(200, 48, 80, DType::kBF16));
}

TEST(GatedMlp, AgreesWithTheReferenceOnBlocks) {
  for (const DType dtype : kBlockDTypes) {
    for (const int64_t num_tokens : {1, 4, 33}) {
      ASSERT_NO_FATAL_FAILURE(check_gated_mlp(num_tokens, kBlockColumns, kBlockColumns, dtype));
    }
  }
}

// The third matrix of each is of another type, as in many files.
TEST(MoeExperts, OfTheReferenceReadsEveryBlock) {
  const std::vector<int32_t> chosen = {0, 0};
  for (const DType dtype : kBlockDTypes) {
    SCOPED_TRACE(dtype_name(dtype));
    Random random(4);
    Tensor<2> x({2, kBlockColumns});
    x.fill(random);
    Tensor<2> scale({2, 1});
    scale.fill(random);
    const Weight gate(dtype, kBlockColumns, kBlockColumns, random);
    const Weight down(DType::kQ8_0, kBlockColumns, kBlockColumns, random);
    ASSERT_NO_FATAL_FAILURE(check_reference_reads_blocks<2>(
        x, {gate, gate, down}, [&](const auto& weights, TensorView<float, 2> y, Exec& exec) {
          const std::vector<GatedMlp> experts = {
              {weights[0].view(), weights[1].view(), weights[2].view()}};
          reference_backend().gated_mlp({.x = x.view(), .mlp = experts[0]}, y, exec);
          reference_backend().moe_experts({.x = x.view(),
                                           .experts = experts,
                                           .chosen = {chosen.data(), {2, 1}},
                                           .weights = scale.view(),
                                           .shared = experts[0]},
                                          y,
                                          exec);
        }));
  }
}

struct MoeCase {
  int64_t num_tokens;
  int64_t hidden;
  int64_t width;
  int64_t shared_width;  ///< 0: none
  int64_t num_experts;
  int64_t experts_per_token;
};

void check_moe_experts(const MoeCase& c, DType dtype, float special) {
  Random random(static_cast<uint32_t>(c.num_tokens + c.num_experts));
  Tensor<2> x({c.num_tokens, c.hidden}, 3);
  x.fill(random);
  if (special != 0) x.view()(c.num_tokens / 2, c.hidden - 1) = special;
  std::vector<OwnedMlp> owned;
  owned.reserve(static_cast<size_t>(c.num_experts));
  std::vector<GatedMlp> experts;
  for (int64_t e = 0; e < c.num_experts; ++e) {
    owned.emplace_back(dtype, c.hidden, c.width, random);
    experts.push_back(owned.back().view());
  }
  const OwnedMlp shared(dtype, c.hidden, c.shared_width, random);
  // Distinct experts per token; expert 0 for most tokens, so that batches differ in size.
  std::vector<int32_t> chosen;
  std::vector<int32_t> order(static_cast<size_t>(c.num_experts));
  for (int64_t t = 0; t < c.num_tokens; ++t) {
    for (int64_t e = 0; e < c.num_experts; ++e) order[e] = static_cast<int32_t>(e);
    for (int64_t e = t % 4 == 0 ? 0 : 1; e < c.num_experts; ++e) {
      std::swap(order[e], order[e + random.below(c.num_experts - e)]);
    }
    chosen.insert(chosen.end(), order.begin(), order.begin() + c.experts_per_token);
  }
  Tensor<2> weights({c.num_tokens, c.experts_per_token});
  weights.fill(random);
  Tensor<2> out({c.num_tokens, c.hidden}, 2);
  out.fill(random);
  SCOPED_TRACE(testing::Message() << c.num_tokens << " tokens, " << c.num_experts << " experts, "
                                  << dtype_name(dtype));
  check_against_reference<2>(
      out, kMlpTolerance, [&](const Backend& backend, TensorView<float, 2> y, Exec& exec) {
        backend.moe_experts({.x = x.view(),
                             .experts = experts,
                             .chosen = {chosen.data(), {c.num_tokens, c.experts_per_token}},
                             .weights = weights.view(),
                             .shared = c.shared_width > 0 ? shared.view() : GatedMlp{}},
                            y,
                            exec);
      });
}

TEST(MoeExperts, AgreesWithTheReference) {
  for (const int64_t num_tokens : kTokenCounts) {
    for (const DType dtype : kElementDTypes) {
      ASSERT_NO_FATAL_FAILURE(check_moe_experts({num_tokens, 33, 19, 38, 7, 3}, dtype, 0));
    }
    ASSERT_NO_FATAL_FAILURE(check_moe_experts({num_tokens, 32, 67, 0, 3, 2}, DType::kBF16, 0));
    ASSERT_NO_FATAL_FAILURE(check_moe_experts({num_tokens, 16, 5, 5, 1, 1}, DType::kBF16, 0));
  }
}

TEST(MoeExperts, CarriesNanToItsTokenOnly) {
  for (const float special : {kNan, kInfinity}) {
    for (const int64_t num_tokens : {1, 5, 40}) {
      ASSERT_NO_FATAL_FAILURE(
          check_moe_experts({num_tokens, 33, 19, 38, 4, 2}, DType::kBF16, special));
    }
  }
}

}  // namespace
}  // namespace fimd
