#include "completion/line_ending.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace fimd {
namespace {

void check_conversion(const std::vector<std::string>& pieces,
                      LineEnding ending,
                      const std::string& expected) {
  LineEndingConverter converter(ending);
  std::string result;
  for (const std::string& piece : pieces) result += converter.push(piece);
  result += converter.finish();
  EXPECT_EQ(result, expected) << testing::PrintToString(pieces);
}

TEST(LineEnding, BecomesLfWhateverItWas) {
  EXPECT_EQ(to_lf(""), "");
  EXPECT_EQ(to_lf("a\nb\r\nc\rd"), "a\nb\nc\nd");
  EXPECT_EQ(to_lf("\r\r\n\n\r"), "\n\n\n\n");
}

TEST(LineEnding, BecomesTheDocumentsOwn) {
  check_conversion({"a\nb\n"}, LineEnding::kLf, "a\nb\n");
  check_conversion({"a\nb\n"}, LineEnding::kCrlf, "a\r\nb\r\n");
  check_conversion({"a\nb\n"}, LineEnding::kCr, "a\rb\r");
  check_conversion({"a\r\nb\r"}, LineEnding::kCrlf, "a\r\nb\r\n");
}

TEST(LineEnding, IsWholeWhenCrAndLfComeApart) {
  check_conversion({"a\r", "\nb"}, LineEnding::kLf, "a\nb");
  check_conversion({"a\r", "", "\nb"}, LineEnding::kCrlf, "a\r\nb");
  check_conversion({"a\r", "\r", "b"}, LineEnding::kLf, "a\n\nb");
}

TEST(LineEnding, BeginsALineBehindItButNotInside) {
  const std::string text = "a\r\nb\rc\n";
  std::vector<size_t> starts;
  for (size_t offset = 0; offset <= text.size(); ++offset) {
    if (is_line_start(text, offset)) starts.push_back(offset);
  }
  EXPECT_EQ(starts, (std::vector<size_t>{0, 3, 5, 7}));
}

}  // namespace
}  // namespace fimd
