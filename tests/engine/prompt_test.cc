#include "engine/prompt.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace fimd {
namespace {

class PromptTest : public ::testing::Test {
 protected:
  [[nodiscard]] Prompt build(const std::string& line, bool heal) const {
    const GenerationRequest request = {.prompt = HolePrompt{.prefix = std::string(kClass) + line,
                                                            .suffix = "\n    def pop(self):\n"},
                                       .heal = heal};
    auto prompt = build(request, {.context_tokens = 4096});
    EXPECT_TRUE(prompt) << prompt.error().message;
    return *std::move(prompt);
  }

  [[nodiscard]] Result<Prompt> build(const GenerationRequest& request,
                                     const PromptLimits& limits) const {
    return build_prompt(request, tokenizer_, &index_, limits);
  }

  static constexpr const char* kClass = "class Stack:\n";

  [[nodiscard]] const Tokenizer& tokenizer() const { return tokenizer_; }

  [[nodiscard]] const VocabularyIndex& index() const { return index_; }

 private:
  const Tokenizer tokenizer_ = Tokenizer::load(demo_model()).value();
  const VocabularyIndex index_{tokenizer_, {}};
};

TEST_F(PromptTest, PutsTheHoleWhereTheCursorIs) {
  const auto literal = [&](const std::string& text) {
    return tokenizer().encode(text, SpecialTokens::kLiteral);
  };
  const FimTokens fim = *tokenizer().fim_tokens();
  std::vector<int32_t> expected = tokenizer().prefix_ids();
  expected.push_back(fim.prefix);
  for (const int32_t id : literal("class Stack:\n    def push(")) expected.push_back(id);
  const auto suffix_begin = std::ssize(expected);
  expected.push_back(fim.suffix);
  for (const int32_t id : literal("\n    def pop(self):\n")) expected.push_back(id);
  expected.push_back(*fim.middle);
  const Prompt prompt = build("    def push(", true);
  EXPECT_EQ(prompt.ids, expected);
  EXPECT_EQ(prompt.suffix_begin, suffix_begin);
}

TEST_F(PromptTest, ATextHasNoSuffix) {
  const Prompt prompt =
      build({.prompt = TextPrompt{"x = y.ite"}, .heal = true}, {.context_tokens = 100}).value();
  EXPECT_EQ(prompt.suffix_begin, std::ssize(prompt.ids));
  EXPECT_EQ(prompt.forced.bytes(), "ite") << "texts are healed too";
}

// Equal ids and nothing forced: the distribution of the next token is the same, and so is what any
// seed draws from it.
TEST_F(PromptTest, HealsNothingAtACleanBoundary) {
  for (const std::string line : {"", "\n", "    def push(self):\n", "x =", "f(a,", "#\u3002"}) {
    const Prompt healed = build(line, true);
    EXPECT_EQ(healed.ids, build(line, false).ids) << line;
    EXPECT_TRUE(healed.forced.empty()) << line;
  }
}

TEST_F(PromptTest, TakesAnUnfinishedWordBack) {
  const Prompt healed = build("        self.ite", true);
  EXPECT_EQ(healed.forced.bytes(), "ite");
  EXPECT_EQ(healed.ids, build("        self.", false).ids);
}

TEST_F(PromptTest, NeverTakesBackTheMarkers) {
  const GenerationRequest request = {.prompt = HolePrompt{.prefix = "d", .suffix = "\n"},
                                     .heal = true};
  const Prompt healed = build(request, {.context_tokens = 100}).value();
  EXPECT_EQ(healed.forced.bytes(), "d");
  EXPECT_EQ(std::ssize(healed.ids), std::ssize(tokenizer().prefix_ids()) + 4);
}

TEST_F(PromptTest, RefusesWhatDoesNotFitTheContext) {
  const GenerationRequest request = {.prompt = TextPrompt{"a b c d e f g h"}};
  const auto found = build(request, {.context_tokens = 5});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(found.error().message.find("5 of the context"), std::string::npos);
}

// 64 MB are told by their bytes: nothing is encoded.
TEST_F(PromptTest, RefusesBytesThatNoTokensOfTheContextSpell) {
  const GenerationRequest request = {.prompt = TextPrompt{std::string(size_t{64} << 20, '\xFF')}};
  std::stop_source stopped;
  stopped.request_stop();  // an encoding would say kCancelled
  const auto found = build(request, {.context_tokens = 4096, .stop = stopped.get_token()});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(found.error().message.find("67108864 bytes"), std::string::npos);
}

TEST_F(PromptTest, GivesUpEncodingWhenItIsCancelled) {
  std::stop_source stopped;
  stopped.request_stop();
  const auto found = build({.prompt = TextPrompt{"some text"}},
                           {.context_tokens = 4096, .stop = stopped.get_token()});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fimd
