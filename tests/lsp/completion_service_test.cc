#include "lsp/completion_service.h"

#include <gtest/gtest.h>

#include "tests/lsp/completion_fixture.h"
#include "tests/support/temp_folder.h"

namespace fimd::lsp {
namespace {

TEST_F(CompletionServiceTest, SuggestsWhatTheModelSays) {
  start();
  open(kUri, kText);
  EXPECT_EQ(suggest(kCursor), "self.items.append(item)");
  EXPECT_TRUE(used_engine);
  ASSERT_EQ(last.items.size(), 1U);
  EXPECT_EQ(last.items[0].range, (EncodedRange{kCursor, kCursor}));
  ASSERT_EQ(requests().size(), 1U);
  EXPECT_TRUE(prefix_of(requests()[0]).ends_with("    def push(self, item):\n        "));
}

TEST_F(CompletionServiceTest, AnswersTypingAlongWithoutTheEngine) {
  start();
  open(kUri, kText);
  suggest(kCursor);
  type({5, 8}, "self.it");
  EXPECT_EQ(suggest({5, 15}), "ems.append(item)");
  EXPECT_FALSE(used_engine);
  service.change(kUri, 0, {{.range = EncodedRange{{5, 13}, {5, 15}}, .text = ""}});
  EXPECT_EQ(suggest({5, 13}), "items.append(item)");
  EXPECT_FALSE(used_engine);
  EXPECT_EQ(requests().size(), 1U);
}

TEST_F(CompletionServiceTest, ParsesNothingForAKeyThatComesAlong) {
  start();
  open(kUri, kText);
  suggest(kCursor);
  const int64_t num_parses = service.num_parses();
  for (uint32_t i = 0; i < 8; ++i) {
    type({5, 8 + i}, std::string("self.ite").substr(i, 1));
    EXPECT_NE(suggest({5, 9 + i}), "");
  }
  EXPECT_EQ(service.num_parses(), num_parses);
  EXPECT_TRUE(run_idle());
  EXPECT_EQ(service.num_parses(), num_parses) << "the worker's, not the reader's";
  type({5, 16}, "?");
  suggest({5, 17});
  EXPECT_EQ(service.num_parses(), num_parses + 1);
}

TEST_F(CompletionServiceTest, KeepsThePromptWhileTheUserTypes) {
  start();
  open(kUri, kText);
  suggest(kCursor);
  type({5, 8}, "x");
  suggest({5, 9});
  ASSERT_EQ(requests().size(), 2U);
  EXPECT_EQ(prefix_of(requests()[1]), prefix_of(requests()[0]) + "x");
  EXPECT_EQ(suffix_of(requests()[1]), suffix_of(requests()[0]));
}

TEST_F(CompletionServiceTest, ThinksAheadInIdleTime) {
  start();
  open(kUri, kText);
  suggest(kCursor);
  generator = std::make_shared<FakeGenerator>(std::vector<std::string>{"self.count += 1"});
  EXPECT_TRUE(run_idle());
  ASSERT_EQ(requests().size(), 1U) << "asked for what comes after acceptance";
  EXPECT_TRUE(prefix_of(requests()[0]).ends_with("self.items.append(item)\n        "));
  EXPECT_FALSE(run_idle());
  type({5, 8}, "self.items.append(item)\n        ");
  EXPECT_EQ(suggest({6, 8}), "self.count += 1");
  EXPECT_FALSE(used_engine) << "the answer was there already";
}

TEST_F(CompletionServiceTest, IsQuietWhereTheTreeSaysSo) {
  start();
  open(kUri, "x = 12\n# prose \n");
  EXPECT_EQ(suggest({0, 6}), "") << "in a number";
  EXPECT_EQ(suggest({0, 1}), "") << "text to the right";
  EXPECT_EQ(suggest({1, 8}), "") << "in a comment";
  EXPECT_TRUE(requests().empty());
  EXPECT_NE(suggest({1, 8}, /*invoked=*/true), "") << "unless the user asks";
}

TEST_F(CompletionServiceTest, ShowsNoSecretAndNoIgnoredFileToAModel) {
  TempFolder folder;
  folder.write(".gitignore", "build/\n");
  const std::string root = "file://" + folder.path().string();
  start({}, folder.path().string());
  open(root + "/.env", "PASSWORD=hunter2\n", "shellscript");
  open(root + "/build/made.py", "def made_by_machine(self, items): pass\n");
  open(root + "/a.py", std::string("def binary(items):\n") + '\0');
  open(root + "/b.py", kText);
  EXPECT_EQ(suggest({0, 9}, true, root + "/.env"), "");
  EXPECT_EQ(suggest({0, 38}, true, root + "/build/made.py"), "");
  EXPECT_EQ(suggest({0, 3}, true, root + "/a.py"), "");
  EXPECT_TRUE(requests().empty());
  EXPECT_NE(suggest(kCursor, true, root + "/b.py"), "");
  for (const char* hidden : {"hunter2", "made_by_machine", "binary"}) {
    EXPECT_EQ(prefix_of(requests()[0]).find(hidden), std::string::npos) << hidden;
  }
}

TEST_F(CompletionServiceTest, LooksAgainAtWhatWasSaved) {
  TempFolder folder;
  const std::string root = "file://" + folder.path().string();
  std::filesystem::create_directory(folder.path() / "inner");
  start({}, folder.path().string());
  open(root + "/a.py", kText);
  open(root + "/inner/b.py", kText);
  open(root + "/.gitignore", "", "ignore");
  const auto is_shown = [&](const std::string& name) {
    return !suggest(kCursor, true, root + name).empty();
  };
  EXPECT_TRUE(is_shown("/a.py"));
  EXPECT_TRUE(is_shown("/inner/b.py"));

  folder.write(".gitignore", "*.py\n");
  service.save(root + "/a.py");
  EXPECT_FALSE(is_shown("/a.py"));
  EXPECT_TRUE(is_shown("/inner/b.py")) << "was not saved";

  service.save(root + "/.gitignore");
  EXPECT_FALSE(is_shown("/inner/b.py")) << "lies below the rules";
  EXPECT_FALSE(is_shown("/a.py"));
  folder.write(".gitignore", "");
  folder.write("inner/.fimdignore", "*.py\n");
  service.save(root + "/inner/.fimdignore");
  EXPECT_FALSE(is_shown("/a.py")) << "does not lie below the rules";
  EXPECT_FALSE(is_shown("/inner/b.py"));
  service.save(root + "/.gitignore");
  EXPECT_TRUE(is_shown("/a.py"));
  EXPECT_FALSE(is_shown("/inner/b.py"));
}

TEST_F(CompletionServiceTest, ANeighbourThatBecameIgnoredIsNotShown) {
  TempFolder folder;
  const std::string root = "file://" + folder.path().string();
  start({}, folder.path().string());
  open(root + "/helper.py",
       "def push_item_to_queue(work_queue, next_item):\n"
       "    work_queue.items.append(next_item)\n");
  const std::string uri = root + "/queue.py";
  open(uri, "def fill_queue(work_queue, next_item):\n    push_item_to_queue()\n");
  suggest({1, 23}, true, uri);
  EXPECT_NE(prefix_of(requests().back()).find("helper.py"), std::string::npos);
  folder.write(".fimdignore", "helper.py\n");
  service.save(root + "/.fimdignore");
  service.change(uri, 0, {{.range = EncodedRange{{1, 23}, {1, 23}}, .text = "x"}});
  suggest({1, 24}, true, uri);
  ASSERT_TRUE(used_engine);
  EXPECT_EQ(prefix_of(requests().back()).find("helper.py"), std::string::npos);
}

TEST_F(CompletionServiceTest, ShowsNeighboursThatHelp) {
  start();
  open("file:///project/helper.py",
       "def push_item_to_queue(work_queue, next_item):\n"
       "    work_queue.items.append(next_item)\n");
  open(kUri, "def fill_queue(work_queue, next_item):\n    push_item_to_queue()\n");
  suggest({1, 23}, /*invoked=*/true);
  EXPECT_NE(prefix_of(requests()[0]).find("# helper.py\ndef push_item_to_queue"),
            std::string::npos);
  service.change("file:///project/helper.py", 1, {{.range = EncodedRange{}, .text = "# new\n"}});
  service.close("file:///project/helper.py");
  suggest({1, 23}, /*invoked=*/true);
  EXPECT_NE(prefix_of(requests().back()).find("helper.py"), std::string::npos) << "edited just now";
  service.configure({{"context.neighbours", false}});
  suggest({1, 23}, /*invoked=*/true);
  EXPECT_EQ(prefix_of(requests().back()).find("helper.py"), std::string::npos);
}

// The client says with the focus which cells lie near.
TEST_F(CompletionServiceTest, ShowsTheCellsOfANotebookToEachOther) {
  start();
  const std::string notebook = "vscode-notebook-cell:/project/a.ipynb";
  open(notebook + "#W0", "def push_item(work_queue, next_item):\n    work_queue.items += [0]\n");
  open(notebook + "#W1", "def push_item(work_queue, next_item):\n    work_queue.items += [1]\n");
  open("file:///project/a.ipynb", "work_queue, next_item, push_item: raw\n", "json");
  const auto shown = [&](const std::string& nearest) {
    service.focus(notebook + nearest);
    open(notebook + "#W2", "def fill_queue(work_queue, next_item):\n    push_item()\n" + nearest);
    suggest({1, 14}, /*invoked=*/true, notebook + "#W2");
    service.close(notebook + "#W2");
    return prefix_of(requests().back());
  };
  const std::string prompt = shown("#W0");
  EXPECT_NE(prompt.find("# a.ipynb\ndef push_item"), std::string::npos) << prompt;
  EXPECT_LT(prompt.find("+= [1]"), prompt.find("+= [0]")) << prompt;
  EXPECT_EQ(prompt.find("raw"), std::string::npos) << "the file itself";
  const std::string other = shown("#W1");
  EXPECT_LT(other.find("+= [0]"), other.find("+= [1]")) << other;
}

// A long suggestion that is typed along fills the window, so idle work builds it anew.
struct RenewedWindowTest : CompletionServiceTest {
  static constexpr const char* kHelper = "file:///project/helper.py";

  RenewedWindowTest() {
    std::vector<std::string> pieces;
    for (int i = 0; i < 60; ++i) {
      const std::string n = std::to_string(i);
      std::string& line = pieces.emplace_back("push_item_to_queue(work_queue, first_");
      line.append(n).append(", next_").append(n).append(")\n    ");
      text += line;
    }
    generator = std::make_shared<FakeGenerator>(pieces, 8000);
  }

  void ask() {
    start();
    open(kHelper,
         "def push_item_to_queue(work_queue, next_item):\n"
         "    work_queue.items.append(next_item)\n");
    std::string before;
    for (int i = 0; i < 300; ++i) before.append("a").append(std::to_string(i)).append(" = 1\n");
    before += "def fill_queue(work_queue, next_item):\n    push_item_to_queue(work_queue)\n    ";
    open(kUri, before + "\n" + std::string(900, '\n') + "z = 1\n");
    EXPECT_NE(suggest({302, 4}), "");
    EXPECT_NE(prefix_of(requests().back()).find("helper.py"), std::string::npos);
  }

  /// Types along with most of the suggestion, all at once.
  void type_along() {
    type({302, 4}, text.substr(0, text.find("push_item_to_queue(work_queue, first_50")));
    EXPECT_NE(suggest({352, 4}), "");
    EXPECT_FALSE(used_engine);
  }

  /// What idle work read anew; empty: nothing.
  std::string renewed() {
    const size_t num_requests = requests().size();
    EXPECT_TRUE(run_idle());
    if (requests().size() == num_requests) return "";
    const GenerationRequest& first = requests()[num_requests];
    return first.stop.max_tokens == 1 ? prefix_of(first) : "";
  }

  std::string text;
};

TEST_F(RenewedWindowTest, ShowsNeighboursAfterATypedAlongAnswer) {
  ask();
  type_along();
  EXPECT_NE(renewed().find("helper.py"), std::string::npos);
}

TEST_F(RenewedWindowTest, IsLeftAloneWhereNobodyKnowsTheNeighbours) {
  ask();
  suggest({1, 0}, /*invoked=*/true, kHelper);
  ASSERT_TRUE(used_engine);
  type_along();
  EXPECT_EQ(renewed(), "");
}

TEST_F(CompletionServiceTest, GoesOnFromThePopupsEntry) {
  start();
  open(kUri, "x = [].app\n");
  generator = std::make_shared<FakeGenerator>(std::vector<std::string>{"(item)"});
  const SelectedEntry entry = {.range = {{0, 7}, {0, 10}}, .text = "append"};
  auto answer = service.suggest({.uri = kUri, .position = {0, 10}, .selected = entry});
  ASSERT_TRUE(std::holds_alternative<SuggestionWork>(answer));
  const Suggestions found = std::get<SuggestionWork>(answer)({}).value();
  ASSERT_EQ(found.items.size(), 1U);
  EXPECT_EQ(found.items[0].text, "append(item)");
  EXPECT_EQ(found.items[0].range, entry.range);
}

TEST_F(CompletionServiceTest, CountsWhatItReplacesInTheEditorsUnits) {
  start();
  open(kUri, "print(f(\"\xF0\x9F\x98\x80\", ))\n");  // an emoji is two units of UTF-16
  generator = std::make_shared<FakeGenerator>(std::vector<std::string>{"x), y)"});
  const std::string text = suggest({0, 14}, true);
  const uint32_t replaced = last.items.at(0).range.end.character - 14;
  EXPECT_EQ(text + std::string("))").substr(replaced), "x), y)");
}

TEST_F(CompletionServiceTest, ShowsAnEngineThatCannotStartOnce) {
  engine_problem = "no model";
  start();
  open(kUri, kText);
  suggest(kCursor);
  suggest(kCursor);
  EXPECT_EQ(editor.shown,
            std::vector<std::string>{"fimd cannot complete: no model; change --model"});
  ASSERT_FALSE(editor.statuses.empty());
  EXPECT_EQ(editor.statuses.back().kind, EditorStatus::Kind::kError);
  engine_problem.clear();
  EXPECT_NE(suggest(kCursor), "");
  EXPECT_EQ(editor.statuses.back().kind, EditorStatus::Kind::kNormal);
}

TEST_F(CompletionServiceTest, OpensTheModelBeforeTheFirstRequest) {
  load_percents = {30, 100};
  service.start({.client_name = "Visual Studio Code", .settings = {{"model", "/models/wrong"}}});
  engine_problem = "/models/wrong: no such folder";
  prepare();
  EXPECT_EQ(editor.shown,
            std::vector<std::string>{
                "fimd cannot complete: /models/wrong: no such folder; change fimd.model"});
  EXPECT_EQ(editor.statuses.back().setting, "fimd.model");

  engine_problem.clear();
  service.configure({{"model", "/models/right"}});
  prepare();
  using State = EditorStatus::State;
  std::vector<State> states;
  std::vector<uint32_t> percents;
  for (const EditorStatus& status : editor.statuses) {
    states.push_back(status.state);
    if (status.percent) percents.push_back(*status.percent);
  }
  EXPECT_EQ(states,
            (std::vector{State::kLoading,
                         State::kFailed,
                         State::kLoading,
                         State::kLoading,
                         State::kLoading,
                         State::kReady,
                         State::kWorking,
                         State::kReady}));
  EXPECT_EQ(percents, (std::vector<uint32_t>{30, 100}));
  EXPECT_EQ(editor.progress, std::vector<std::string>{"fimd: loading right"});
  const size_t num_statuses = editor.statuses.size();
  prepare();
  EXPECT_EQ(editor.statuses.size(), num_statuses) << "it is open";
}

TEST_F(CompletionServiceTest, NamesTheWordBeforeTheCursor) {
  start();
  open(kUri, "x = retu" + std::string(300, 'r') + " retu\n");
  suggest({0, 314}, true);
  EXPECT_EQ(last.word_before_cursor, "retu");
  suggest({0, 308}, true);
  EXPECT_EQ(last.word_before_cursor, "") << "longer than any word";
}

TEST_F(CompletionServiceTest, LivesThroughWhatIsNotThere) {
  start();
  EXPECT_EQ(suggest(kCursor), "");
  service.change("file:///never/opened", 1, {{.text = "x"}});
  service.close("file:///never/opened");
  service.focus("");
  open(kUri, kText);
  EXPECT_NE(suggest({1000, 1000}, true), "") << "the end of the text";
  service.close(kUri);
  EXPECT_EQ(suggest(kCursor, true), "");
}

}  // namespace
}  // namespace fimd::lsp
