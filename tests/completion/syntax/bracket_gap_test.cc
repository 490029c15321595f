#include "completion/syntax/bracket_gap.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"

namespace fimd {
namespace {

// `completion` stands in `around` at the cursor; `expected` is what of it precedes the closer that
// is one too many.
void check_unbalanced(std::string_view language_id,
                      std::string_view around,
                      std::string_view completion,
                      std::string_view expected) {
  const auto [text, cursor] = parse_annotated(around);
  const std::string_view view = text;
  const BracketGap gap(
      language_called(language_id), view.substr(0, cursor.value), view.substr(cursor.value));
  const auto closer = gap.unbalanced_closer(completion);
  EXPECT_EQ(completion.substr(0, closer.value_or(completion.size())), expected)
      << language_id << ": " << around << " + " << completion;
}

TEST(BracketGap, StopsAtACloserThatTheSuffixHas) {
  check_unbalanced("c", "f(^);", "a, g(b));", "a, g(b)");
  check_unbalanced("c", "void f() {\n  ^\n}\n", "x();\n}\n\nint g() {", "x();\n");
  check_unbalanced("c", "x = a[^", "i] + b[j]];", "i] + b[j]");
  check_unbalanced("javascript", "f(() => {^});", "g();}", "g();");
  check_unbalanced("javascript", "`${^}`", "a}", "a");
  check_unbalanced("python", "print(^)\n", "\")\", [1])", "\")\", [1]");
}

TEST(BracketGap, LeavesClosersThatAreMissing) {
  check_unbalanced("c", "f(^\n", "a, b);", "a, b);");
  check_unbalanced("c", "void f() {\n  if (x) {\n    ^\n}\n", "y();\n  }", "y();\n  }");
  check_unbalanced("c", "void f() { g(^ }", "x); }", "x); ");
  check_unbalanced("c", "^", "a) b", "a");
  check_unbalanced("c", "f([^\n", "1)", "1");
  check_unbalanced("shellscript", "case x in\n  ^\nesac", "a) b ;;", "a) b ;;");
}

void check_missing(std::string_view around,
                   std::string_view completion,
                   std::string_view expected) {
  const auto [text, cursor] = parse_annotated(around);
  const std::string_view view = text;
  const BracketGap gap(
      language_called("c"), view.substr(0, cursor.value), view.substr(cursor.value));
  EXPECT_EQ(gap.missing_closers(completion), expected);
}

TEST(BracketGap, TellsWhatACompletionLeftOpen) {
  check_missing("x = ^;", "f(a[1], {", "})");
  check_missing("f(^", "a)", "");
  check_missing("f(^", "a) + g(", ")");
  check_missing("f(^", "\"(\"", "");
}

// The file lacks what the user is about to write: what the suffix closes was opened before that.
TEST(BracketGap, GivesTheClosersOfTheSuffixToTheOutermost) {
  check_unbalanced("cpp",
                   "void f() {\n  if ((a.get().^\n      (b.ok())) {\n    g();\n  }\n}\n",
                   "count(\"v\") != 0u) &&",
                   "count(\"v\") != 0u) &&");
  check_unbalanced("cpp", "{\n  return {.a = {^\n          .b = {b}};\n}\n", "a},", "a},");
  check_unbalanced("go", "{\n\tselect {\n\tcase c <- r{^\n\t}\n}\n", "a}:", "a}:");
  check_unbalanced("lua", "f(function()\n  log(^\nend)\n", "'a')", "'a')");
  check_unbalanced("lua", "f(function()\n  log(^)\nend)\n", "'a')", "'a'");
}

TEST(BracketGap, LetsALineCloseAndOpenAgain) {
  check_unbalanced("python", "if a in (^\n    b,\n):\n", "c, d) and e in (", "c, d) and e in (");
  check_unbalanced("python", "if a in (^\n    b,\n):\n", "c, d) and e", "c, d");
  check_unbalanced("python", "if a in (^\n    b,\n):\n", "c, d):\n  f(\n", "c, d");
  check_unbalanced("python", "x = [\n    ^\n]\n", "1,\n] + [\n", "1,\n");
}

TEST(BracketGap, SurvivesHostileText) {
  for (const Language& language : all_languages()) {
    for (const std::string& text : hostile_texts()) {
      for (const size_t cut : {size_t{0}, text.size() / 2, text.size()}) {
        const BracketGap gap(language, text.substr(0, cut), text.substr(cut));
        const std::string completion = "a)]}\"'`*/";
        EXPECT_LE(gap.unbalanced_closer(completion).value_or(0), completion.size());
      }
    }
  }
}

}  // namespace
}  // namespace fimd
