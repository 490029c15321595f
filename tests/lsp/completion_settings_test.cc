#include "tests/lsp/completion_fixture.h"

namespace fimd::lsp {
namespace {

TEST_F(CompletionServiceTest, ObeysItsSettings) {
  start({{"enable.python", false}});
  open(kUri, kText);
  EXPECT_EQ(suggest(kCursor), "");
  EXPECT_NE(suggest(kCursor, /*invoked=*/true), "");
  service.configure({{"enable.*", false}, {"enable.python", true}});
  EXPECT_NE(suggest(kCursor), "");
  service.configure({{"trigger", std::string("manual")}});
  EXPECT_EQ(suggest(kCursor), "");
  EXPECT_NE(suggest(kCursor, /*invoked=*/true), "");
  service.configure({{"maxTokens", int64_t{7}}});
  suggest(kCursor);
  EXPECT_EQ(requests().back().stop.max_tokens, 7);
}

TEST_F(CompletionServiceTest, SaysWhichSettingIsWrong) {
  start(
      {{"maxTokens", int64_t{-1}}, {"trigger", std::string("never")}, {"inComments", int64_t{1}}});
  EXPECT_EQ(editor.told,
            (std::vector<std::string>{
                "the setting fimd.maxTokens is ignored: it is -1, expected 1 to 4096",
                "the setting fimd.trigger is ignored: it is \"never\", expected \"automatic\" or "
                "\"manual\"",
                "the setting fimd.inComments is ignored: expected true or false"}));
}

}  // namespace
}  // namespace fimd::lsp
