#include "tests/completion/postprocess/true_middles.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/postprocess/middles_survey.h"
#include "tests/completion/syntax/annotated.h"

namespace fimd {
namespace {

constexpr size_t kHolesOfAKind = 2;  // of each file

std::string cut_of(const std::string& text, const Hole& hole) {
  return to_string(hole.kind) + std::string(": ") + text.substr(hole.begin, hole.end - hole.begin) +
         " before " + hole.ahead + text.substr(hole.end, hole.file_end - hole.end);
}

TEST(TrueMiddles, AreCutWhereUsersComplete) {
  const std::string text = "def f(items):\n    total = sum(items)\n    return total\n";
  const SyntaxView view = view_with_tree(language_called("python"), text);
  std::vector<std::string> holes;
  for (const Hole& hole : cut_holes(view, 1)) holes.push_back(cut_of(text, hole));
  const std::vector<std::string> expected = {
      "rest of word: ems): before \n    total = sum(items)\n    return total\n",
      "rest of line: f(items): before \n    total = sum(items)\n    return total\n",
      "line: total = sum(items) before \n    return total\n",
      "block: total = sum(items)\n    return total before \n",
      "end of file: return total before ",
      "arguments: items before ):\n    total = sum(items)\n    return total\n",
      "typed ahead: items): before )\n    total = sum(items)\n    return total\n"};
  EXPECT_EQ(holes, expected);
}

// Post-processing makes no right answer worse. What is left is listed, with reasons, in
// docs/completion.md; `./dev middles` prints it.
TEST(TrueMiddles, ComeThrough) {
  MiddlesSurvey survey;
  for (const auto& path : files_at_hand()) survey.add(path, kHolesOfAKind);
  const MiddlesSurvey::Row& all = survey.all();
  size_t num_languages = 0;
  for (const auto& [language, row] : survey.by_language()) {
    if (row.num_holes() >= 100) ++num_languages;
  }
  EXPECT_GE(all.num_holes(), 5'000U);
  EXPECT_GE(num_languages, 12U) << survey.table();
  EXPECT_GE(all.count(Verdict::kUnchanged) * 1000, all.num_holes() * 995) << survey.table();
  EXPECT_EQ(all.num_broken, 0U);
  for (const std::string& exception : survey.exceptions()) {
    EXPECT_EQ(exception.find(", broken: "), std::string::npos) << exception;
  }
}

}  // namespace
}  // namespace fimd
