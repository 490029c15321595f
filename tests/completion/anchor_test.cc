#include "completion/anchor.h"

#include <gtest/gtest.h>

#include "tests/support/fake_generator.h"

namespace fimd {
namespace {

constexpr const char* kUri = "file:///a.py";

Result<int64_t> count(std::string_view text) {
  return count_fake_tokens(text);
}

/// A document with "^" at the cursor, and what an AnchorBook makes of it.
struct AnchorTest : testing::Test {
  AnchoredPrompt prompt_of(const std::string& annotated, bool keep = true) {
    const size_t cursor = annotated.find('^');
    const DocumentSnapshot document = {
        .uri = kUri,
        .path = "",
        .text = std::make_shared<const std::string>(std::string(annotated).erase(cursor, 1))};
    const Site site = {.view = document.view(), .cursor = {cursor}, .hole_end = {cursor}};
    const PromptRequest request = {.document = document,
                                   .site = site,
                                   .neighbours = {},
                                   .budget_tokens = budget_tokens,
                                   .max_typed_bytes = 64,
                                   .keep = keep};
    return book.prompt_for(request, count).value();
  }

  /// Whether the second text is asked for with the first one's prompt.
  bool holds(const std::string& first, const std::string& second) {
    const AnchoredPrompt before = prompt_of(first);
    const AnchoredPrompt after = prompt_of(second);
    return after.prompt == before.prompt && after.suffix == before.suffix;
  }

  AnchorBook book;
  int64_t budget_tokens = 400;
};

TEST_F(AnchorTest, PromptAndMiddleAreTheTextBeforeTheCursor) {
  const AnchoredPrompt prompt = prompt_of("a\nb\n  c^d\ne\n");
  EXPECT_EQ(prompt.prompt, "a\nb\n  ");
  EXPECT_EQ(prompt.middle, "c");
  EXPECT_EQ(prompt.suffix, "d\ne\n");
}

TEST_F(AnchorTest, HoldsWhileTheUserTypes) {
  EXPECT_TRUE(holds("a\n^\nz\n", "a\nb^\nz\n"));
  EXPECT_TRUE(holds("a\nb^\nz\n", "a\n^\nz\n")) << "deleting";
  EXPECT_TRUE(holds("a\nb^\nz\n", "a\nb\nc^\nz\n")) << "a line further";
  EXPECT_EQ(prompt_of("a\nb\ncd^\nz\n").middle, "b\ncd");
}

TEST_F(AnchorTest, MovesWhenItsTextsChange) {
  EXPECT_FALSE(holds("a\nb^\nz\n", "A\nb^\nz\n")) << "the prefix";
  EXPECT_FALSE(holds("a\nb^\nz\n", "a\nb^\nZ\n")) << "the suffix";
  EXPECT_FALSE(holds("a\nb^\nz\n", "a^\nb\nz\n")) << "the cursor jumped back";
  EXPECT_FALSE(holds("a\nb^", "a\nb^\nz\n")) << "something follows now";
}

TEST_F(AnchorTest, MovesWhenMuchWasTyped) {
  const std::string typed(65, 'x');
  EXPECT_TRUE(holds("a\n^", "a\n" + typed.substr(0, 64) + "^"));
  EXPECT_FALSE(holds("a\n^", "a\n" + typed + "\n^"));
}

TEST_F(AnchorTest, MovesWhenItExpires) {
  const AnchoredPrompt before = prompt_of("a\nb\n^");
  prompt_of("a\nb\nc\nd^");
  book.expire(kUri);
  EXPECT_NE(prompt_of("a\nb\nc\nd^").prompt, before.prompt);
  EXPECT_EQ(prompt_of("a\nb\nc\nd^").prompt, "a\nb\nc\n");
}

TEST_F(AnchorTest, IsWornHalfWay) {
  prompt_of("a\n^");
  EXPECT_FALSE(book.is_worn(kUri, {2}));
  EXPECT_TRUE(book.is_worn(kUri, {2 + kMaxTypedBytes / 2 + 1}));
  EXPECT_FALSE(book.is_worn("file:///other", {5000}));
}

TEST_F(AnchorTest, ForgetsWhatMayNeverBe) {
  const AnchoredPrompt before = prompt_of("a\nb^\nz\n");
  prompt_of("A\nb^\nz\n", /*keep=*/false);
  EXPECT_EQ(prompt_of("a\nbc^\nz\n").prompt, before.prompt);
}

// The window's beginning stays when it moves, so the prompt only grows at its end.
TEST_F(AnchorTest, KeepsTheBeginningOfItsWindow) {
  budget_tokens = 80;
  std::string text;
  for (int line = 0; line < 200; ++line) text += "x" + std::to_string(line) + " = 1\n";
  AnchoredPrompt before = prompt_of(text + "^");
  EXPECT_LT(before.prompt.size(), text.size()) << "the window was cut";
  int kept = 0;
  constexpr int kMoves = 20;
  for (int i = 0; i < kMoves; ++i) {
    text += "y" + std::to_string(i) + " = 2\n";
    book.expire(kUri);
    const AnchoredPrompt after = prompt_of(text + "^");
    EXPECT_LE(count_fake_tokens(after.prompt), budget_tokens);
    if (after.prompt.starts_with(before.prompt)) ++kept;
    before = after;
  }
  EXPECT_GE(kept, kMoves / 2);
}

TEST_F(AnchorTest, CutsALineThatIsTooLong) {
  const std::string line(1000, 'x');
  const AnchoredPrompt prompt = prompt_of("a\n" + line + "^");
  EXPECT_EQ(prompt.middle.size(), 32U);
  EXPECT_EQ(prompt.prompt + prompt.middle, "a\n" + line);
}

TEST_F(AnchorTest, MasksSecrets) {
  const AnchoredPrompt prompt = prompt_of("key = 'AKIAIOSFODNN7EXAMPLE'\nx = ^\n");
  EXPECT_EQ(prompt.prompt.find("AKIAIOSFODNN7EXAMPLE"), std::string::npos);
}

}  // namespace
}  // namespace fimd
