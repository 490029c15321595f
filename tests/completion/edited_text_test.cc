#include "completion/edited_text.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

using enum PositionEncoding;

// "a", e with acute (2 bytes), a CJK character (3), an emoji (4; two UTF-16 units), "z".
constexpr const char* kMixed = "a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80z";

EditedText make_text(std::string text, PositionEncoding encoding = kUtf16) {
  return EditedText::create(std::move(text), encoding).value();
}

void check_offset(const std::string& text,
                  PositionEncoding encoding,
                  EncodedPosition position,
                  size_t expected) {
  EXPECT_EQ(make_text(text, encoding).offset_of(position).value, expected)
      << position.line << ":" << position.character;
}

void check_edit(const std::string& text,
                EncodedRange range,
                const std::string& replacement,
                const std::string& expected) {
  EditedText edited = make_text(text);
  ASSERT_TRUE(edited.replace(range, replacement));
  EXPECT_EQ(edited.text(), expected);
  EXPECT_EQ(edited.num_lines(), make_text(expected).num_lines());
}

TEST(EditedText, CountsColumnsInUnitsOfTheEncoding) {
  check_offset(kMixed, kUtf8, {0, 6}, 6);
  check_offset(kMixed, kUtf8, {0, 10}, 10);
  check_offset(kMixed, kUtf16, {0, 3}, 6);
  check_offset(kMixed, kUtf16, {0, 5}, 10);
  check_offset(kMixed, kUtf32, {0, 3}, 6);
  check_offset(kMixed, kUtf32, {0, 4}, 10);
}

// Units are counted eight bytes at a time: every length, and every count of units in it.
TEST(EditedText, CountsUnitsOfLongTextsAsOfShortOnes) {
  const std::string_view characters[] = {"a", "\xC3\xA9", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80"};
  const uint32_t utf16_units[] = {1, 1, 1, 2};
  for (const PositionEncoding encoding : {kUtf8, kUtf16, kUtf32}) {
    std::string text;
    std::vector<size_t> bytes_at = {0};  // by units; within a character where it begins
    uint32_t state = 1;
    for (int i = 0; i < 100; ++i) {
      state = state * 1664525 + 1013904223;
      const size_t kind = state >> 30U;
      const uint32_t units = encoding == kUtf8    ? static_cast<uint32_t>(characters[kind].size())
                             : encoding == kUtf16 ? utf16_units[kind]
                                                  : 1;
      for (uint32_t unit = 1; unit < units; ++unit) bytes_at.push_back(text.size());
      text += characters[kind];
      bytes_at.push_back(text.size());
      ASSERT_EQ(count_units(text, encoding), bytes_at.size() - 1);
    }
    for (uint32_t units = 0; units < bytes_at.size(); ++units) {
      ASSERT_EQ(first_units(text, units, encoding).size(), bytes_at[units]) << units;
    }
    EXPECT_EQ(first_units(text, UINT32_MAX, encoding), text);
  }
}

TEST(EditedText, RoundsPositionsWithinACharacterDown) {
  check_offset(kMixed, kUtf8, {0, 2}, 1);
  check_offset(kMixed, kUtf8, {0, 9}, 6);
  check_offset(kMixed, kUtf16, {0, 4}, 6);
}

TEST(EditedText, ClampsPositionsOutOfRange) {
  for (const std::string line_end : {"\n", "\r\n", "\r"}) {
    const std::string text = "ab" + line_end + "c";
    check_offset(text, kUtf16, {0, 99}, 2);
    check_offset(text, kUtf16, {0, UINT32_MAX}, 2);
    check_offset(text, kUtf16, {1, 0}, 2 + line_end.size());
    check_offset(text, kUtf16, {1, 99}, text.size());
    check_offset(text, kUtf16, {2, 0}, text.size());
    check_offset(text, kUtf16, {UINT32_MAX, UINT32_MAX}, text.size());
  }
  check_offset("", kUtf16, {7, 7}, 0);
}

TEST(EditedText, ALineBeginsAfterAFinalLineEnd) {
  EXPECT_EQ(make_text("").num_lines(), 1U);
  EXPECT_EQ(make_text("a").num_lines(), 1U);
  EXPECT_EQ(make_text("a\n").num_lines(), 2U);
  EXPECT_EQ(make_text("a\r").num_lines(), 2U);
  EXPECT_EQ(make_text("a\r\n").num_lines(), 2U);
  EXPECT_EQ(make_text("\n\r").num_lines(), 3U);
}

TEST(EditedText, PositionsAndOffsetsAreInverse) {
  const std::string text = std::string(kMixed) + "\r\n" + kMixed + "\r\n\n\r" + kMixed + "\n";
  for (const PositionEncoding encoding : {kUtf8, kUtf16, kUtf32}) {
    const EditedText edited = make_text(text, encoding);
    for (size_t offset = 0; offset <= text.size(); ++offset) {
      const EncodedPosition position = edited.position_of({offset});
      const size_t rounded = edited.offset_of(position).value;
      EXPECT_LE(rounded, offset);
      EXPECT_LE(offset - rounded, 3U);
      EXPECT_EQ(edited.position_of({rounded}), position);
    }
  }
}

TEST(EditedText, AnOffsetWithinCrlfIsTheEndOfTheLine) {
  EXPECT_EQ(make_text("ab\r\nc").position_of({3}), (EncodedPosition{0, 2}));
}

TEST(EditedText, ReplacesInsertsAndDeletes) {
  check_edit("one\ntwo\nthree", {{1, 0}, {1, 3}}, "2", "one\n2\nthree");
  check_edit("one\ntwo\nthree", {{0, 3}, {2, 0}}, "", "onethree");
  check_edit("one", {{0, 1}, {0, 1}}, "\n\n", "o\n\nne");
  check_edit("one", {{0, 0}, {9, 9}}, "", "");
  check_edit("", {{0, 0}, {0, 0}}, "a\r\nb", "a\r\nb");
}

TEST(EditedText, ReadsARangeBackwards) {
  check_edit("one two", {{0, 7}, {0, 4}}, "2", "one 2");
}

// A CR and an LF that meet make one line end, and two when they part.
TEST(EditedText, LineEndsMeetAndPartAtTheSeams) {
  check_edit("a\r", {{1, 0}, {1, 0}}, "\nb", "a\r\nb");
  check_edit("a\rx\nb", {{1, 0}, {1, 1}}, "", "a\r\nb");
  check_edit("a\nb", {{0, 1}, {0, 1}}, "\r", "a\r\nb");
  check_edit("a\r\nb", {{0, 1}, {1, 0}}, "\r", "a\rb");
  check_edit("a\nb\nc", {{0, 1}, {1, 0}}, "\r\n\r\n", "a\r\n\r\nb\nc");
}

constexpr const char* kHalf = "\xEF\xBF\xBD";

// "a", a pair at units 1 and 2, "b", another at 4 and 5, "c", and a line behind.
constexpr const char* kPairs =
    "a\xF0\x9F\x98\x80"
    "b\xF0\x90\x8D\x88"
    "c\nd";

TEST(EditedText, AHalfThatAnEditLeavesIsReplaced) {
  const std::string half = kHalf;
  const std::string smile = "\xF0\x9F\x98\x80";
  const std::string letter = "\xF0\x90\x8D\x88";
  check_edit(kPairs, {{0, 1}, {0, 2}}, "", "a" + half + "b" + letter + "c\nd");
  check_edit(kPairs, {{0, 2}, {0, 3}}, "", "a" + half + "b" + letter + "c\nd");
  check_edit(kPairs, {{0, 1}, {0, 3}}, "", "ab" + letter + "c\nd");
  check_edit(kPairs, {{0, 0}, {0, 2}}, "xy", "xy" + half + "b" + letter + "c\nd");
  check_edit(kPairs, {{0, 2}, {0, 2}}, "x", "a" + half + "x" + half + "b" + letter + "c\nd");
  check_edit(kPairs, {{0, 5}, {0, 2}}, "x", "a" + half + "x" + half + "c\nd");
  check_edit(kPairs, {{0, 5}, {1, 1}}, "", "a" + smile + "b" + half);
  check_edit(kPairs, {{0, 2}, {9, 0}}, "\n", "a" + half + "\n");
}

// U+1F600 is d83d de00, U+10348 is d800 df48.
TEST(EditedText, HalvesThatMeetAreACharacter) {
  check_edit(kPairs, {{0, 2}, {0, 2}}, "", kPairs);
  check_edit(kPairs,
             {{0, 2}, {0, 5}},
             "",
             "a\xF0\x9F\x9D\x88"
             "c\nd");
  check_edit("\xF0\x90\x8D\x88\r\n\xF0\x9F\x98\x80", {{0, 1}, {1, 1}}, "", "\xF0\x90\x88\x80");
}

TEST(EditedText, OnlyUtf16HasHalves) {
  EditedText text = make_text(kPairs, kUtf8);
  ASSERT_TRUE(text.replace({{0, 2}, {0, 5}}, ""));
  EXPECT_EQ(text.text(),
            "ab\xF0\x90\x8D\x88"
            "c\nd");
}

TEST(EditedText, ReportsTheBytesOfAnEdit) {
  EditedText text = make_text(std::string("x\n") + kMixed);
  const auto edit = text.replace({{1, 1}, {1, 3}}, "12345678");
  ASSERT_TRUE(edit);
  EXPECT_EQ(edit->begin.value, 3U);
  EXPECT_EQ(edit->old_end.value, 8U);
  EXPECT_EQ(edit->new_end.value, 11U);
}

TEST(EditedText, RefusesWhatIsNoTextAndStaysAsItWas) {
  EXPECT_FALSE(EditedText::create("a\xFFz", kUtf8));
  EditedText text = make_text("abc");
  const auto edit = text.replace({{0, 1}, {0, 2}}, "\xC3");
  ASSERT_FALSE(edit);
  EXPECT_EQ(edit.error().message, "the text is not UTF-8 at byte 0");
  EXPECT_EQ(text.text(), "abc");
}

TEST(EditedText, RefusesToGrowPastItsLimit) {
  EditedText text = make_text(std::string(EditedText::kMaxBytes, 'a'));
  EXPECT_FALSE(text.replace({{0, 0}, {0, 0}}, "b"));
  EXPECT_TRUE(text.replace({{0, 0}, {0, 1}}, "b"));
}

// Not a measurement: an edit that indexed the whole file anew would take minutes here.
TEST(EditedText, EditsOfAHugeFileTouchLittleOfIt) {
  std::string huge;
  for (int line = 0; line < 100000; ++line) huge += "    const int value = compute(42);\n";
  EditedText text = make_text(std::move(huge));
  for (uint32_t step = 0; step < 2000; ++step) {
    ASSERT_TRUE(text.replace({{step, 4}, {step, 4}}, step % 2 == 0 ? "x" : "\n"));
  }
  EXPECT_EQ(text.num_lines(), 101001U);
}

TEST(EditedText, CountsAndCutsUnits) {
  EXPECT_EQ(count_units(kMixed, kUtf8), 11U);
  EXPECT_EQ(count_units(kMixed, kUtf16), 6U);
  EXPECT_EQ(count_units(kMixed, kUtf32), 5U);
  EXPECT_EQ(first_units(kMixed, 4, kUtf16).size(), 6U);
  EXPECT_EQ(first_units(kMixed, 99, kUtf16), kMixed);
}

}  // namespace
}  // namespace fimd
