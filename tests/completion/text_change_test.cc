#include "completion/text_change.h"

#include <gtest/gtest.h>
#include <string>

namespace fimd {
namespace {

/// `before` with what became of it in brackets: "a[b>cd]e".
std::string change_of(const std::string& before, const std::string& after) {
  const TextChange change = find_change(before, after);
  EXPECT_EQ(before.substr(0, change.begin), after.substr(0, change.begin));
  EXPECT_EQ(before.substr(change.old_end), after.substr(change.new_end));
  return before.substr(0, change.begin) + "[" +
         before.substr(change.begin, change.old_end - change.begin) + ">" +
         after.substr(change.begin, change.new_end - change.begin) + "]" +
         before.substr(change.old_end);
}

TEST(TextChange, IsTheSmallest) {
  EXPECT_EQ(change_of("abc", "abc"), "abc[>]");
  EXPECT_EQ(change_of("", ""), "[>]");
  EXPECT_EQ(change_of("", "a"), "[>a]");
  EXPECT_EQ(change_of("a", ""), "[a>]");
  EXPECT_EQ(change_of("abc", "abXc"), "ab[>X]c");
  EXPECT_EQ(change_of("abc", "ac"), "a[b>]c");
  EXPECT_EQ(change_of("abcde", "aXcYYe"), "a[bcd>XcYY]e");
}

TEST(TextChange, BeginsLastWhereTextRepeats) {
  EXPECT_EQ(change_of("aab", "aaab"), "aa[>a]b");
  EXPECT_EQ(change_of("aaab", "aab"), "aa[a>]b");
}

// What lies between two edits counts as changed.
TEST(TextChange, IsOneForSeveralEdits) {
  EXPECT_EQ(change_of("import a\nb\n", "import A\nbc\n"), "import [a\nb>A\nbc]\n");
}

// The texts are compared in blocks.
TEST(TextChange, IsFoundAnywhereInALongText) {
  const std::string text(5000, 'x');
  for (const size_t at : {0, 1, 1023, 1024, 1025, 2500, 3975, 3976, 3977, 4999}) {
    std::string changed = text;
    changed[at] = 'y';
    const TextChange change = find_change(text, changed);
    EXPECT_EQ(change.begin, at);
    EXPECT_EQ(change.old_end, at + 1);
    EXPECT_EQ(change.new_end, at + 1);
  }
  EXPECT_TRUE(find_change(text, std::string(text)).is_empty());
}

/// Each text has "^" at its cursor.
bool continues(std::string before, std::string after) {
  const size_t old_cursor = before.find('^');
  const size_t new_cursor = after.find('^');
  before.erase(old_cursor, 1);
  after.erase(new_cursor, 1);
  return continues_typing({before, old_cursor}, {after, new_cursor});
}

TEST(TextChange, IsTyping) {
  EXPECT_TRUE(continues("a = ^\n", "a = b^\n"));
  EXPECT_TRUE(continues("a = b^\n", "a = ^\n")) << "deleting";
  EXPECT_TRUE(continues("a = ^bc\n", "a = ^c\n")) << "deleting forwards";
  EXPECT_TRUE(continues("a^\n", "a^\n")) << "asking again";
  EXPECT_TRUE(continues("f^\n", "f(^)\n")) << "with a closer";
  EXPECT_TRUE(continues("f(^)\n", "f^\n"));
  EXPECT_TRUE(continues("f(x^)\n", "f(x)^\n")) << "over a closer";
  EXPECT_TRUE(continues("f(x^, y)\n", "f(x,^ y)\n")) << "over a comma";
  EXPECT_TRUE(continues("g(f('x^'))\n", "g(f('x'))^\n"));
  EXPECT_TRUE(continues("f {^}\n", "f {\n    ^\n}\n")) << "indented";
  EXPECT_TRUE(continues("  a\n^", "  a\n  ^")) << "indented";
  EXPECT_TRUE(continues("a.it^", "a.items(x)^")) << "accepted";
  EXPECT_TRUE(continues("a.iT^", "a.items^")) << "the word is replaced";
  EXPECT_TRUE(continues("a = [1, 2]^\n", "a = ^\n")) << "a selection is deleted";
}

TEST(TextChange, IsTypingWhereTextRepeats) {
  EXPECT_TRUE(continues("x^aab", "xa^aab"));
  EXPECT_TRUE(continues("xa^aab", "x^aab"));
  EXPECT_TRUE(continues("(^(", "((^)("));
  EXPECT_TRUE(continues("x)^)", "x))^)"));
  EXPECT_TRUE(continues("\n^\n\n", "\n\n^\n\n"));
}

TEST(TextChange, IsNoTypingElsewhere) {
  EXPECT_FALSE(continues("a^\nb\n", "a\nb^\n")) << "the cursor moved";
  EXPECT_FALSE(continues("a\nb^\n", "a^\nb\n"));
  EXPECT_FALSE(continues("f(x)^", "f(x^)")) << "back";
  EXPECT_FALSE(continues("a^\nb\n", "a^\nc\n")) << "below";
  EXPECT_FALSE(continues("a\nb^\n", "c\nb^\n")) << "above";
  EXPECT_FALSE(continues("a^\nb\n", "a\nbc^\n")) << "moved, then typed";
}

}  // namespace
}  // namespace fimd
