#include "kernels/base/ascii.h"

#include <cctype>
#include <gtest/gtest.h>

namespace fimd {
namespace {

// As the C library has it in its "C" locale, in which tests run.
TEST(Ascii, KnowsEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    EXPECT_EQ(is_ascii(c), byte < 128) << byte;
    EXPECT_EQ(is_ascii_lower(c), std::islower(byte) != 0) << byte;
    EXPECT_EQ(is_ascii_upper(c), std::isupper(byte) != 0) << byte;
    EXPECT_EQ(is_ascii_letter(c), std::isalpha(byte) != 0) << byte;
    EXPECT_EQ(is_ascii_digit(c), std::isdigit(byte) != 0) << byte;
    EXPECT_EQ(is_ascii_hex_digit(c), std::isxdigit(byte) != 0) << byte;
    EXPECT_EQ(to_ascii_lower(c), static_cast<char>(std::tolower(byte))) << byte;
  }
}

TEST(Ascii, LowersATextAndLeavesOtherCharacters) {
  EXPECT_EQ(to_ascii_lower(""), "");
  EXPECT_EQ(to_ascii_lower("Content-Length: 7"), "content-length: 7");
  EXPECT_EQ(to_ascii_lower("\xC3\x89T\xC3\x89"), "\xC3\x89t\xC3\x89");
}

}  // namespace
}  // namespace fimd
