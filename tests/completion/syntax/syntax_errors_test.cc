#include "completion/syntax/syntax_errors.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"

namespace fimd {
namespace {

// Whether a completion at the cursor leaves errors: "clean", or else "more", "same" or "fewer"
// than there were before it.
void check_change(std::string_view language_id,
                  std::string_view annotated,
                  std::string_view completion,
                  std::string_view expected) {
  const auto [text, cursor] = parse_annotated(annotated);
  const SyntaxView view = view_with_tree(language_called(language_id), text);
  const auto change = errors_of_replacement(view, {cursor, cursor}, completion, {});
  ASSERT_TRUE(change.has_value());
  std::string_view found = "clean";
  if (change->after > 0) found = change->after < change->before ? "fewer" : "same";
  if (change->after > change->before) found = "more";
  EXPECT_EQ(found, expected) << language_id << ": " << annotated << " + " << completion << " "
                             << change->before << " -> " << change->after;
}

TEST(SyntaxErrors, TellACompletionThatFitsFromOneThatDoesNot) {
  check_change("c", "int f() {\n  return ^\n}\n", "1;", "clean");
  check_change("c", "int f() {\n  return 1;^\n}\n", "\n}\n}", "more");
  check_change("python", "def f(x):\n    return x^\n", " + 1", "clean");
  check_change("python", "def f(x):\n    return x^\n", " + )", "more");
  check_change("python", "def f(x):^\n", "\n    pass", "clean");
  check_change("javascript", "const x = f(^);\n", "() => { return 1; }", "clean");
  check_change("javascript", "const x = f(^);\n", "() => { return 1;", "more");
  check_change("java", "class A { int f() { ^ } }\n", "return 1;", "clean");
  check_change("go", "package a\nfunc f() {\n^\n}\n", "x := 1", "clean");
  check_change("rust", "fn f() -> u8 { ^ }\n", "1", "clean");
  check_change("ruby", "def f\n  ^\nend\n", "[1].each do |x|\n  end", "clean");
  check_change("ruby", "def f\n  ^\nend\n", "[1].each do |x|", "more");
  check_change("lua", "function f()\n  ^\nend\n", "return 1", "clean");
  check_change("json", "{\"a\": ^}\n", "[1]", "clean");
  check_change("typescript", "let x: ^ = 1;\n", "number", "clean");
}

TEST(SyntaxErrors, AreCountedWithinARange) {
  const std::string text = "int f() { return 2 }\nint g() { return 1; }\n";
  const SyntaxView view = view_with_tree(language_called("c"), text);
  EXPECT_GT(count_syntax_errors(view, {{0}, {text.size()}}), 0);
  EXPECT_EQ(count_syntax_errors(view, {{text.find("int g")}, {text.size()}}), 0);
  EXPECT_EQ(count_syntax_errors(view_without_tree(view.language, text), {{0}, {text.size()}}), 0);
}

TEST(SyntaxErrors, AreAbsentWithoutATreeOrABudget) {
  const Language& language = language_called("c");
  EXPECT_FALSE(errors_of_replacement(view_without_tree(language, "x"), {{0}, {0}}, "y", {}));
  std::string many;
  for (int i = 0; i < 500; ++i) many += "int x = f(1);\n";
  const SyntaxView view = view_with_tree(language, many);
  EXPECT_FALSE(errors_of_replacement(view, {{0}, {0}}, many, {.max_checks = 0}));
}

TEST(SyntaxErrors, AreCountedInHostileText) {
  for (const std::string& text : hostile_texts()) {
    SyntaxView view = view_without_tree(language_called("c"), text);
    view.tree = parse_once(view.language, text, {.max_checks = 50});
    EXPECT_LE(count_syntax_errors(view, {{0}, {text.size()}}), kMaxSyntaxErrors);
    errors_of_replacement(view, {{text.size() + 7}, {3}}, "(", {.max_checks = 50});
  }
}

}  // namespace
}  // namespace fimd
