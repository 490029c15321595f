// Counts in the vocabulary of tests/support/fake_generator.h: "a b\n" is three tokens.
#include "completion/fim_window.h"

#include <gtest/gtest.h>
#include <string>

#include "completion/utf8.h"
#include "tests/support/fake_generator.h"

namespace fimd {
namespace {

FimWindow split(std::string_view annotated) {
  const size_t hole = annotated.find('^');
  return {annotated.substr(0, hole), annotated.substr(hole + 1)};
}

FimWindow cut(FimWindow whole, int64_t budget_tokens) {
  FakeGenerator generator({});
  return cut_fim_window(
             whole,
             budget_tokens,
             [&generator](std::string_view text) { return generator.count_tokens(text); })
      .value();
}

void check_window(int64_t budget_tokens, std::string_view annotated, std::string_view expected) {
  const FimWindow window = cut(split(annotated), budget_tokens);
  EXPECT_EQ(std::string(window.prefix).append("^").append(window.suffix), expected)
      << budget_tokens << " tokens of " << annotated;
}

constexpr std::string_view kLines = "one\ntwo\nthree fo^ur five\nsix\nseven\n";

TEST(FimWindow, IsTheWholeFileWhenItFits) {
  check_window(13, kLines, kLines);
  check_window(100, kLines, kLines);
  check_window(1, "^", "^");
  check_window(0, "^", "^");
}

// What follows the cursor is worth less than what precedes it.
TEST(FimWindow, DropsLinesOfTheSuffixFirst) {
  check_window(12, kLines, "one\ntwo\nthree fo^ur five\nsix\n");
  check_window(11, kLines, "one\ntwo\nthree fo^ur five\nsix\n");
  check_window(10, kLines, "one\ntwo\nthree fo^ur five\n");
  check_window(9, kLines, "one\ntwo\nthree fo^ur five\n");
}

TEST(FimWindow, DropsLinesOfThePrefixNext) {
  check_window(8, kLines, "two\nthree fo^ur five\n");
  check_window(7, kLines, "two\nthree fo^ur five\n");
  check_window(6, kLines, "three fo^ur five\n");
  check_window(5, kLines, "three fo^ur five\n");
}

TEST(FimWindow, CutsTheCursorsOwnLineLast) {
  check_window(4, kLines, "three fo^ur five");
  check_window(3, kLines, "three fo^ur");
  check_window(2, kLines, "three fo^");
  check_window(1, kLines, " fo^");
  check_window(0, kLines, "^");
}

// Without it the model writes once more what follows.
TEST(FimWindow, KeepsAShareForTheSuffixWhenThePrefixIsLong) {
  std::string text;
  for (int line = 0; line < 50; ++line) text += "before\n";
  text += "^\n";
  for (int line = 0; line < 50; ++line) text += "after\n";
  std::string expected;
  for (int line = 0; line < 14; ++line) expected += "before\n";
  check_window(32, text, expected + "^\nafter\n");  // 28 of the prefix, 3 of the suffix's 4
}

TEST(FimWindow, CutsBehindCrlfAndCr) {
  check_window(4, "one\r\ntwo\rx^\r\ny\r\n", "x^\r\n");
  check_window(6, "one\r\ntwo\rx^\r\ny\r\n", "two\rx^\r\n");
}

TEST(FimWindow, NeverCutsACharacter) {
  std::string line;
  for (int i = 0; i < 5000; ++i) line += "\xE2\x82\xAC+";  // more than a block
  const std::string text = line + line;
  const FimWindow whole = {std::string_view(text).substr(0, 4 * 5000 - 1),
                           std::string_view(text).substr(4 * 5000 - 1)};
  for (const int64_t budget_tokens : {1, 2, 7, 1000, 1001, 4096, 10001, 10002, 15000}) {
    const FimWindow window = cut(whole, budget_tokens);
    EXPECT_EQ(find_invalid_utf8(window.prefix), std::nullopt) << budget_tokens;
    EXPECT_EQ(find_invalid_utf8(window.suffix), std::nullopt) << budget_tokens;
    EXPECT_EQ(count_fake_tokens(window.prefix) + count_fake_tokens(window.suffix), budget_tokens);
  }
}

TEST(FimWindow, FitsWhenTheWholeCountsMoreThanItsParts) {
  // As real vocabularies may: text of several blocks costs more than the blocks by themselves.
  const auto count = [](std::string_view text) -> Result<int64_t> {
    return count_fake_tokens(text) + (text.size() > 4096 ? 100 : 0);
  };
  std::string text;
  for (int line = 0; line < 10000; ++line) text += "some words\n";
  const FimWindow window = cut_fim_window({text, text}, 5000, count).value();
  const int64_t num_tokens = *count(window.prefix) + *count(window.suffix);
  EXPECT_LE(num_tokens, 5000);
  EXPECT_GT(num_tokens, 4500);
}

TEST(FimWindow, CountsNoMoreOfALargeFileThanTheBudgetReaches) {
  std::string text;
  for (int line = 0; line < 1000000; ++line) text += "some words\n";
  const std::string long_line(text.size(), '+');
  for (const std::string& side : {text, long_line, text + long_line, long_line + text}) {
    FakeGenerator generator({});
    const auto count = [&generator](std::string_view counted) {
      return generator.count_tokens(counted);
    };
    ASSERT_TRUE(cut_fim_window({side, side}, 4000, count));
    EXPECT_LT(generator.counted_bytes(), 400000);
  }
}

TEST(FimWindow, PassesOnACountersError) {
  const auto count = [](std::string_view) -> Result<int64_t> {
    return fail(ErrorCode::kIo, "no engine");
  };
  const Result<FimWindow> window = cut_fim_window({"abc", "def"}, 3, count);
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().message, "no engine");
}

}  // namespace
}  // namespace fimd
