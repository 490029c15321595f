#include "editors/cli/nearest_name.h"

#include <array>
#include <gtest/gtest.h>

namespace fimd {
namespace {

TEST(NearestName, AllowsAThirdOfTheLettersToBeWrong) {
  const std::array<std::string, 4> names = {"fill", "info", "tokenize", "lsp"};
  for (const auto& [typed, expected] : std::array<std::array<std::string_view, 2>, 12>{{
           {"fil", "fill"},
           {"flil", "fill"},
           {"ffill", "fill"},
           {"fall", "fill"},
           {"ls", "lsp"},
           {"tokenise", "tokenize"},
           {"tokenzie", "tokenize"},
           {"fill", "fill"},
           {"full_it", ""},
           {"", ""},
           {"x", ""},
           {"frobnicate", ""},
       }}) {
    EXPECT_EQ(nearest_name(typed, names), expected) << typed;
  }
  EXPECT_EQ(nearest_name(std::string(kMaxNameBytes + 1, 'f'), names), "");
}

}  // namespace
}  // namespace fimd
