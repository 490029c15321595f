#include "editors/cli/auto_closing.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

/// A text with its cursor, typed into; '<' is the backspace key.
class Editor {
 public:
  Editor& type(std::string_view keys) {
    for (const char key : keys) {
      apply(key == '<' ? closing_.erase(text_, cursor_, 1)
                       : closing_.type(text_, cursor_, {&key, 1}, ""));
    }
    return *this;
  }

  Editor& key(std::string_view key, std::string_view next = "") {
    apply(closing_.type(text_, cursor_, key, next));
    return *this;
  }

  Editor& insert(std::string_view text) {
    apply(closing_.insert(text_, cursor_, text));
    return *this;
  }

  /// With '^' at the cursor.
  [[nodiscard]] std::string text() const { return std::string(text_).insert(cursor_, "^"); }

 private:
  void apply(const KeyEdit& edit) {
    text_.replace(edit.begin, edit.end - edit.begin, edit.text);
    cursor_ = edit.begin + edit.cursor_bytes;
  }

  AutoClosing closing_;
  std::string text_;
  size_t cursor_ = 0;
};

void check_typed(std::string_view keys, std::string_view expected) {
  EXPECT_EQ(Editor().type(keys).text(), expected) << keys;
}

TEST(AutoClosing, InsertsTypesOverAndDeletesClosers) {
  check_typed("f(", "f(^)");
  check_typed("f([", "f([^])");
  check_typed("f(x)", "f(x)^");
  check_typed("f([x])", "f([x])^");
  check_typed("f(<", "f^");
  check_typed("f(x<<", "f^");
  check_typed("f(\"a\")", "f(\"a\")^");
  check_typed("f(x))", "f(x))^");
}

TEST(AutoClosing, TakesBracesToLinesOfTheirOwn) {
  Editor editor;
  EXPECT_EQ(editor.type("f(() {").key("\n  ").text(), "f(() {\n  ^\n})");
  EXPECT_EQ(editor.type("g();").key("\n  ").text(), "f(() {\n  g();\n  ^\n})");
  EXPECT_EQ(editor.type("h(").key("\n      ").type("1)").text(),
            "f(() {\n  g();\n  h(\n      1)^\n})");
  EXPECT_EQ(editor.key("\n", "})").type("})").text(), "f(() {\n  g();\n  h(\n      1)\n})^");
}

TEST(AutoClosing, KnowsThePrefixesOfLiterals) {
  check_typed("f\"", "f\"^\"");
  check_typed("of\"", "of\"^");
}

TEST(AutoClosing, LeavesWhatNoEditorWouldClose) {
  check_typed("x)", "x)^");
  check_typed("don't", "don't^");
  check_typed("''", "''^");
}

TEST(AutoClosing, ASuggestionTypesOverTheClosersThatItHas) {
  EXPECT_EQ(Editor().type("f(").insert("a, b)").text(), "f(a, b)^");
  EXPECT_EQ(Editor().type("f(").insert("g(a)").text(), "f(g(a)^)");
  EXPECT_EQ(Editor().type("f([").insert("g(a)])").text(), "f([g(a)])^");
}

}  // namespace
}  // namespace fimd
