#include "completion/syntax/block_start.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"
#include "tests/completion/syntax/samples.h"

namespace fimd {
namespace {

void check_empty_block(std::string_view language_id, std::string_view annotated, bool expected) {
  const auto [text, cursor] = parse_annotated(annotated);
  const Language& language = language_called(language_id);
  EXPECT_EQ(empty_block_at(view_with_tree(language, text), cursor).has_value(), expected)
      << language_id << " with a tree: " << annotated;
  EXPECT_EQ(empty_block_at(view_without_tree(language, text), cursor).has_value(), expected)
      << language_id << " without a tree: " << annotated;
}

TEST(BlockStart, IsWhereABlockHasNothingInIt) {
  check_empty_block("python", "def f(x):^\n", true);
  check_empty_block("python", "def f(x):\n    ^\n\ng()\n", true);
  check_empty_block("python", "def f(\n    x,\n):\n    ^", true);
  check_empty_block(
      "python", "class A:\n    def f(self):\n        ^\n    def g(self): pass\n", true);
  check_empty_block("c", "int f() {^}\n", true);
  check_empty_block("c", "int f() {\n  ^\n}\n", true);
  check_empty_block("c", "int f()\n{\n  ^\n}\n", true);
  check_empty_block("c", "int f() {\n  while (x) {\n    ^\n}\n", true);
  check_empty_block("javascript", "f(() => {^});\n", true);
  check_empty_block("typescript", "interface A {\n  ^\n}\n", true);
  check_empty_block("rust", "match x {\n    ^\n}\n", true);
  check_empty_block("go", "func f() {\n    ^\n}\n", true);
  check_empty_block("java", "class A {\n  void f() {\n    ^\n  }\n}\n", true);
  check_empty_block("shellscript", "f() {\n  ^\n}\n", true);
  check_empty_block("shellscript", "if true; then\n  ^\nfi\n", true);
  check_empty_block("shellscript", "for x in a; do^", true);
  check_empty_block("lua", "local f = function(a)\n  ^\nend\n", true);
  check_empty_block("lua", "local function f(a)\n  ^\nend\n", true);
  check_empty_block("lua", "if x then^\nend\n", true);
  check_empty_block("ruby", "def f(x)\n  ^\nend\n", true);
  check_empty_block("ruby", "list.each do |x|\n  ^\nend\n", true);
  check_empty_block("ruby", "x = if y\n  ^\nend\n", true);
  check_empty_block("html", "<ul>\n  ^\n</ul>\n", true);
  check_empty_block("yaml", "jobs:\n  ^\n", true);
  check_empty_block("json", "{\"a\": {\n  ^\n}}\n", true);
  check_empty_block("csharp", "int F()\n{\n    ^\n}\n", true);
  check_empty_block("kotlin", "fun f() {\n    ^\n}\n", true);
  check_empty_block("swift", "if x {\n    ^\n}\n", true);
  check_empty_block("css", ".a {\n  ^\n}\n", true);
  check_empty_block("scala", "def f = {\n  ^\n}\n", true);
}

TEST(BlockStart, IsNowhereElse) {
  check_empty_block("python", "def f(x):\n    ^\n    return x\n", false);
  check_empty_block("python", "x = 1\n^\n", false);
  check_empty_block("python", "x = a[1:^]\n", false);
  check_empty_block("python", "x = {1:^\n", false);
  check_empty_block("python", "# note:^\n", false);
  check_empty_block("python", "def f(x): ^pass\n", false);
  check_empty_block("c", "int f() {\n  ^\n  return 1;\n}\n", false);
  check_empty_block("c", "f(^)\n", false);
  check_empty_block("c", "// {^\n", false);
  check_empty_block("c", "x = \"{^\"\n", false);
  check_empty_block("lua", "local x = f()^\n", false);
  check_empty_block("lua", "if x then return end\n^\n", false);
  check_empty_block("ruby", "return if x\n^\n", false);
  check_empty_block("html", "<b>x</b>\n^\n", false);
  check_empty_block("html", "<br/>^\n", false);
  check_empty_block("plaintext", "^", false);
}

TEST(BlockStart, HoldsInEverySample) {
  for (const Sample& sample : all_samples()) {
    if (sample.language_id == "toml") continue;  // its sample's body is an inline table
    const std::string text =
        std::string(sample.before_body()) + "\n" + std::string(sample.closer());
    const auto view = view_without_tree(language_called(sample.language_id), text);
    EXPECT_TRUE(empty_block_at(view, {sample.before_body().size()})) << sample.language_id;
  }
}

TEST(BlockStart, AnswersForHostileText) {
  for (const Language& language : all_languages()) {
    for (const std::string& text : hostile_texts()) {
      for (const size_t at : {size_t{0}, text.size() / 2, text.size() + 9}) {
        empty_block_at(view_without_tree(language, text), {at});
      }
    }
  }
}

}  // namespace
}  // namespace fimd
