#include "engine/model/forward.h"

#include <cmath>
#include <gtest/gtest.h>

#include "engine/model/step_cost.h"
#include "tests/support/golden.h"

namespace fimd {
namespace {

/// A golden model that steps on the reference backend.
class Sequence {
 public:
  explicit Sequence(const std::string& name)
      : model_(Model::open(golden_root() / "models" / name).value()),
        cache_(model_.make_cache(64)) {}

  std::vector<float> forward(const std::vector<int32_t>& tokens, int64_t num_logits) {
    std::vector<float> logits(num_logits * model_.config().vocab_size);
    Exec exec{pool_, workspace_};
    const TensorView<float, 2> out(logits.data(), {num_logits, model_.config().vocab_size});
    model_.forward(tokens, cache_, out, *find_backend("reference"), exec);
    return logits;
  }

  KvCache& cache() { return cache_; }

  [[nodiscard]] int64_t vocab_size() const { return model_.config().vocab_size; }

 private:
  Model model_;
  KvCache cache_;
  ThreadPool pool_{2};
  Workspace workspace_;
};

const std::vector<int32_t> kTokens = {5, 17, 300, 42, 42, 9, 511, 0};

TEST(Forward, FewerLogitsAreTheLastRowsOfAll) {
  for (const std::string name : {"v2-236b", "llm-67b"}) {
    Sequence whole(name);
    const std::vector<float> all = whole.forward(kTokens, std::ssize(kTokens));
    for (const int64_t num_logits : {1, 3}) {
      Sequence some(name);
      const std::vector<float> last = some.forward(kTokens, num_logits);
      const std::vector<float> expected(all.end() - num_logits * whole.vocab_size(), all.end());
      EXPECT_EQ(last, expected) << name << ", " << num_logits << " rows";
    }
  }
}

TEST(Forward, AStepWithoutLogitsFillsTheCacheAllTheSame) {
  Sequence whole("v2-lite");
  const std::vector<float> expected = whole.forward(kTokens, 1);
  Sequence cut("v2-lite");
  cut.forward({kTokens.begin(), kTokens.end() - 1}, 0);
  EXPECT_EQ(cut.cache().num_tokens(), std::ssize(kTokens) - 1);
  const std::vector<float> found = cut.forward({kTokens.back()}, 1);
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-4F) << i;
}

// What makes typing cheap: only what follows the common beginning of two prompts is computed.
TEST(Forward, ContinuesFromATruncatedCache) {
  Sequence sequence("v2.5");
  sequence.forward(kTokens, 1);
  const std::vector<float> first = sequence.forward({7, 8}, 1);
  sequence.cache().truncate(std::ssize(kTokens));
  sequence.forward({100, 200, 300}, 1);
  sequence.cache().truncate(std::ssize(kTokens));
  EXPECT_EQ(sequence.forward({7, 8}, 1), first);
}

TEST(ChooseMlaForm, BreaksEvenAt171TokensForDeepseekV2) {
  ModelConfig config;
  config.kv_lora_rank = 512;
  config.qk_nope_head_dim = 128;
  config.v_head_dim = 128;
  EXPECT_EQ(choose_mla_form(config, 1), MlaForm::kAbsorbed);
  EXPECT_EQ(choose_mla_form(config, 170), MlaForm::kAbsorbed);
  EXPECT_EQ(choose_mla_form(config, 171), MlaForm::kDecompressed);
  config.kv_lora_rank = 64;  // latents narrower than keys: nothing to decompress for
  EXPECT_EQ(choose_mla_form(config, 100'000), MlaForm::kAbsorbed);
}

// A LLaMA layer by hand: hidden 4, one head of 4, intermediate 8, vocabulary 16.
TEST(StepCost, CountsProductsAndCausalPairs) {
  ModelConfig config;
  config.architecture = Architecture::kLlama;
  config.vocab_size = 16;
  config.hidden_size = 4;
  config.num_hidden_layers = 1;
  config.num_attention_heads = 1;
  config.num_key_value_heads = 1;
  config.head_dim = 4;
  config.intermediate_size = 8;
  constexpr int kProjections = 4 * 4 * 4;
  constexpr int kMlp = 3 * 4 * 8;
  constexpr int kHead = 4 * 16;
  EXPECT_EQ(step_multiply_adds(config, {1, 10, 1}), kProjections + 10 * 2 * 4 + kMlp + kHead);
  constexpr int kPairs = 1 + 2 + 3;
  EXPECT_EQ(step_multiply_adds(config, {3, 3, 3}),
            3 * (kProjections + kMlp + kHead) + kPairs * 2 * 4);
}

}  // namespace
}  // namespace fimd
