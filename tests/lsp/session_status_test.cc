#include "lsp/session_status.h"

#include <gtest/gtest.h>

#include "tests/lsp/completion_fixture.h"

namespace fimd::lsp {
namespace {

using State = EditorStatus::State;

struct SessionStatusTest : testing::Test {
  [[nodiscard]] const EditorStatus& last() const { return editor.statuses.back(); }

  FakeEditor editor;
  SessionStatus status{editor};
};

TEST_F(SessionStatusTest, SaysWhichModelAndWhatItDoes) {
  status.loading("qwen", {});
  EXPECT_EQ(
      last(),
      (EditorStatus{
          .busy = true, .message = "loading qwen", .model = "qwen", .state = State::kLoading}));
  status.loading("qwen", 40);
  EXPECT_EQ(last().percent, 40U);
  status.ready("Qwen 0.5B");
  EXPECT_EQ(last(), (EditorStatus{.model = "Qwen 0.5B", .state = State::kReady}));
  status.working(true);
  EXPECT_TRUE(last().busy);
  status.working(false);
  EXPECT_EQ(last().state, State::kReady);
}

TEST_F(SessionStatusTest, SaysNothingTwice) {
  status.ready("m");
  status.ready("m");
  status.working(false);
  status.set_silence({});
  EXPECT_EQ(editor.statuses.size(), 1U);
}

TEST_F(SessionStatusTest, AFailureNamesTheSettingUntilAModelIsReady) {
  status.set_client("Visual Studio Code");
  status.failed("/x: no such folder");
  EXPECT_EQ(last(),
            (EditorStatus{.kind = EditorStatus::Kind::kError,
                          .message = "/x: no such folder",
                          .state = State::kFailed,
                          .setting = "fimd.model"}));
  status.working(false);
  EXPECT_EQ(last().state, State::kFailed);
  status.ready("m");
  EXPECT_EQ(last(), (EditorStatus{.model = "m", .state = State::kReady}));
}

TEST_F(SessionStatusTest, SilenceStaysWhateverTheModelDoes) {
  const Silence silence = {"file:///a", "ignored", "it is ignored"};
  status.set_silence(silence);
  status.loading("m", {});
  status.ready("m");
  EXPECT_EQ(last().silence, silence);
  EXPECT_EQ(last().kind, EditorStatus::Kind::kInactive);
  EXPECT_EQ(last().message, "it is ignored");
  status.set_silence({});
  EXPECT_EQ(last(), (EditorStatus{.model = "m", .state = State::kReady}));
}

TEST_F(SessionStatusTest, NamesTheSettingAsEachClientDoes) {
  const auto advice = [&](const char* client) {
    status.set_client(client);
    return status.advice("gone");
  };
  EXPECT_EQ(advice("Visual Studio Code"), "gone; change fimd.model");
  EXPECT_EQ(advice("VSCodium"), "gone; change fimd.model");
  EXPECT_EQ(advice("code-server"), "gone; change fimd.model");
  EXPECT_EQ(advice("Neovim"), "gone; change model");
  EXPECT_EQ(advice("Emacs"), "gone; change :model in fimd-settings");
  EXPECT_EQ(advice("Eglot"), "gone; change :fimd :model in eglot-workspace-configuration");
  EXPECT_EQ(advice(""), "gone; change --model");
}

/// Tells again while it is told, as an editor whose answer comes at once would make it do.
class EagerEditor final : public QuietEditor {
 public:
  void set_status(EditorStatus status) override {
    seen.push_back(status.model);
    if (seen.size() == 1) {
      board->ready("second");
      board->ready("third");
    }
  }

  std::vector<std::string> seen;
  SessionStatus* board = nullptr;
};

TEST(SessionStatus, TellsOnlyTheLastOfWhatComesWhileItTells) {
  EagerEditor editor;
  SessionStatus status(editor);
  editor.board = &status;
  status.ready("first");
  EXPECT_EQ(editor.seen, (std::vector<std::string>{"first", "third"}));
}

}  // namespace
}  // namespace fimd::lsp
