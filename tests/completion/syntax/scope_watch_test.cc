#include "completion/syntax/scope_watch.h"

#include <gtest/gtest.h>
#include <string>

#include "completion/syntax/text_lines.h"
#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"
#include "tests/completion/syntax/samples.h"

namespace fimd {
namespace {

// Decodes `completion` byte by byte. The watch must say nothing up to some byte and the same from
// there on; returns what it keeps, all of it when it never speaks.
std::string kept_of(const ScopeWatch& watch, const std::string& completion) {
  std::optional<size_t> answer;
  for (size_t num_bytes = 0; num_bytes <= completion.size(); ++num_bytes) {
    const auto now = watch.scope_end(completion.substr(0, num_bytes));
    if (answer) {
      EXPECT_EQ(now, answer) << "changed its answer after: " << completion.substr(0, num_bytes);
    }
    if (now) {
      EXPECT_LE(*now, num_bytes);
    }
    answer = now;
  }
  return completion.substr(0, answer.value_or(completion.size()));
}

// `|` in `around` ends what the completion replaces, where that is anything.
void check_kept(std::string_view language_id,
                std::string_view around,
                const std::string& completion,
                std::string_view expected) {
  auto [text, cursor] = parse_annotated(around);
  ByteOffset suffix = cursor;
  if (const size_t bar = text.find('|'); bar != std::string::npos) {
    text.erase(bar, 1);
    suffix = {bar};
  }
  const Language& language = language_called(language_id);
  for (const auto& view : {view_with_tree(language, text), view_without_tree(language, text)}) {
    EXPECT_EQ(kept_of(ScopeWatch(view, cursor, suffix), completion), expected)
        << language_id << ": " << around;
  }
}

// Whether nothing that `text` opened is open at its end.
bool is_closed(const Language& language, const std::string& text) {
  return scan_before(language, text, text.size()).open.empty();
}

// A model that writes the body of every sample and goes on with the rest of the file is stopped
// where the body ends, if the file has the block's closer already, or else where all that was open
// around the body is closed.
TEST(ScopeWatch, StopsAtTheEndOfEveryBody) {
  for (const Sample& sample : all_samples()) {
    const Language& language = language_called(sample.language_id);
    const std::string before(sample.before_body());
    const std::string body(sample.body());
    const std::string more = body + std::string(sample.closer()) + std::string(sample.rest());
    {
      const ScopeWatch watch(view_without_tree(language, before), {before.size()}, {before.size()});
      const std::string own = body + std::string(sample.closer());
      const std::string kept(trimmed_right(kept_of(watch, more)));
      // After braces, the statement's own end stays.
      const bool is_own = kept == own || kept == own + ";" || kept == own + ",";
      EXPECT_TRUE(kept.starts_with(own) && (is_own || !is_closed(language, before + own)))
          << sample.language_id << " without a suffix:\n"
          << kept;
      EXPECT_TRUE(is_closed(language, before + kept)) << sample.language_id << ":\n" << kept;
    }
    {
      const std::string last_line = body.substr(trimmed_right(body).size());
      const std::string text =
          before + last_line + std::string(sample.closer()) + std::string(sample.rest());
      const ScopeWatch watch(view_without_tree(language, text), {before.size()}, {before.size()});
      EXPECT_EQ(kept_of(watch, more), trimmed_right(body))
          << sample.language_id << " with a suffix";
    }
  }
}

TEST(ScopeWatch, LeavesBlocksThatTheCompletionOpensAlone) {
  check_kept("c",
             "int f() {\n  ^\n}\n",
             "if (x) {\n    y();\n  }\n  z();",
             "if (x) {\n    y();\n  }\n  z();");
  check_kept("python",
             "def f():\n    ^\n",
             "if x:\n        y()\n    z()\n",
             "if x:\n        y()\n    z()\n");
  check_kept("python", "def f():\n    ^\n", "x = [\n1,\n]\n    y()", "x = [\n1,\n]\n    y()");
  check_kept("python",
             "def f():\n    ^\n",
             "\"\"\"Doc\nx\n\"\"\"\n    y()",
             "\"\"\"Doc\nx\n\"\"\"\n    y()");
  check_kept("ruby", "def f\n  ^\nend\n", "if x\n    y\n  end\n  z", "if x\n    y\n  end\n  z");
}

TEST(ScopeWatch, StopsWhereALineIsIndentedLess) {
  check_kept("python", "def f():\n    x = ^\n", "1\n    y()\n\n\ndef g():", "1\n    y()");
  check_kept("python", "if x:\n    ^\nelse:\n    z()\n", "y()\nelse:", "y()");
  check_kept("lua", "if x then\n  ^\nend\n", "y()\nend\nz()", "y()");
  check_kept("lua", "if x then\n  ^\n", "y()\nend\nz()", "y()\nend");
}

TEST(ScopeWatch, KeepsWhatEndsTheStatementAfterACloser) {
  check_kept("javascript", "x.then(() => {^", "\n  y();\n});\nz();", "\n  y();\n});");
  check_kept("javascript", "f(^);\n", "a, b);\n", "a, b");
  check_kept("javascript", "f(^);|\n", "a, b);\nx", "a, b);\nx");
}

TEST(ScopeWatch, KeepsTheStatementThatTheBlockBelongsTo) {
  check_kept(
      "javascript", "f(() => {\n  ^\n", "g();\n}, [x],\n  y);\nh();\n", "g();\n}, [x],\n  y);");
  check_kept("go", "defer func() {\n\t^\n", "g()\n}()\nh()\n", "g()\n}()");
  check_kept(
      "c", "if (a) {\n  ^\n", "b();\n}\nelse {\n  c();\n}\nd();\n", "b();\n}\nelse {\n  c();\n}");
  check_kept("javascript", "f(() => {\n  ^\n", "g();\n})\n  .h();\ni();\n", "g();\n})\n  .h();");
  check_kept("typescript", "type A = {\n  ^\n", "b: C;\n} &\n  D;\ne();\n", "b: C;\n} &\n  D;");
  check_kept("python",
             "def f():\n    try:\n        ^\n",
             "g()\n    except A:\n        h()\n    i()\n",
             "g()\n    except A:\n        h()");
  check_kept("python",
             "def f():\n    try:\n        ^\n    except B:\n        pass\n",
             "g()\n    except A:\n        h()\n",
             "g()");
  check_kept("python", "x = f(\n    ^\n", "a,\n    b,\n)\ny = 1\n", "a,\n    b,\n)");
}

TEST(ScopeWatch, KeepsTheClosersOfAllThatIsOpenAtTheEndOfAFile) {
  check_kept("java",
             "class A {\n  int f() {\n    ^",
             "return 1;\n  }\n}\n\nclass B {",
             "return 1;\n  }\n}");
  check_kept("lua", "if a then\n  if b then\n    ^", "c()\n  end\nend\nd()\n", "c()\n  end\nend");
  check_kept("ruby", "class A\n  def f\n    ^", "1\n  end\nend\nb\n", "1\n  end\nend");
  check_kept("html", "<ul>\n  <li>\n    ^", "a\n  </li>\n</ul>\n<p>\n", "a\n  </li>\n</ul>");
}

TEST(ScopeWatch, SettlesForTheBlockItselfWhereMoreStaysOpen) {
  const auto settled =
      [](std::string_view language_id, std::string_view around, const std::string& completion) {
        const auto [text, cursor] = parse_annotated(around);
        const SyntaxView view = view_without_tree(language_called(language_id), text);
        const ScopeWatch watch(view, cursor, cursor);
        return completion.substr(0, watch.settled_end(completion).value_or(completion.size()));
      };
  EXPECT_EQ(
      settled("java", "class A {\n  int f() {\n    ^", "return 1;\n  }\n\n  int g() {\n    re"),
      "return 1;\n  }");
  EXPECT_EQ(settled("java",
                    "class A {\n  int f() {\n    if (b) {\n      ^",
                    "c();\n    }\n    return 1;\n  }\n\n  int g() {\n    re"),
            "c();\n    }\n    return 1;\n  }");
  EXPECT_EQ(
      settled(
          "java", "class A {\n  int f() {\n    if (b) {\n      ^", "c();\n    } else {\n      d("),
      "c();\n    }");
  EXPECT_EQ(settled("java", "class A {\n  int f() {\n    ^", "return 1;\n  }\n}\n\nclass B {\n"),
            "return 1;\n  }\n}");
  EXPECT_EQ(settled("ruby", "class A\n  def f\n    ^", "1\n  end\n\n  def g\n    2\n"), "1\n  end");
}

TEST(ScopeWatch, StopsInTheFirstColumnAfterTheFirstItem) {
  check_kept("python", "^\n", "def f():\n    x\n\n\ndef g():\n    y\n", "def f():\n    x");
  check_kept("python", "^\n", "if a:\n    x\nelse:\n    y\nz\n", "if a:\n    x\nelse:\n    y");
  check_kept("c", "^\n", "int f() {\n  x();\n}\n\nint g() {", "int f() {\n  x();\n}");
  check_kept("ruby", "^\n", "def f\n  x\nend\n\ndef g\n", "def f\n  x\nend");
  check_kept("cpp",
             "namespace a {\n\n^\n\n}\n",
             "int f() {\n  x();\n}\n\nint g() {",
             "int f() {\n  x();\n}");
  check_kept("python", "^\n", "import a\nimport b\n", "import a\nimport b\n");
}

TEST(ScopeWatch, AnswersForHostileText) {
  for (const Language& language : all_languages()) {
    for (const std::string& text : hostile_texts()) {
      const auto view = view_without_tree(language, text);
      const ScopeWatch watch(view, {text.size() / 2}, {text.size() + 3});
      for (const std::string_view completion : {"", "\n", "}\n)\r]", "\xFF\n\xFF end"}) {
        EXPECT_LE(watch.scope_end(completion).value_or(0), completion.size());
      }
    }
  }
}

}  // namespace
}  // namespace fimd
