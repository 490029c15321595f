#include "completion/syntax/typed_ahead.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/completion/syntax/hostile_texts.h"

namespace fimd {
namespace {

struct Case {
  std::string_view rest;
  bool is_typed_ahead;
  std::string_view closing;
  bool may_stand_behind;
};

TEST(TypedAhead, IsToldFromWhatWasWritten) {
  const Case cases[] = {
      {"", true, "", true},
      {")", true, ")", true},
      {"\"'`)]}", true, "\"'`)]}", true},
      {");", true, ");", true},
      {"});,", true, "});,", false},
      {"></", false, "", false},
      {">", true, "", true},
      {">)", true, "", true},
      {") ]  ", false, ") ]", false},
      {") {", false, "", true},
      {"):", false, "", true},
      {" )", false, " )", true},
      {"x)", false, "", false},
      {") + x", false, "", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(is_typed_ahead(c.rest), c.is_typed_ahead) << c.rest;
    EXPECT_EQ(closing_of(c.rest), c.closing) << c.rest;
    EXPECT_EQ(may_stand_behind(c.rest), c.may_stand_behind) << c.rest;
  }
}

TEST(TypedAhead, SurvivesAnyText) {
  for (const std::string& text : hostile_texts()) {
    is_typed_ahead(text);
    may_stand_behind(text);
    EXPECT_LE(closing_of(text).size(), text.size());
  }
}

}  // namespace
}  // namespace fimd
