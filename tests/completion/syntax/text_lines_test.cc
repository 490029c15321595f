#include "completion/syntax/text_lines.h"

#include <gtest/gtest.h>

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

TEST(TextLines, TrimmingRemovesBlanksAtTheSides) {
  EXPECT_EQ(trimmed(" \r\n a b\t"), "a b");
  EXPECT_EQ(trimmed_right(" a \n"), " a");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_TRUE(is_blank(" \t\r\n"));
  EXPECT_FALSE(is_blank(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace fimd
