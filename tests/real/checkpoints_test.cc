#include "tests/real/checkpoints.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "engine/model/forward.h"

namespace fimd {
namespace {

// Sums in another order move a logit by some 1e-3; a smaller margin decides nothing.
constexpr float kNearTie = 0.01F;

/// The greedy continuation of a prompt, as far as the golden's is no near-tie.
void check_greedy(const Model& model, const GreedyGolden& golden, Exec& exec) {
  const int64_t vocab_size = model.config().vocab_size;
  std::vector<float> logits(static_cast<size_t>(vocab_size));
  const TensorView<float, 2> out(logits.data(), {1, vocab_size});
  KvCache cache = model.make_cache(std::ssize(golden.prompt) + std::ssize(golden.greedy));
  model.forward({.tokens = golden.prompt}, cache, out, best_backend(), exec);
  for (size_t step = 0; step < golden.greedy.size(); ++step) {
    if (golden.margin[step] < kNearTie) return;
    const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
    ASSERT_EQ(best, golden.greedy[step]) << "step " << step << ", margin " << golden.margin[step];
    model.forward({.tokens = {&golden.greedy[step], 1}}, cache, out, best_backend(), exec);
  }
}

void check_checkpoint(const std::string& name) {
  const auto path = real_model(name);
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << path << " is not there: ./dev real fetches it";
  }
  const Result<Model> model = Model::open(path);
  ASSERT_TRUE(model) << model.error().message;
  ThreadPool pool(2);
  Workspace workspace;
  Exec exec{pool, workspace};
  const std::vector<GreedyGolden> goldens = real_goldens(name);
  EXPECT_GE(goldens.size(), 20U);
  for (size_t index = 0; index < goldens.size(); ++index) {
    SCOPED_TRACE("prompt " + std::to_string(index));
    check_greedy(*model, goldens[index], exec);
  }
}

TEST(RealCheckpoints, QwenWritesWhatTransformersWrites) {
  check_checkpoint("qwen2.5-coder-0.5b-instruct-q4_k_m");
}

TEST(RealCheckpoints, SmolLmWritesWhatTransformersWrites) {
  check_checkpoint("smollm2-135m-instruct-q4_1");
}

TEST(RealCheckpoints, QwenFillsALoop) {
  const auto path = real_model("qwen2.5-coder-0.5b-instruct-q4_k_m");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto engine = Engine::open({.model = path, .num_threads = 2});
  ASSERT_TRUE(engine) << engine.error().message;
  const GenerationRequest request = {
      .prompt =
          HolePrompt{"func sum(values []int) int {\n\ttotal := 0\n\t", "\n\treturn total\n}\n"},
      .heal = true,
      .stop = {.max_tokens = 24}};
  const auto answer = (*engine)->generate(request, nullptr, {});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->text.starts_with("for _, value := range values {\n\t\ttotal += value\n\t}\n"))
      << answer->text;
}

}  // namespace
}  // namespace fimd
