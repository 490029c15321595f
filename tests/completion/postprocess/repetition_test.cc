#include "completion/postprocess/repetition.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/hostile_texts.h"

namespace fimd {
namespace {

// Decodes byte by byte: nothing up to some byte, and an answer from there on. `kept` is what the
// first answer keeps.
void check_kept(const std::string& completion, const std::string& kept) {
  std::optional<size_t> first;
  for (size_t num_bytes = 0; num_bytes <= completion.size(); ++num_bytes) {
    const auto end = repetition_end(completion.substr(0, num_bytes));
    EXPECT_TRUE(end || !first) << "took back its answer at byte " << num_bytes;
    if (!first) first = end;
  }
  EXPECT_EQ(completion.substr(0, first.value_or(completion.size())), kept);
}

std::string times(int count, const std::string& piece) {
  std::string text;
  for (int i = 0; i < count; ++i) text += piece;
  return text;
}

TEST(Repetition, ThreeEqualLinesAreOne) {
  check_kept("run(a);\n" + times(5, "stop(b);\n"), "run(a);\nstop(b);");
  check_kept(times(2, "stop(b);\n"), times(2, "stop(b);\n"));
}

TEST(Repetition, LinesTakeTurns) {
  check_kept(times(4, "left();\n\nright();\n"), "left();\n\nright();");
}

TEST(Repetition, AWordOverAndOver) {
  check_kept("It is " + times(20, "very "), "It is very");
  check_kept(times(4, "very "), times(4, "very "));
}

TEST(Repetition, TablesAndRulersMayRepeat) {
  const std::string table = times(7, "  { 0, 0, 0 },\n");
  check_kept(table, table);
  const std::string ruler = "# " + times(78, "-");
  check_kept(ruler, ruler);
  const std::string zeros = times(20, "0x00, ");
  check_kept(zeros, zeros);
}

TEST(Repetition, ArgumentsMayRepeat) {
  const std::string arguments = times(5, "undefined,\n");
  check_kept(arguments, arguments);
  check_kept(times(20, "undefined,\n"), "undefined,");
}

TEST(Repetition, ANumberGrowsOnlySoFar) {
  check_kept("version = 1" + times(40, ".0"), "version = 1.0");
  check_kept("v = 1" + times(40, ".2.3"), "v = 1.2.3");
  const std::string address = "127.0.0.0, 0.0.0.0, 1.0.0.0.0";
  check_kept(address, address);
  const std::string digest = times(64, "0");
  check_kept(digest, digest);
}

TEST(Repetition, ButNotWithoutEnd) {
  check_kept(times(20, "},\n"), "},");
  check_kept(times(500, "-"), "-");
}

TEST(Repetition, BlankLinesWithoutEnd) {
  check_kept("run(a);" + times(9, "\n"), "run(a);");
}

TEST(Repetition, DoesNotCutCharacters) {
  const std::string word = "gr\xC3\xBC\xC3\x9F";
  check_kept(times(20, word + " "), word + " ");
}

TEST(Repetition, SurvivesAnyText) {
  for (const std::string& text : hostile_texts()) {
    EXPECT_LE(repetition_end(text).value_or(0), text.size());
  }
}

}  // namespace
}  // namespace fimd
