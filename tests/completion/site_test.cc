#include "completion/site.h"

#include <gtest/gtest.h>

#include "tests/completion/syntax/annotated.h"
#include "tests/completion/syntax/hostile_texts.h"

namespace fimd {
namespace {

void check_indentation(std::string_view annotated, bool tabs, size_t columns) {
  const auto [text, cursor] = parse_annotated(annotated);
  const Indentation found = detect_indentation(text, cursor, {.tabs = false, .columns = 3});
  EXPECT_EQ(found.tabs, tabs) << annotated;
  EXPECT_EQ(found.columns, columns) << annotated;
}

TEST(DetectIndentation, CountsTheStepsBetweenLines) {
  check_indentation("a {\n  b\n}\n", false, 2);
  check_indentation("a:\n    b:\n        c\n", false, 4);
  check_indentation("a {\r\n        b\r\n}\r\n", false, 8);
  check_indentation("{\n  a {\n    b\n  }\n}\n", false, 2);
}

TEST(DetectIndentation, IgnoresAlignmentAndSecondLinesOfComments) {
  check_indentation("/*\n * a\n */\nf {\n    b;\n}\n", false, 4);
  check_indentation("f {\n  g(a,\n        b);\n  h();\n}\n", false, 2);
}

TEST(DetectIndentation, IgnoresContinuedHeadersAndLists) {
  check_indentation("void h(\n    int a,\n    int b) {\n  ^\n}\n", false, 2);
  check_indentation("f {\n  g(\n      a,\n      b);\n  h(\n      a,\n      b);\n}\n", false, 2);
  check_indentation("f(() => {\n    g(() => {\n        h();\n    });\n});\n", false, 4);
}

TEST(DetectIndentation, KnowsFilesThatUseBoth) {
  EXPECT_TRUE(detect_indentation("a {\n\tb\n\tc\n  d\n}\n", {0}, {}).mixed);
  EXPECT_FALSE(detect_indentation("a {\n\tb\n\tc\n}\n", {0}, {}).mixed);
}

TEST(DetectIndentation, ATabIsAsWideAsTheEditorShowsIt) {
  check_indentation("a {\n\tb\n}\n", true, 3);
  check_indentation("a {\n\tb\n\tc\n  d\n}\n", true, 3);
}

TEST(DetectIndentation, TrustsTheLineAboutToBeFilled) {
  check_indentation("a:\n     ^\n", false, 5);
  check_indentation("a {\n\t^\n}\n", true, 3);
}

TEST(DetectIndentation, FallsBackWhereNothingIsSaid) {
  check_indentation("", false, 3);
  check_indentation("a\nb\n\n   \n", false, 3);
}

TEST(DetectIndentation, SurvivesAnyText) {
  for (const std::string& text : hostile_texts()) {
    for (const size_t near : {size_t{0}, text.size() / 2, text.size() + 9}) {
      EXPECT_LE(detect_indentation(text, {near}, {}).columns, 8U);
    }
  }
}

}  // namespace
}  // namespace fimd
