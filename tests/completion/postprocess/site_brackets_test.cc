#include "completion/postprocess/site_brackets.h"

#include <gtest/gtest.h>
#include <string>

#include "completion/syntax/scope.h"
#include "tests/completion/syntax/annotated.h"

namespace fimd {
namespace {

TEST(SiteBrackets, ScansEachGapOnce) {
  const auto [text, cursor] = parse_annotated("f(g[^]);\n");
  const SyntaxView view = view_without_tree(language_called("c"), text);
  SiteBrackets brackets({.view = view, .cursor = cursor, .hole_end = cursor});
  EXPECT_EQ(brackets.before().open.size(), 2U);
  EXPECT_EQ(brackets.context(), lexical_context(view, cursor));
  const auto gap = brackets.gap(cursor.value);
  EXPECT_EQ(gap->unbalanced_closer("1]"), 1U) << "the suffix closes it";
  EXPECT_EQ(brackets.gap(cursor.value), gap);
  const auto behind = brackets.gap(cursor.value + 1);
  EXPECT_NE(behind, gap);
  EXPECT_FALSE(behind->unbalanced_closer("1]"));
  EXPECT_EQ(brackets.gap(cursor.value), gap) << "still known";
}

TEST(SiteBrackets, AreThoseOfAnyPlace) {
  const std::string text = "f(a";
  const SyntaxView view = view_without_tree(language_called("c"), text);
  SiteBrackets brackets({.view = view, .cursor = {99}, .hole_end = {1}});
  EXPECT_EQ(brackets.site().cursor.value, text.size());
  EXPECT_EQ(brackets.site().hole_end.value, text.size());
  for (size_t begin = 0; begin < 100; ++begin) EXPECT_TRUE(brackets.gap(begin));
}

}  // namespace
}  // namespace fimd
