#include "completion/context/chunks.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

std::string repeated(std::string_view line, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += line;
  return text;
}

// The lines of each chunk, as "first-last", from 1.
void check_chunks(const std::string& text, const std::string& expected) {
  std::string found;
  for (const ByteRange& range : cut_chunks(text)) {
    const auto line_of = [&](size_t offset) {
      return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
    };
    if (!found.empty()) found += ' ';
    found += std::to_string(line_of(range.begin.value)) + "-" +
             std::to_string(line_of(range.end.value - 1));
  }
  EXPECT_EQ(found, expected);
}

TEST(Chunks, HoldSmallFilesWhole) {
  check_chunks("", "");
  check_chunks("\n  \n\n", "");
  check_chunks("one", "1-1");
  check_chunks("\n\none\n\ntwo\n\n", "3-5");
  check_chunks(repeated("x = 1\n", 60), "1-60");
}

TEST(Chunks, EndWhereDefinitionsBegin) {
  const std::string function = "def f():\n" + repeated("    x = 1\n", 20) + "\n";
  check_chunks(function + function + function, "1-21 23-43 45-65");
  const std::string small = "def f():\n    return 1\n\n";
  check_chunks(repeated(small, 20), "1-20 22-41 43-59");
}

TEST(Chunks, EndAtBlankLinesElse) {
  const std::string body = repeated("    x = 1\n", 40) + "\n" + repeated("    y = 2\n", 40);
  check_chunks("def f():\n" + body, "1-41 43-82");
  check_chunks(repeated("    x = 1\n", 100), "1-60 61-100");
}

TEST(Chunks, StayBelowTheirSize) {
  const std::string line = "x = \"" + std::string(500, 'a') + "\"\n";
  const std::string text = repeated(line, 100);
  for (const ByteRange& range : cut_chunks(text)) {
    EXPECT_LE(range.end.value - range.begin.value, kMaxChunkBytes);
  }
}

TEST(Chunks, LeaveLongLinesOut) {
  const std::string text = "one\n" + std::string(kMaxChunkBytes + 1, 'a') + "\ntwo\n";
  check_chunks(text, "1-1 3-3");
  check_chunks(std::string(100'000, 'a'), "");
}

// Every line that is not blank is in exactly one chunk, whatever ends the lines.
TEST(Chunks, CoverTheText) {
  for (const std::string ending : {"\n", "\r\n", "\r"}) {
    std::string text;
    for (int i = 0; i < 500; ++i) {
      text += (i % 7 == 0 ? "" : i % 11 == 0 ? "def f" : "  x") + ending;
    }
    size_t end = 0;
    for (const ByteRange& range : cut_chunks(text)) {
      EXPECT_TRUE(is_blank(std::string_view(text).substr(end, range.begin.value - end)));
      EXPECT_LT(range.begin.value, range.end.value);
      end = range.end.value;
    }
    EXPECT_TRUE(is_blank(std::string_view(text).substr(end)));
  }
}

}  // namespace
}  // namespace fimd
