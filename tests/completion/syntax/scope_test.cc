#include "completion/syntax/scope.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"

namespace fimd {
namespace {

void check_context(std::string_view language_id,
                   std::string_view annotated,
                   LexicalContext expected) {
  const auto [text, cursor] = parse_annotated(annotated);
  const Language& language = language_called(language_id);
  EXPECT_EQ(lexical_context(view_with_tree(language, text), cursor), expected)
      << language_id << " with a tree: " << annotated;
  EXPECT_EQ(lexical_context(view_without_tree(language, text), cursor), expected)
      << language_id << " without a tree: " << annotated;
}

// `^` in `annotated`, whether a tree is at hand or not: in code that a literal has, or in its text.
void check_literal(std::string_view language_id, std::string_view annotated, bool code) {
  const auto [text, cursor] = parse_annotated(annotated);
  const Language& language = language_called(language_id);
  const LexicalContext expected = code ? LexicalContext::kCode : LexicalContext::kString;
  for (const auto& view : {view_with_tree(language, text), view_without_tree(language, text)}) {
    EXPECT_EQ(lexical_context(view, cursor), expected) << language_id << ": " << annotated;
  }
}

struct Literal {
  const char* language_id;
  const char* annotated;
};

// Also where what the user is about to write is missing, and the tree has an error.
TEST(LexicalContext, IsCodeWithinAnInterpolation) {
  const Literal cases[] = {
      {"python", "x = f\"{name.^}\"\n"},
      {"python", "x = f\"{a[^]}\"\n"},
      {"python", "x = rF'''{a.^}'''\n"},
      {"python", "x = f\"{^\n"},
      {"javascript", "x = `${na.^}`;\n"},
      {"typescript", "x = `${a[^]}`;\n"},
      {"typescriptreact", "x = `${f(`${a.^}`)}`;\n"},
      {"shellscript", "x=\"${na^}\"\n"},
      {"shellscript", "echo \"${a[^]}\"\n"},
      {"shellscript", "x=\"$(na ^)\"\n"},
      {"ruby", "x = \"#{na.^}\"\n"},
      {"kotlin", "val x = \"${na.^}\"\n"},
      {"swift", "let x = \"\\(a[^])\"\n"},
      {"csharp", "var x = $\"{na.^}\";\n"},
      {"csharp", "var x = $@\"{a[^]}\";\n"},
      {"php", "<?php\n$x = \"{$a->^}\";\n"},
      {"java", "var x = STR.\"\\{na.^}\";\n"},
      {"scala", "val x = s\"${na.^}\"\n"},
      {"dart", "var x = '${na.^}';\n"},
      {"scss", "a { b: \"#{na.^}\"; }\n"},
      {"cmake", "set(x \"${na^}\")\n"},
  };
  for (const Literal& test : cases) check_literal(test.language_id, test.annotated, true);
}

TEST(LexicalContext, IsStringWhereNothingIsInterpolated) {
  const Literal cases[] = {
      {"python", "x = \"{name.^}\"\n"},
      {"python", "x = f\"{{name.^}}\"\n"},
      {"python", "x = f\"a ^\"\n"},
      {"python", "x = f\"{a}b ^\"\n"},
      {"javascript", "x = '${na.^}';\n"},
      {"javascript", "x = `${a}b ^`;\n"},
      {"shellscript", "x='${na^}'\n"},
      {"ruby", "x = '#{na^}'\n"},
      {"csharp", "var x = \"{na.^}\";\n"},
      {"csharp", "var x = $\"{{na.^}}\";\n"},
      {"php", "<?php\n$x = '{$a->^}';\n"},
      {"rust", "let x = format!(\"{na^}\");\n"},
      {"go", "x := \"{na.^}\"\n"},
      {"cpp", "auto x = \"{na.^}\";\n"},
      {"lua", "local x = \"{na.^}\"\n"},
  };
  for (const Literal& test : cases) check_literal(test.language_id, test.annotated, false);
}

TEST(Scope, TellsCommentsFromCode) {
  constexpr auto kComment = LexicalContext::kComment;
  constexpr auto kCode = LexicalContext::kCode;
  check_context("python", "x = 1  # one^", kComment);
  check_context("python", "x = 1  # one\n^", kCode);
  check_context("python", "x = 1 ^ # one\n", kCode);
  check_context("c", "int x; // one^\nint y;", kComment);
  check_context("c", "/* a ^ */ int x;", kComment);
  check_context("c", "/* a */^ int x;", kCode);
  check_context("cpp", "int f() {\n  /* open ^", kComment);
  check_context("rust", "/// doc^\nfn f() {}", kComment);
  check_context("rust", "/// doc\n^\nfn f() {}", kCode);
  check_context("go", "package a\n// x^\n", kComment);
  check_context("lua", "--[[ a\n^ ]] x = 1", kComment);
  check_context("html", "<p><!-- ^ --></p>", kComment);
  check_context("css", "a { /* ^ */ }", kComment);
  check_context("yaml", "a: 1 # b^\n", kComment);
  check_context("shellscript", "ls # b^\n", kComment);
  check_context("ruby", "x = 1 # b^\n", kComment);
  check_context("swift", "/* a /* b */ ^ */", kComment);
}

TEST(Scope, TellsStringsFromCode) {
  constexpr auto kString = LexicalContext::kString;
  constexpr auto kCode = LexicalContext::kCode;
  check_context("python", "x = \"a^b\"", kString);
  check_context("python", "x = \"ab\"^", kCode);
  check_context("python", "x = ^\"ab\"", kCode);
  check_context("python", "print(\"ab^", kString);
  check_context("python", "def f():\n    \"\"\"Doc\n    ^\n    \"\"\"\n", kString);
  check_context("c", "char* x = \"a^\";", kString);
  check_context("c", "f(\"a^\nint y;", kString);
  check_context("javascript", "x = `a^b`", kString);
  check_context("javascript", "x = `a${^b}`", kCode);
  check_context("javascript", "x = `a${b}^`", kString);
  check_context("typescript", "f('a^", kString);
  check_context("rust", "let x = r#\"a ^\"#;", kString);
  check_context("go", "package a\nvar x = `a\n^`", kString);
  check_context("java", "class A { String x = \"a^\"; }", kString);
  check_context("shellscript", "echo \"a ^\"", kString);
  check_context("shellscript", "echo \"a $(ls ^)\"", kCode);
  check_context("ruby", "x = \"a#{^b}\"", kCode);
  check_context("kotlin", "val x = \"a^\"", kString);
  check_context("json", "{\"a^\": 1}", kString);
  check_context("toml", "a = \"b^\"", kString);
}

TEST(Scope, KnowsWhereANumberEnds) {
  const auto check_number = [](std::string_view annotated, bool expected) {
    const auto [text, cursor] = parse_annotated(annotated);
    EXPECT_EQ(ends_number(text, cursor), expected) << annotated;
  };
  check_number("x = 12^", true);
  check_number("x = 1.^", true);
  check_number("x = 0x1F^", true);
  check_number("x = 1_000.5e3^", true);
  check_number("x1^", false);
  check_number("a.b^", false);
  check_number("x = ^1", false);
  check_number("^", false);
}

// `expected`: the signatures of what encloses the cursor, outermost first, "; " between them.
void check_scopes(std::string_view language_id,
                  std::string_view annotated,
                  std::string_view expected,
                  bool with_tree = true) {
  const auto [text, cursor] = parse_annotated(annotated);
  const Language& language = language_called(language_id);
  const auto view = with_tree ? view_with_tree(language, text) : view_without_tree(language, text);
  std::string found;
  for (const Scope& scope : enclosing_scopes(view, cursor)) {
    if (!found.empty()) found += "; ";
    found += text_of(text, scope.signature);
  }
  EXPECT_EQ(found, expected) << language_id << (with_tree ? "" : " without a tree") << ": "
                             << annotated;
}

TEST(Scope, FindsTheSignaturesOfWhatEncloses) {
  check_scopes("python",
               "@final\nclass A(B):\n    def f(self,\n          x):\n        return ^x\n",
               "@final\nclass A(B):; def f(self,\n          x):");
  check_scopes(
      "python", "class A:\n    def f(self):\n        x = 1\n        ^\n", "class A:; def f(self):");
  check_scopes("python", "class A:\n    def f(self):\n        x = 1\n    ^\n", "class A:");
  check_scopes("python", "class A:\n    def f(self):\n        x = 1\n^\n", "");
  check_scopes("c", "static int f(int x) {\n  return ^;\n}\n", "static int f(int x)");
  check_scopes("c", "int f(int ^x) { return 1; }\n", "");
  check_scopes("c", "int f() { return 1; }^\n", "");
  check_scopes("cpp",
               "namespace a {\ntemplate <class T>\nclass B : C {\n  void f() { ^ }\n};\n}\n",
               "namespace a; template <class T>\nclass B : C; void f()");
  check_scopes("javascript",
               "export class A extends B {\n  f(x) {\n    g(() => { ^ });\n  }\n}\n",
               "export class A extends B; f(x); () =>");
  check_scopes("typescript",
               "export function f(a: number): void {\n  ^\n}\n",
               "export function f(a: number): void");
  check_scopes("rust",
               "impl A for B {\n    pub fn f(&self) -> u8 {\n        ^\n    }\n}\n",
               "impl A for B; pub fn f(&self) -> u8");
  check_scopes(
      "go", "package a\n\nfunc (p *P) F(x int) error {\n    ^\n}\n", "func (p *P) F(x int) error");
  check_scopes("go", "package a\n\ntype P struct {\n    ^\n}\n", "type P struct");
  check_scopes("java",
               "class A extends B {\n  @Override\n  int f() {\n    ^\n  }\n}\n",
               "class A extends B; @Override\n  int f()");
  check_scopes("shellscript", "f() {\n  ^\n}\n", "f()");
  check_scopes("lua", "function A.f(x)\n  return ^1\nend\n", "function A.f(x)");
  check_scopes("ruby",
               "module A\n  class B < C\n    def f(x)\n      x^\n    end\n  end\nend\n",
               "module A; class B < C; def f(x)");
  check_scopes("csharp",
               "namespace A {\n  class B {\n    int F() {\n      ^\n    }\n  }\n}\n",
               "namespace A; class B; int F()");
  check_scopes(
      "php", "<?php\nclass A {\n  function f($x) {\n    ^\n  }\n}\n", "class A; function f($x)");
  check_scopes(
      "kotlin", "class A {\n    fun f(): Int {\n        ^\n    }\n}\n", "class A; fun f(): Int");
  check_scopes("swift",
               "struct A {\n    func f() -> Int {\n        ^\n    }\n}\n",
               "struct A; func f() -> Int");
  check_scopes("css", "@media (x) {\n  .a {\n    ^\n  }\n}\n", "@media (x); .a");
}

TEST(Scope, FindsHeadersByIndentationWithoutATree) {
  constexpr bool kWithoutTree = false;
  check_scopes("python",
               "class A:\n    # x\n    def f(self):\n        if x:\n            ^\n",
               "class A:; def f(self):; if x:",
               kWithoutTree);
  check_scopes("plaintext", "a\n  b\n    c\n  )\n    ^\n", "a; b", kWithoutTree);
  // What does not parse is read the same way.
  check_scopes("python", "class A:\n    def f(self:\n        ^\n", "class A:");
}

void check_block(std::string_view language_id,
                 std::string_view annotated,
                 std::string_view expected) {
  const auto [text, cursor] = parse_annotated(annotated);
  const auto view = view_with_tree(language_called(language_id), text);
  EXPECT_EQ(text_of(text, enclosing_block(view, cursor)), expected) << language_id << annotated;
}

TEST(Scope, FindsTheInnermostBlock) {
  check_block("c", "int f() { if (x) { a(^); } }", " a(); ");
  check_block("c", "int f() {^", "");
  check_block("c", "int ^x;", "int x;");
  check_block("swift", "func f() { if x { ^y() } }", " y() ");
  check_block("python", "def f():\n    x\n    ^\n\n    y\nz\n", "    x\n    \n\n    y\n");
  check_block("python", "def f():\n    ^x\nz\n", "    x\n");
  check_block("lua", "function f()\n  ^x()\nend\n", "x()");
  check_block("plaintext", "a\n  b^\n  c\nd", "  b\n  c\n");
}

void check_sibling(std::string_view language_id,
                   std::string_view annotated,
                   std::string_view expected) {
  const auto [text, cursor] = parse_annotated(annotated);
  const auto sibling = next_sibling(view_with_tree(language_called(language_id), text), cursor);
  EXPECT_EQ(sibling ? text_of(text, *sibling) : "none", expected) << language_id << annotated;
}

TEST(Scope, FindsTheNextStatementOfTheBlock) {
  check_sibling("c", "int f() {\n  ^\n  if (x) {\n    y();\n  }\n}\n", "if (x) {\n    y();\n  }");
  check_sibling("c", "int f() {\n  ^\n}\nint g();\n", "none");
  check_sibling("c", "^\n\nint g();\n", "int g();");
  check_sibling("python", "def f():\n    ^\n    return [\n        1]\n", "return [\n        1]");
  check_sibling("python", "def f():\n    ^\ng()\n", "none");
  check_sibling("plaintext", "^\n one two \n", "one two");
  check_sibling("c", "^", "none");
}

TEST(Scope, AnswersForHostileTextAtAnyOffset) {
  for (const Language& language : all_languages()) {
    for (const std::string& text : hostile_texts()) {
      SyntaxView view = view_without_tree(language, text);
      for (const bool with_tree : {false, true}) {
        if (with_tree) view.tree = parse_once(language, text, {.max_checks = 20});
        for (const size_t at : {size_t{0}, text.size() / 2, text.size(), text.size() + 9}) {
          lexical_context(view, {at});
          ends_number(text, {at});
          EXPECT_LE(enclosing_scopes(view, {at}).size(), kMaxEnclosingScopes);
          EXPECT_LE(enclosing_block(view, {at}).end.value, text.size());
          const auto sibling = next_sibling(view, {at});
          EXPECT_LE(sibling.value_or(ByteRange{}).end.value, text.size());
        }
      }
    }
  }
}

TEST(Scope, AnswersInALineOfTenMegabytes) {
  const std::string text = "x = [" + std::string(size_t{10} << 20, ' ') + "1]\n";
  const SyntaxView view = view_with_tree(language_called("python"), text);
  EXPECT_EQ(view.tree, nullptr);
  EXPECT_EQ(lexical_context(view, {text.size() / 2}), LexicalContext::kCode);
  EXPECT_TRUE(enclosing_scopes(view, {text.size() / 2}).empty());
}

}  // namespace
}  // namespace fimd
