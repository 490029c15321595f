#include "engine/prompt.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace fimd {
namespace {

class PromptTest : public ::testing::Test {
 protected:
  /// With `heal` false, the same without an index.
  [[nodiscard]] Prompt build(const std::string& middle, bool heal) const {
    const GenerationRequest request = {
        .prompt = "class Stack:\n", .suffix = "\n    def pop(self):\n", .middle = middle};
    auto prompt = build_prompt(request, tokenizer_, heal ? &index_ : nullptr);
    EXPECT_TRUE(prompt) << prompt.error().message;
    return *std::move(prompt);
  }

  [[nodiscard]] const Tokenizer& tokenizer() const { return tokenizer_; }

  [[nodiscard]] const VocabularyIndex& index() const { return index_; }

 private:
  const Tokenizer tokenizer_ = Tokenizer::load(demo_model()).value();
  const VocabularyIndex index_{tokenizer_, {}};
};

TEST_F(PromptTest, TheMiddleFollowsTheMarkers) {
  const Prompt plain = build("", true);
  EXPECT_EQ(plain.ids, build("", false).ids);
  EXPECT_EQ(plain.ids.back(), tokenizer().fim_tokens()->end);
  const Prompt anchored = build("    def push(", true);
  std::vector<int32_t> expected = plain.ids;
  const auto middle = tokenizer().encode("    def push(", SpecialTokens::kLiteral);
  expected.insert(expected.end(), middle.begin(), middle.end());
  EXPECT_EQ(anchored.ids, expected);
}

// Equal ids and nothing forced: the distribution of the next token is the same, and so is what any
// seed draws from it.
TEST_F(PromptTest, HealsNothingAtACleanBoundary) {
  for (const std::string middle : {"", "\n", "    def push(self):\n", "x =", "f(a,", "#\u3002"}) {
    const Prompt healed = build(middle, true);
    EXPECT_EQ(healed.ids, build(middle, false).ids) << middle;
    EXPECT_TRUE(healed.forced.empty()) << middle;
  }
}

TEST_F(PromptTest, TakesAnUnfinishedWordBack) {
  const Prompt healed = build("        self.ite", true);
  EXPECT_EQ(healed.forced.bytes(), "ite");
  EXPECT_EQ(healed.ids, build("        self.", false).ids);
}

TEST_F(PromptTest, NeverTakesBackTheMarkers) {
  const Prompt healed = build("d", true);
  EXPECT_EQ(healed.forced.bytes(), "d");
  EXPECT_EQ(healed.ids, build("", true).ids);
}

TEST_F(PromptTest, AMiddleNeedsASuffix) {
  const auto prompt = build_prompt({.prompt = "a", .middle = "b"}, tokenizer(), &index());
  ASSERT_FALSE(prompt);
  EXPECT_EQ(prompt.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(prompt.error().message.find("no suffix"), std::string::npos);
}

}  // namespace
}  // namespace fimd
