#include "editors/cli/unified_diff.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

#include "tests/support/apply_diff.h"

namespace fimd {
namespace {

struct Edit {
  std::string annotated;  ///< two `^` enclose what is replaced
  std::string replacement;
  std::string name = "queue.py";
  DiffStyle style = {};
};

void check_diff(Edit edit, const std::string& expected) {
  const size_t begin = edit.annotated.find('^');
  edit.annotated.erase(begin, 1);
  const size_t end = edit.annotated.find('^');
  edit.annotated.erase(end, 1);
  const TextDocument document = TextDocument::create(edit.name, edit.annotated).value();
  EXPECT_EQ(unified_diff(document, {{begin}, {end}}, edit.replacement, edit.style), expected);
}

constexpr const char* kHeader = "--- a/queue.py\n+++ b/queue.py\n";

TEST(UnifiedDiff, ShowsThreeLinesOfContext) {
  check_diff({"1\n2\n3\n4\n5^^\n6\n7\n8\n9\n", "!"},
             std::string(kHeader) + "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+5!\n 6\n 7\n 8\n");
  check_diff({"^^1\n2\n3\n4\n", "0\n"}, std::string(kHeader) + "@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n");
  check_diff({"1\n2\n3\n4\n^^", "5\n"}, std::string(kHeader) + "@@ -2,3 +2,4 @@\n 2\n 3\n 4\n+5\n");
}

TEST(UnifiedDiff, LeavesOutLinesThatStay) {
  check_diff({"1\n^2\n3\n4\n^5\n", "2\nx\n4\n"},
             std::string(kHeader) + "@@ -1,5 +1,5 @@\n 1\n 2\n-3\n+x\n 4\n 5\n");
  check_diff({"a\n^a\n^a\n", "a\na\n"}, std::string(kHeader) + "@@ -1,3 +1,4 @@\n a\n a\n a\n+a\n");
  check_diff({"1\n^2\n^3\n", "2\n"}, "");
  check_diff({"1\n^^", ""}, "");
}

TEST(UnifiedDiff, CountsAnEmptySideFromTheLineBefore) {
  check_diff({"^^", "1\n2\n"}, std::string(kHeader) + "@@ -0,0 +1,2 @@\n+1\n+2\n");
  check_diff({"^1\n2\n^", ""}, std::string(kHeader) + "@@ -1,2 +0,0 @@\n-1\n-2\n");
  check_diff({"^^", "1"},
             std::string(kHeader) + "@@ -0,0 +1 @@\n+1\n\\ No newline at end of file\n");
}

TEST(UnifiedDiff, MarksAMissingFinalNewline) {
  const std::string mark = "\\ No newline at end of file\n";
  check_diff({"1^^", "\n2\n"}, std::string(kHeader) + "@@ -1 +1,2 @@\n-1\n" + mark + "+1\n+2\n");
  check_diff({"1\n^^2", "x"},
             std::string(kHeader) + "@@ -1,2 +1,2 @@\n 1\n-2\n" + mark + "+x2\n" + mark);
  check_diff({"^1^\n2", "x"}, std::string(kHeader) + "@@ -1,2 +1,2 @@\n-1\n+x\n 2\n" + mark);
}

TEST(UnifiedDiff, KeepsTheCrOfCrlf) {
  check_diff({"1\r\n^^2\r\n", "x\r\n"},
             std::string(kHeader) + "@@ -1,2 +1,3 @@\n 1\r\n+x\r\n 2\r\n");
}

TEST(UnifiedDiff, SpellsNamesAsGitDoes) {
  const auto check_name = [](const std::string& name, const std::string& a, const std::string& b) {
    check_diff({"^^", "1\n", name}, "--- " + a + "\n+++ " + b + "\n@@ -0,0 +1 @@\n+1\n");
  };
  check_name("src/queue.py", "a/src/queue.py", "b/src/queue.py");
  check_name("./src//queue.py", "a/src/queue.py", "b/src/queue.py");
  check_name("/home/queue.py", "a/home/queue.py", "b/home/queue.py");
  check_name("my queue.py", "a/my queue.py\t", "b/my queue.py\t");
  check_name("a\"b\n", "\"a/a\\\"b\\012\"", "\"b/a\\\"b\\012\"");
}

TEST(UnifiedDiff, PaintsLikeGit) {
  check_diff({"1\n^2^\n", "x", "f", {.color = true}},
             "\x1b[1m--- a/f\x1b[m\n\x1b[1m+++ b/f\x1b[m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[m\n 1\n"
             "\x1b[31m-2\x1b[m\n\x1b[32m+x\x1b[m\n");
}

TEST(UnifiedDiff, AppliesToWhatItWasMadeFrom) {
  std::mt19937 random(1);
  const auto random_text = [&random](size_t most_bytes) {
    std::string text(random() % (most_bytes + 1), ' ');
    for (char& c : text) c = "ab\n\n\r"[random() % 5];
    return text;
  };
  for (int round = 0; round < 20000; ++round) {
    const std::string text = random_text(30);
    const std::string replacement = random_text(8);
    const size_t begin = random() % (text.size() + 1);
    const size_t end = begin + random() % (text.size() - begin + 1);
    const TextDocument document = TextDocument::create("f", text).value();
    const std::string diff = unified_diff(document, {{begin}, {end}}, replacement, {});
    const std::string expected = text.substr(0, begin) + replacement + text.substr(end);
    ASSERT_EQ(apply_diff(text, diff), expected) << testing::PrintToString(text) << "\n" << diff;
  }
}

}  // namespace
}  // namespace fimd
