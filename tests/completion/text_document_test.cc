#include "completion/text_document.h"

#include <gtest/gtest.h>
#include <string>

namespace fimd {
namespace {

TextDocument document(const std::string& text) {
  return TextDocument::create("queue.py", text).value();
}

/// `annotated` has one `^` where `position` is.
void check_position(std::string annotated, TextPosition position) {
  const size_t expected = annotated.find('^');
  annotated.erase(expected, 1);
  const Result<ByteOffset> offset = document(annotated).offset_of(position);
  ASSERT_TRUE(offset) << offset.error().message;
  EXPECT_EQ(offset->value, expected) << testing::PrintToString(annotated);
}

void check_error(const std::string& text, TextPosition position, const std::string& message) {
  const Result<ByteOffset> offset = document(text).offset_of(position);
  ASSERT_FALSE(offset) << testing::PrintToString(text);
  EXPECT_EQ(offset.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(offset.error().message, message);
}

TEST(TextDocument, FindsLinesBehindEveryLineEnd) {
  check_position("^", {1, 1});
  check_position("^ab\ncd", {1, 1});
  check_position("ab^\ncd", {1, 3});
  check_position("ab\n^cd", {2, 1});
  check_position("ab\ncd^", {2, 3});
  check_position("ab^\r\ncd", {1, 3});
  check_position("ab\r\n^cd", {2, 1});
  check_position("ab^\rcd", {1, 3});
  check_position("ab\r^cd", {2, 1});
  check_position("a\r\n\r\r\n^\n", {4, 1});
}

TEST(TextDocument, HasAPositionAfterTheFinalLineEnd) {
  check_position("ab\n^", {2, 1});
  check_position("ab\r\n^", {2, 1});
  check_position("ab\r^", {2, 1});
}

TEST(TextDocument, CountsColumnsInCharacters) {
  check_position("\xC3\xA9\xF0\x9F\x98\x80^x", {1, 3});
  check_position("\xC3\xA9\n\xE2\x82\xAC^", {2, 2});
}

TEST(TextDocument, BeginsLineOneAfterAByteOrderMark) {
  check_position("\xEF\xBB\xBF^ab", {1, 1});
  check_position("\xEF\xBB\xBF^", {1, 1});
  EXPECT_EQ(document("\xEF\xBB\xBF"
                     "ab")
                .before({5}),
            "ab");
}

TEST(TextDocument, SaysWhatItHasWhenAPositionIsPastTheEnd) {
  check_error("", {2, 1}, "queue.py: line 2 is past the end, the file has 0 lines");
  check_error("a", {2, 1}, "queue.py: line 2 is past the end, the file has 1 line");
  check_error("a\nb\n", {4, 1}, "queue.py: line 4 is past the end, the file has 2 lines");
  check_error("", {1, 2}, "queue.py: column 2 is past the end of line 1, which has 0 columns");
  check_error("a\r\nb", {1, 3}, "queue.py: column 3 is past the end of line 1, which has 1 column");
  check_error(
      "\xC3\xA9\xC3\xA9\n",
      {1, INT64_MAX},
      "queue.py: column 9223372036854775807 is past the end of line 1, which has 2 columns");
  check_error("a\n", {2, 2}, "queue.py: column 2 is past the end of line 2, which has 0 columns");
  check_error("a", {0, 1}, "queue.py: lines and columns begin at 1");
  check_error("a", {1, -3}, "queue.py: lines and columns begin at 1");
}

TEST(TextDocument, RefusesARangeThatEndsBeforeItBegins) {
  const Result<ByteRange> range = document("ab\ncd\n").bytes_of({{2, 1}, {1, 3}});
  ASSERT_FALSE(range);
  EXPECT_EQ(range.error().message, "queue.py: the range ends before it begins");
}

TEST(TextDocument, GivesTheTextAroundARange) {
  const TextDocument text = document("ab\ncd\nef\n");
  const ByteRange range = text.bytes_of({{1, 3}, {2, 2}}).value();
  EXPECT_EQ(text.before(range.begin), "ab");
  EXPECT_EQ(text.after(range.end), "d\nef\n");
}

TEST(TextDocument, TakesTheMostFrequentLineEnd) {
  EXPECT_EQ(document("").line_ending(), LineEnding::kLf);
  EXPECT_EQ(document("a").line_ending(), LineEnding::kLf);
  EXPECT_EQ(document("a\nb\r\n").line_ending(), LineEnding::kLf);
  EXPECT_EQ(document("a\r\nb\r\nc\n").line_ending(), LineEnding::kCrlf);
  EXPECT_EQ(document("a\rb\r").line_ending(), LineEnding::kCr);
}

TEST(TextDocument, RefusesWhatIsNotText) {
  const auto message_of = [](const std::string& text) {
    return TextDocument::create("a.out", text).error().message;
  };
  EXPECT_EQ(message_of(std::string("ab\0c", 4)), "a.out: not a text file: a NUL byte at offset 2");
  EXPECT_EQ(message_of("ab\xFFz"), "a.out: not UTF-8 text: byte 0xff at offset 2");
  EXPECT_EQ(message_of(std::string(TextDocument::kMaxBytes + 1, 'x')),
            "a.out: 67108865 bytes, expected at most 67108864");
}

}  // namespace
}  // namespace fimd
