#include "completion/syntax/text_lines.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace fimd {
namespace {

TEST(TextLines, EndWithLfCrlfAndCr) {
  const std::string_view text = "a\nbc\r\nd\re";
  EXPECT_EQ(line_at(text, 0), "a");
  EXPECT_EQ(line_at(text, 1), "a");
  EXPECT_EQ(line_at(text, 2), "bc");
  EXPECT_EQ(line_at(text, 5), "bc");  // between CR and LF
  EXPECT_EQ(line_at(text, 6), "d");
  EXPECT_EQ(line_at(text, 8), "e");
  EXPECT_EQ(line_at(text, 99), "e");
  EXPECT_EQ(next_line_begin(text, 3), 6U);
  EXPECT_EQ(next_line_begin(text, 8), text.size());
  EXPECT_EQ(rest_of_line(text, 3), "c");
  EXPECT_EQ(rest_of_line(text, 5), "");
  EXPECT_EQ(line_at("", 0), "");
  EXPECT_EQ(line_begin("\r\n", 1), 0U);
}

TEST(TextLines, IndentationCountsColumns) {
  EXPECT_EQ(indentation_of("  x"), 2U);
  EXPECT_EQ(indentation_of("\tx"), 8U);
  EXPECT_EQ(indentation_of("  \tx"), 8U);
  EXPECT_EQ(indentation_of(""), 0U);
}

TEST(TextLines, WordsAreRunsOfWordCharacters) {
  EXPECT_EQ(first_word("  if (x)"), "if");
  EXPECT_EQ(first_word("(x)"), "");
  EXPECT_EQ(last_word("do  "), "do");
  EXPECT_EQ(last_word("x ="), "");
  EXPECT_EQ(last_word("na\xC3\xAFve"), "na\xC3\xAFve");
  EXPECT_TRUE(has_word("a bc d", "bc"));
  EXPECT_FALSE(has_word("a bc d", "b"));
  EXPECT_FALSE(has_word("a  b", ""));
  EXPECT_FALSE(has_word("", ""));
}

bool ends_line(char c) {
  return c == '\n' || c == '\r';
}

/// The same questions, answered byte by byte.
void check_against_bytes(const std::string& text, size_t offset) {
  const bool between = offset > 0 && text[offset - 1] == '\r' && text.substr(offset, 1) == "\n";
  size_t begin = between ? offset - 1 : offset;
  size_t end = begin;
  while (begin > 0 && !ends_line(text[begin - 1])) --begin;
  while (end < text.size() && !ends_line(text[end])) ++end;
  EXPECT_EQ(line_begin(text, offset), begin);
  EXPECT_EQ(line_end(text, offset), end);
  const std::string rest = text.substr(offset);
  const std::string blanks = " \t\r\n\f\v";
  const size_t first = rest.find_first_not_of(blanks);
  EXPECT_EQ(is_blank(rest), first == std::string::npos);
  EXPECT_EQ(trimmed_right(text.substr(0, offset)),
            text.substr(0, offset).substr(0, text.substr(0, offset).find_last_not_of(blanks) + 1));
  EXPECT_EQ(trimmed(rest),
            first == std::string::npos
                ? ""
                : rest.substr(first, rest.find_last_not_of(blanks) + 1 - first));
}

// Texts are read in blocks of some thousand bytes: lines and blanks longer than one, and such that
// end where one does.
TEST(TextLines, LongTextsAreAsShortOnes) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    const std::string_view bytes = " \t\r\nx";
    while (text.size() < 20'000) {
      const size_t run = random() % 3 == 0 ? 1 : random() % 2 == 0 ? 4096 : random() % 6000;
      text += std::string(run, bytes[random() % bytes.size()]);
    }
    for (int i = 0; i < 20; ++i) check_against_bytes(text, random() % (text.size() + 1));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(TextLines, TrimmingRemovesBlanksAtTheSides) {
  EXPECT_EQ(trimmed(" \r\n a b\t"), "a b");
  EXPECT_EQ(trimmed_right(" a \n"), " a");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_TRUE(is_blank(" \t\r\n"));
  EXPECT_FALSE(is_blank(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace fimd
