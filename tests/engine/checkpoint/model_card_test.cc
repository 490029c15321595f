#include "engine/checkpoint/model_card.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

using Names = std::vector<std::string>;

TEST(ModelCard, NamesItsLanguages) {
  EXPECT_EQ(card_languages("---\nlicense: mit\nprogramming_language:\n- Python\n- \"C++\"\n"
                           "tags:\n- code\n---\n# A model\n"),
            (Names{"Python", "C++"}));
  EXPECT_EQ(card_languages("---\r\nprogramming_language:\r\n  - Go\r\n---\r\n"), Names{"Go"});
  EXPECT_EQ(card_languages("---\nprogramming_language: [Python, 'C#']\n---\n"),
            (Names{"Python", "C#"}));
  EXPECT_EQ(card_languages("---\nprogramming_language: Rust\n---\n"), Names{"Rust"});
}

TEST(ModelCard, NamesNoneWhereItDoesNotSay) {
  for (const char* card : {"",
                           "# A model\n",
                           "---\nlanguage:\n- en\n---\n",
                           "---\nprogramming_language:\n---\n- Python\n",
                           "---\nprogramming_language:\n- Python\n",
                           "---\nprogramming_language: []\n---\n",
                           "---\nprogramming_language:\n- \n- \xFF\n---\n",
                           "# A model\n---\nprogramming_language:\n- Python\n---\n"}) {
    EXPECT_EQ(card_languages(card), Names()) << card;
  }
}

TEST(ModelCard, IsInTheModelsFolder) {
  EXPECT_EQ(model_languages(demo_model()),
            (Names{"Python", "JavaScript", "TypeScript", "C", "C++"}));
  TempFolder folder;
  EXPECT_EQ(model_languages(folder.path()), Names());
}

}  // namespace
}  // namespace fimd
