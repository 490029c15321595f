#include "completion/postprocess/following_lines.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/annotated.h"

namespace fimd {
namespace {

struct Found {
  std::string kept;  // up to where the following lines are reproduced
  std::string tail;  // what is left when the end reproduces them
};

Found look(std::string_view around, const std::string& completion) {
  const auto [text, cursor] = parse_annotated(around);
  const SyntaxView view = view_without_tree(language_called("cpp"), text);
  const Site site = {.view = view, .cursor = cursor, .hole_end = cursor, .indentation = {}};
  const FollowingLines following{SiteBrackets(site)};
  const size_t kept = following.reproduced_at(completion).value_or(completion.size());
  return {.kept = completion.substr(0, kept),
          .tail = completion.substr(0, following.without_tail(completion))};
}

TEST(FollowingLines, ATellingLineCountsAlone) {
  EXPECT_EQ(look("{\n  ^\n  release(pool);\n}\n", "work();\n  release(pool);\n").kept, "work();");
}

TEST(FollowingLines, OnlyInItsColumn) {
  const std::string inner = "if (a) {\n    release(pool);\n  }\n";
  EXPECT_EQ(look("{\n  ^\n  release(pool);\n}\n", inner).kept, inner);
}

TEST(FollowingLines, ACommonLineNeedsCompany) {
  const std::string branches = "case 1:\n    go();\n  break;\n  case 2:\n";
  EXPECT_EQ(look("{\n  ^\n  break;\n  default:\n", branches).kept, branches);
  EXPECT_EQ(look("{\n  ^\n  break;\n  default:\n", "go();\n  break;\n  default:\n").kept, "go();");
}

TEST(FollowingLines, ACommonLineCountsAtTheEnd) {
  EXPECT_EQ(look("{\n  ^\n  return x;\n}\n", "x = 1;\n  return x;").tail, "x = 1;");
  EXPECT_EQ(look("{\n  ^\n  return x;\n}\n", "if (y)\n    return x;").tail,
            "if (y)\n    return x;");
}

TEST(FollowingLines, ALineMayBeCutOff) {
  EXPECT_EQ(look("{\n  ^\n  release(pool);\n}\n", "work();\n  release(p").tail, "work();");
}

TEST(FollowingLines, ABraceIsLeftToTheBracketsUnlessItWaits) {
  const std::string block = "if (a) {\n    b();\n  }";
  EXPECT_EQ(look("{\n  ^\n}\n", block).tail, block);
  EXPECT_EQ(look("{\n  ^\n  }\n}\n", block).tail, "if (a) {\n    b();");
}

TEST(FollowingLines, HeadersBeginAlikeAndDoNotCount) {
  const std::string checks = "if (error) {\n    fail();\n  }\n";
  EXPECT_EQ(look("{\n  ^\n  if (error) {\n    stop();\n  }\n}\n", checks).kept, checks);
}

}  // namespace
}  // namespace fimd
