#include "completion/syntax/brackets.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"
#include "tests/completion/syntax/samples.h"

namespace fimd {
namespace {

// `expected`: the closers of what is open, then what the text ends in: "", "comment" or "string".
void check_scan(std::string_view language_id, std::string_view text, std::string_view expected) {
  const BracketScan scan = scan_brackets(language_called(language_id), text);
  std::string found;
  for (const OpenBracket& bracket : scan.open) found += bracket.closer;
  if (scan.context == LexicalContext::kComment) found += " comment";
  if (scan.context == LexicalContext::kString) found += " string";
  EXPECT_EQ(found, expected) << language_id << ": " << text;
}

TEST(Brackets, AreCountedInCodeOnly) {
  check_scan("c", "f(a[1], \"(\", '{'", ")");
  check_scan("c", "/* ( */ // [\n{", "}");
  check_scan("c", "x = \"(", " string");
  check_scan("c", "x = \"(\n[", "]");
  check_scan("c", "/* (", " comment");
  check_scan("c", "'\\'' (", ")");
  check_scan("cpp", "1'000'000 (", ")");
  check_scan("cpp", "R\"(}\")\" {", "}");
  check_scan("python", "'''(\n'\n''' [", "]");
  check_scan("python", "rb'(' # {", " comment");
  check_scan("javascript", "`${a.map(", "})");
  check_scan("javascript", "`${{a}} (` {", "}");
  check_scan("javascript", "x = /[(]\\//; a / (b", ")");
  check_scan("rust", "fn f<'a>(x: &'a str) { '{'", "}");
  check_scan("rust", "r#\"(\"\"# /* /* ( */ */ [", "]");
  check_scan("go", "`(\\` {", "}");
  check_scan("shellscript", "f() { case x in a) echo \"$(ls [", "})]");
  check_scan("shellscript", "echo ${#x} it\\'s {", "}");
  check_scan("lua", "[[ ( ]] --[[ ( ]] f(", ")");
  check_scan("ruby", "\"#{x[", "}]");
  check_scan("yaml", "it's: [a", "]");
  check_scan("swift", "\"\\(f(", "))");
  check_scan("kotlin", "\"\"\"\\${x(", "})");
  check_scan("html", "<p>it's (", "");
  check_scan("json", "{\"a\": [{", "}]}");
  check_scan("plaintext", "don't (", "");
}

// The whole of every sample is balanced, and so is everything before its body but for what is open.
TEST(Brackets, BalanceInEverySample) {
  for (const Sample& sample : all_samples()) {
    const BracketScan scan = scan_brackets(language_called(sample.language_id), sample.text());
    EXPECT_TRUE(scan.open.empty()) << sample.language_id;
    EXPECT_TRUE(scan.outer_closers.empty()) << sample.language_id;
    EXPECT_EQ(scan.context, LexicalContext::kCode) << sample.language_id;
  }
}

// A line that begins with a slash divides what the line before it ends in.
TEST(Brackets, AreTheSameScannedLineByLine) {
  const Language& script = language_called("javascript");
  const std::string text = "x = a\n  / (b) / f(\n  /[(]/, y => {\n";
  const BracketScan whole = scan_brackets(script, text);
  BracketScan scan;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin) + 1;
    scan = scan_brackets(script, text.substr(begin, end - begin), std::move(scan));
    begin = end;
  }
  ASSERT_EQ(whole.open.size(), 2U);
  ASSERT_EQ(scan.open.size(), 2U);
  EXPECT_EQ(scan.open[0].closer, ')');
  EXPECT_EQ(scan.open[1].closer, '}');
}

TEST(Brackets, SurviveHostileTextAtEveryKindOfPlace) {
  for (const Language& language : all_languages()) {
    for (const std::string& text : hostile_texts()) {
      for (const size_t at : {size_t{0}, text.size() / 2, text.size(), text.size() + 9}) {
        EXPECT_LE(scan_before(language, text, at).open.size(), text.size());
      }
    }
  }
}

// A line of 10 MB costs no more than the window before the cursor.
TEST(Brackets, LookBackNoFurtherThanTheirLimit) {
  const std::string text(size_t{10} << 20, '(');
  EXPECT_EQ(scan_before(language_called("c"), text, text.size()).open.size(), kMaxScanBytes);
}

}  // namespace
}  // namespace fimd
