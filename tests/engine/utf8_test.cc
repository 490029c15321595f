#include "engine/utf8.h"

#include <gtest/gtest.h>
#include <string>

namespace fimd {
namespace {

void check_invalid(std::string_view text, size_t offset) {
  EXPECT_EQ(find_invalid_utf8(text), offset) << testing::PrintToString(text);
  // The same behind enough ASCII for the fast path, and before more text.
  const std::string padded = std::string(11, 'x').append(text).append("yyyyyyyyyyy");
  EXPECT_EQ(find_invalid_utf8(padded), offset + 11) << testing::PrintToString(text);
}

TEST(Utf8, AcceptsTheFirstAndLastCharacterOfEveryLength) {
  for (const std::string_view text : {"",
                                      "\x01\x7F",
                                      "\xC2\x80\xDF\xBF",
                                      "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF",
                                      "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(find_invalid_utf8(text), std::nullopt) << testing::PrintToString(text);
  }
}

TEST(Utf8, FindsTheFirstBadByte) {
  check_invalid("\x80", 0);                  // a continuation alone
  check_invalid("a\xC0\x80", 1);             // overlong NUL
  check_invalid("\xC1\xBF", 0);              // overlong ASCII
  check_invalid("\xE0\x9F\xBF", 0);          // overlong, three bytes
  check_invalid("\xF0\x8F\xBF\xBF", 0);      // overlong, four bytes
  check_invalid("\xED\xA0\x80", 0);          // a surrogate
  check_invalid("\xF4\x90\x80\x80", 0);      // past U+10FFFF
  check_invalid("\xF5\x80\x80\x80", 0);      // no such lead
  check_invalid("ab\xC3(", 2);               // no continuation
  check_invalid("\xC3\xA9\xE2\x82", 2);      // the third byte is missing
  check_invalid("\xC3\xA9\xF0\x9F\x98", 2);  // the fourth byte is missing
}

TEST(Utf8, FindsWhereCharactersBegin) {
  const std::string_view text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
  const size_t starts[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (size_t offset = 0; offset < std::size(starts); ++offset) {
    EXPECT_EQ(character_start(text, offset), starts[offset]) << offset;
  }
  for (size_t begin = 0; begin < text.size(); begin += utf8_character_bytes(text[begin])) {
    EXPECT_FALSE(is_utf8_continuation(text[begin])) << begin;
    EXPECT_EQ(first_utf8_unit(text.substr(begin)).size_bytes, utf8_character_bytes(text[begin]));
  }
}

TEST(Utf8, CountsCharactersNotBytes) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 4U);
}

}  // namespace
}  // namespace fimd
