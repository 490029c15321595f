#include "completion/syntax/trigger.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"

namespace fimd {
namespace {

// `expected`: "one line", "lines" or the reason for neither.
void check_trigger(std::string_view language_id,
                   std::string_view annotated,
                   std::string_view expected,
                   const TriggerOptions& options = {}) {
  const auto [text, cursor] = parse_annotated(annotated);
  const Language& language = language_called(language_id);
  for (const auto& view : {view_with_tree(language, text), view_without_tree(language, text)}) {
    const auto decision = decide_trigger(view, cursor, TriggerKind::kAutomatic, options);
    const std::string_view wanted = decision.multi_line ? "lines" : "one line";
    EXPECT_EQ(decision.wanted ? wanted : to_string(decision.reason), expected)
        << language_id << (view.tree ? "" : " without a tree") << ": " << annotated;
  }
}

TEST(Trigger, WantsALineWhereTextGoesOn) {
  check_trigger("python", "x = ^", "one line");
  check_trigger("python", "return sel^\n", "one line");
  check_trigger("c", "  foo(^);\n", "one line");
  check_trigger("c", "  foo(bar[^]) {\n", "one line");
  check_trigger("javascript", "f('a', ^)\n", "one line");
  check_trigger("rust", "let x = ^;\n", "one line");
  check_trigger("go", "package a\nvar x = ^\n", "one line");
  check_trigger("java", "class A { int x = f(^); }\n", "text to the right");
  check_trigger("shellscript", "ls | ^\n", "one line");
  check_trigger("json", "{\"a\": ^}\n", "one line");
  check_trigger("python", "if (a) ^\n", "one line");
}

TEST(Trigger, WantsLinesInEmptyBlocksAndBetweenStatements) {
  check_trigger("python", "def f():\n    ^\n", "lines");
  check_trigger("python", "def f():^\n", "lines");
  check_trigger("python", "a = 1\n^\nb = 2\n", "lines");
  check_trigger("c", "int f() {\n  ^\n}\n", "lines");
  check_trigger("c", "int f() {^}\n", "lines");
  check_trigger("typescript", "function f() {\n  a();\n  ^\n}\n", "lines");
  check_trigger("ruby", "def f\n  ^\nend\n", "lines");
  check_trigger("lua", "-- sort the list\n^\n", "lines");
  check_trigger("yaml", "a:\n  ^\n", "lines");
  check_trigger("plaintext", "abc\n^\n", "lines");
}

TEST(Trigger, IsRefusedInNumbersAndBeforeText) {
  check_trigger("python", "x = 12^", "in a number");
  check_trigger("c", "f(1.^)", "in a number");
  check_trigger("python", "fo^o", "text to the right");
  check_trigger("c", "f(^) + g(x)", "text to the right");
  check_trigger("c", "f(^);;", "text to the right");
  check_trigger("python", "^import a", "text to the right");
}

TEST(Trigger, IsRefusedInProseUnlessWanted) {
  check_trigger("python", "# to do^", "in a comment");
  check_trigger("c", "/* a\n^\n*/", "in a comment");
  check_trigger("go", "package a\nvar x = \"he^\"\n", "in a string");
  check_trigger("java", "class A { String x = \"a^\n", "in a string");
  check_trigger("python", "# to do^", "one line", {.in_comments = true});
  check_trigger("c", "/* a\n^\n*/", "one line", {.in_comments = true});
  check_trigger("python", "x = \"he^\"\n", "one line", {.in_strings = true});
}

TEST(Trigger, IsRefusedWhereAStatementEnded) {
  check_trigger("c", "total();^\n", "statement ended");
  check_trigger("c", "total(); ^\n", "statement ended");
  check_trigger("python", "total()^\n", "statement ended");
  check_trigger("javascript", "x = [1]^\n", "statement ended");
  check_trigger("rust", "fn f() {\n}^\n", "statement ended");
}

TEST(Trigger, IsRefusedInABlankFile) {
  check_trigger("python", "^", "blank file");
  check_trigger("c", "\n  ^\n", "blank file");
}

TEST(Trigger, AlwaysAnswersWhoAsks) {
  for (const std::string_view annotated :
       {"^", "x = 12^", "fo^o", "# to do^", "\"he^\"", "f();^", "^import a"}) {
    const auto [text, cursor] = parse_annotated(annotated);
    const auto view = view_with_tree(language_called("python"), text);
    const auto decision = decide_trigger(view, cursor, TriggerKind::kManual);
    EXPECT_TRUE(decision.wanted) << annotated;
    EXPECT_EQ(decision.reason, TriggerReason::kAsked);
  }
}

TEST(Trigger, DecidesForHostileTextAtAnyOffset) {
  for (const Language& language : all_languages()) {
    for (const std::string& text : hostile_texts()) {
      for (const size_t at : {size_t{0}, text.size() / 2, text.size() + 9}) {
        const auto view = view_without_tree(language, text);
        EXPECT_TRUE(decide_trigger(view, {at}, TriggerKind::kManual).wanted);
        decide_trigger(view, {at}, TriggerKind::kAutomatic);
      }
    }
  }
}

}  // namespace
}  // namespace fimd
