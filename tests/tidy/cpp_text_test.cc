#include "tests/tidy/cpp_text.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

void check_split(std::string_view text, std::string_view code, std::string_view comments) {
  const CppText parts = split_cpp(text);
  EXPECT_EQ(parts.code, code);
  EXPECT_EQ(parts.comments, comments);
}

TEST(CppText, SeparatesCodeFromComments) {
  check_split("a; // b\nc;", "a;     \nc;", "   // b\n  ");
  check_split("a /* b\nc */ d", "a     \n     d", "  /* b\nc */  ");
}

TEST(CppText, BlanksTheInsideOfLiterals) {
  check_split("f(\"a // \\\" b\", 'c');", "f(\"         \", ' ');", std::string(20, ' '));
  check_split("R\"x(a)\" // \n)x\";", "R\"         \n  \";", "           \n    ");
  check_split("1'000 + x", "1'000 + x", "         ");
}

TEST(CppText, FindsWholeWordsOnly) {
  EXPECT_EQ(find_word("throws rethrow throw;", "throw", 0), 15U);
  EXPECT_EQ(find_word("throws", "throw", 0), std::string_view::npos);
}

}  // namespace
}  // namespace fimd
