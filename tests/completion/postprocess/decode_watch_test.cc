#include "completion/postprocess/decode_watch.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/annotated.h"

namespace fimd {
namespace {

// Decodes byte by byte; the answer must stay as it was first given.
void check_kept(std::string_view around,
                bool multi_line,
                const std::string& completion,
                const std::string& expected) {
  const auto [text, cursor] = parse_annotated(around);
  const SyntaxView view = view_without_tree(language_called("c"), text);
  SiteBrackets brackets({.view = view,
                         .cursor = cursor,
                         .hole_end = cursor,
                         .multi_line = multi_line,
                         .indentation = {}});
  const DecodeWatch watch(brackets);
  std::optional<size_t> answer;
  for (size_t num_bytes = 0; num_bytes <= completion.size(); ++num_bytes) {
    const auto now = watch.end_of(completion.substr(0, num_bytes));
    if (answer) {
      EXPECT_EQ(now, answer) << "at byte " << num_bytes;
    }
    answer = now;
  }
  EXPECT_EQ(completion.substr(0, answer.value_or(completion.size())), expected) << around;
}

TEST(DecodeWatch, EndsASingleLine) {
  check_kept("int x = ^\n", false, "1;\nint y = 2;\n", "1;");
  check_kept("int x = ^\n", false, "\n1;\n", "");
  check_kept("int x = 1;^\n", false, "\n\nint y = 2;\nint z;\n", "\n\nint y = 2;");
  check_kept("f(^);\n", false, "\n  a);\n", "");
}

TEST(DecodeWatch, EndsWithTheScope) {
  check_kept("int f() {\n  ^\n}\n", true, "return 1;\n}\nint g;\n", "return 1;");
}

TEST(DecodeWatch, EndsWhereTheSuffixIsReproduced) {
  check_kept("{\n  ^\n  release(pool);\n}\n", true, "work();\n  release(pool);\n}\n", "work();");
}

TEST(DecodeWatch, EndsWhereAModelRepeatsItself) {
  check_kept("int x;\n^", true, "go();\ngo();\ngo();\ngo();\n", "go();\ngo();\ngo();\ngo();\n");
  check_kept("int x;\n^", true, "stop();\nstop();\nstop();\nstop();\n", "stop();");
}

// What was decoded last may call for less than what was answered first.
TEST(DecodeWatch, KeepsToItsFirstAnswer) {
  check_kept("{\n  ^\n}\n",
             true,
             "stop();\n  stop();\n  stop();\n}\n  stop();\n  stop();\n",
             "stop();\n  stop();\n  stop();");
}

// A line that stands below the cursor ends the decoding, whatever comes after it.
TEST(DecodeWatch, KeepsToALineThatTheSuffixHas) {
  check_kept("{\n  ^\n  release(pool);\n}\n", true, "work();\n  release(pool);\n  }\n", "work();");
}

// A brace on the cursor's own line is left, and the line goes on over the ends of others.
TEST(DecodeWatch, GoesOnBehindABraceOfTheCursorsLine) {
  check_kept("x = {^\n", true, " a: 1 }, f(\n  b);\nnext();\n", " a: 1 }, f(\n  b);");
  check_kept("x = {^\n", true, " a: 1 });\n", " a: 1 }");
}

// Each token looks at the line that it is in, not at the lines before it.
TEST(DecodeWatch, LooksAtTheLastLineOnly) {
  SiteBrackets brackets({.view = view_without_tree(language_called("c"), "f() {\n  \n}\n"),
                         .cursor = {8},
                         .hole_end = {8},
                         .indentation = {}});
  DecodeWatch watch(brackets);
  int64_t bound = 0;
  size_t line = 0;  // bytes of the line that grows
  for (int i = 0; i < 1000; ++i) {
    for (const std::string& token : {std::string("call("),
                                     std::to_string(i * 7919 % 10007),
                                     std::string(");"),
                                     std::string("\n  ")}) {
      ASSERT_FALSE(watch.push(token)) << watch.text();
      bound += static_cast<int64_t>(line + token.size());
      const size_t end = token.rfind('\n');
      line = end == std::string::npos ? line + token.size() : token.size() - end - 1;
    }
  }
  EXPECT_LE(watch.num_looked_at(), bound);
  EXPECT_LE(watch.num_looked_at(), static_cast<int64_t>(4 * watch.text().size()));
}

TEST(DecodeWatch, LetsClosersTypedAheadBeWritten) {
  check_kept("f(^);\nx;\n", true, "a, b);\ng(c);\n", "a, b);\ng(c);\n");
}

}  // namespace
}  // namespace fimd
