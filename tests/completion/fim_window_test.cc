// Counts in the vocabulary of tests/support/fake_generator.h: "a b\n" is three tokens.
#include "completion/fim_window.h"

#include <gtest/gtest.h>
#include <string>

#include "engine/utf8.h"
#include "tests/support/fake_counter.h"

namespace fimd {
namespace {

FimWindow split(std::string_view annotated) {
  const size_t hole = annotated.find('^');
  return {annotated.substr(0, hole), annotated.substr(hole + 1)};
}

FimWindow cut(FimWindow whole, int64_t budget_tokens) {
  FakeCounter counter;
  const FimWindow window = cut_fim_window(whole, budget_tokens, counter.function()).value();
  EXPECT_LE(counter.num_calls, 1);
  return window;
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

TEST(FimWindow, CountsNoMoreOfALargeFileThanTheBudgetReaches) {
  std::string text;
  for (int line = 0; line < 1000000; ++line) text += "some words\n";
  const std::string long_line(text.size(), '+');
  for (const std::string& side : {text, long_line, text + long_line, long_line + text}) {
    FakeCounter counter;
    ASSERT_TRUE(cut_fim_window({side, side}, 4000, counter.function()));
    EXPECT_EQ(counter.num_calls, 1);
    EXPECT_LE(counter.num_bytes, 4000 * kMaxBytesPerToken * (kSuffixShare + 1) / kSuffixShare);
  }
}

TEST(FimWindow, CountsNothingOfATextWithFewerBytesThanTokensAllowed) {
  FakeCounter counter;
  const FimWindow whole = split(kLines);
  const size_t num_bytes = kLines.size() - 1;
  for (const size_t budget_tokens : {num_bytes, num_bytes + 1}) {
    const auto ruler =
        FimRuler::measure(whole, static_cast<int64_t>(budget_tokens), counter.function());
    EXPECT_EQ(ruler->cut(static_cast<int64_t>(budget_tokens)).suffix, whole.suffix);
    EXPECT_EQ(ruler->count(whole.prefix.size(), whole.suffix.size()), num_bytes);
  }
  EXPECT_EQ(counter.num_calls, 0);
}

TEST(FimWindow, IsCutAgainWithoutCountingAgain) {
  FakeCounter counter;
  const FimWindow whole = split(kLines);
  const FimRuler ruler = FimRuler::measure(whole, 12, counter.function()).value();
  for (int64_t budget_tokens = 0; budget_tokens <= 12; ++budget_tokens) {
    const FimWindow expected = cut(whole, budget_tokens);
    EXPECT_EQ(ruler.cut(budget_tokens).prefix, expected.prefix) << budget_tokens;
    EXPECT_EQ(ruler.cut(budget_tokens).suffix, expected.suffix) << budget_tokens;
  }
  EXPECT_EQ(counter.num_calls, 1);
}

TEST(FimWindow, BeginsNoEarlierThanTold) {
  const FimWindow whole = split(kLines);
  FakeCounter counter;
  const FimRuler ruler = FimRuler::measure(whole, 12, counter.function()).value();
  EXPECT_EQ(ruler.cut(12, whole.prefix.size() - 4).prefix, "two\nthree fo");
  EXPECT_EQ(ruler.cut(12, whole.prefix.size() - 4).suffix, whole.suffix) << "has the room";
  EXPECT_EQ(ruler.cut(12, whole.prefix.size() - 5).prefix, "three fo") << "whole lines";
  EXPECT_EQ(ruler.cut(12, 0).prefix, "");
  EXPECT_EQ(ruler.cut(12, 0).suffix, whole.suffix);
}

TEST(FimWindow, SaysWhatAWindowCounts) {
  const FimWindow whole = split(kLines);
  FakeCounter counter;
  const FimRuler ruler = FimRuler::measure(whole, 12, counter.function()).value();
  EXPECT_EQ(ruler.count(0, 0), 0);
  EXPECT_EQ(ruler.count(8, 0), 2) << "three fo";
  EXPECT_EQ(ruler.count(10, 0), 4) << "the whole of a line that it touches";
  EXPECT_EQ(ruler.count(whole.prefix.size(), whole.suffix.size()), 13);
  EXPECT_EQ(ruler.count(whole.prefix.size() + 1, 0), std::nullopt) << "not counted";
}

TEST(FimWindow, PassesOnACountersError) {
  const auto count = [](auto) -> Result<std::vector<int32_t>> {
    return fail(ErrorCode::kIo, "no engine");
  };
  const Result<FimWindow> window = cut_fim_window({"abc", "def"}, 3, count);
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().message, "no engine");
}

TEST(FimWindow, RefusesACounterThatAnswersSomethingElse) {
  for (const std::vector<int32_t>& counts : {std::vector<int32_t>{1}, {1, -1, 1, 1}, {}}) {
    const auto count = [&](auto) -> Result<std::vector<int32_t>> { return counts; };
    const Result<FimWindow> window = cut_fim_window({"a b", "c d"}, 3, count);
    ASSERT_FALSE(window);
    EXPECT_EQ(window.error().code, ErrorCode::kInternal);
  }
}

}  // namespace
}  // namespace fimd
