// Whole models against other people's implementation: logits at every position and 32 greedy
// tokens of every golden checkpoint and prompt, for every backend, thread count and way of cutting
// the prompt into steps.

#include "tests/support/golden.h"

#include <cmath>
#include <gtest/gtest.h>

#include "engine/checkpoint/safetensors.h"
#include "engine/model/forward.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

// tests/golden/README.md: an independent fp64 forward pass agrees with every golden logit within
// 1.5e-4, which is the fp32 rounding of the implementation that made them. The reference adds its
// own rounding of activations between operations, fp32 kernels that of their sums.
constexpr float kReferenceTolerance = 5e-4F;
constexpr float kFp32Tolerance = 2e-3F;
constexpr int64_t kGreedyTokens = 32;

struct Case {
  const char* backend;
  int num_threads;
  int64_t step_tokens;  ///< of the prompt's steps; 0: the whole prompt in one
};

std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  const Case& c = info.param;
  const std::string steps = c.step_tokens == 0 ? "Whole" : "By" + std::to_string(c.step_tokens);
  return std::string(c.backend) + std::to_string(c.num_threads) + "Threads" + steps;
}

/// One model and what runs it.
class Runner {
 public:
  Runner(const fs::path& folder, const Case& c)
      : model_(Model::open(folder)), backend_(find_backend(c.backend)), pool_(c.num_threads) {}

  [[nodiscard]] bool ok() const { return model_.has_value() && backend_ != nullptr; }

  [[nodiscard]] std::string error() const {
    return model_ ? "no such backend" : model_.error().message;
  }

  [[nodiscard]] const Model& model() const { return *model_; }

  TensorView<float, 2> forward(std::span<const int32_t> tokens, KvCache& cache) {
    const int64_t vocab_size = model_->config().vocab_size;
    logits_.resize(tokens.size() * static_cast<size_t>(vocab_size));
    const TensorView<float, 2> logits(logits_.data(), {std::ssize(tokens), vocab_size});
    Exec exec{pool_, workspace_};
    model_->forward({.tokens = tokens}, cache, logits, *backend_, exec);
    return logits;
  }

 private:
  Result<Model> model_;
  const Backend* backend_;
  ThreadPool pool_;
  Workspace workspace_;
  std::vector<float> logits_;
};

class Golden : public ::testing::TestWithParam<Case> {
 protected:
  [[nodiscard]] float tolerance() const {
    return std::string_view(GetParam().backend) == "reference" ? kReferenceTolerance
                                                               : kFp32Tolerance;
  }

  void check_model(const fs::path& folder, const fs::path& golden_path) {
    SCOPED_TRACE(folder.string());
    Runner runner(folder, GetParam());
    ASSERT_TRUE(runner.ok()) << runner.error();
    const auto golden = SafetensorsFile::open(golden_path);
    ASSERT_TRUE(golden) << golden.error().message;
    int prompts = 0;
    while (golden->find("prompt." + std::to_string(prompts)) != nullptr) {
      SCOPED_TRACE("prompt " + std::to_string(prompts));
      check_prompt(runner, *golden, "." + std::to_string(prompts));
      ++prompts;
    }
    EXPECT_GT(prompts, 0);
  }

 private:
  void check_prompt(Runner& runner, const SafetensorsFile& golden, const std::string& number) {
    const auto prompt = golden.values<int32_t>("prompt" + number);
    const auto expected = golden.values<float>("logits" + number);
    const auto greedy = golden.values<int32_t>("greedy" + number);
    const auto margin = golden.values<float>("margin" + number);
    ASSERT_TRUE(prompt && expected && greedy && margin);
    KvCache cache = runner.model().make_cache(std::ssize(*prompt) + kGreedyTokens);
    std::vector<float> last;
    check_logits(runner, cache, *prompt, *expected, last);
    check_greedy(runner, cache, last, *greedy, *margin);
  }

  /// `last` receives the logits of the prompt's last token.
  void check_logits(Runner& runner,
                    KvCache& cache,
                    std::span<const int32_t> prompt,
                    std::span<const float> expected,
                    std::vector<float>& last) {
    const auto vocab_size = static_cast<size_t>(runner.model().config().vocab_size);
    ASSERT_EQ(expected.size(), prompt.size() * vocab_size);
    const auto step_tokens = static_cast<size_t>(GetParam().step_tokens);
    float worst = 0;
    size_t worst_index = 0;
    for (size_t begin = 0; begin < prompt.size();) {
      const size_t rest = prompt.size() - begin;
      const size_t count = step_tokens == 0 ? rest : std::min(step_tokens, rest);
      const TensorView<float, 2> logits = runner.forward(prompt.subspan(begin, count), cache);
      for (size_t i = 0; i < count * vocab_size; ++i) {
        const float difference = std::abs(logits.data[i] - expected[begin * vocab_size + i]);
        if (difference > worst || std::isnan(difference)) {
          worst = difference;
          worst_index = begin * vocab_size + i;
        }
      }
      last.assign(logits.at(count - 1), logits.at(count - 1) + vocab_size);
      begin += count;
    }
    EXPECT_LE(worst, tolerance()) << "at position " << worst_index / vocab_size << ", token "
                                  << worst_index % vocab_size;
  }

  /// Up to the first step whose margin is too small to tell, which fp32 never meets.
  void check_greedy(Runner& runner,
                    KvCache& cache,
                    std::vector<float> logits,
                    std::span<const int32_t> greedy,
                    std::span<const float> margin) {
    for (size_t step = 0; step < greedy.size() && margin[step] >= 2 * tolerance(); ++step) {
      const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
      ASSERT_EQ(best, greedy[step]) << "at greedy step " << step;
      const TensorView<float, 2> next = runner.forward(greedy.subspan(step, 1), cache);
      logits.assign(next.data, next.data + next.shape[1]);
    }
  }
};

TEST_P(Golden, LogitsAndGreedyTokensAgree) {
  const std::vector<fs::path> folders = golden_folders("models");
  ASSERT_FALSE(folders.empty()) << "no models in " << golden_root();
  for (const fs::path& folder : folders) check_model(folder, folder / "golden.safetensors");
  check_model(demo_model(), golden_root() / "demo/golden.safetensors");
}

INSTANTIATE_TEST_SUITE_P(Models,
                         Golden,
                         ::testing::Values(Case{"reference", 1, 0},
                                           Case{"reference", 1, 1},
                                           Case{"reference", 1, 7},
                                           Case{"reference", 2, 0},
                                           Case{"reference", 2, 1},
                                           Case{"reference", 2, 7},
                                           Case{"cpu", 1, 0},
                                           Case{"cpu", 1, 1},
                                           Case{"cpu", 1, 7},
                                           Case{"cpu", 2, 0},
                                           Case{"cpu", 2, 1},
                                           Case{"cpu", 2, 7}),
                         case_name);

}  // namespace
}  // namespace fimd
