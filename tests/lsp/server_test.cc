// The server and its service together, as an editor sees them: messages in, messages out.
#include "lsp/server.h"

#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <utility>

#include "lsp/completion_service.h"
#include "lsp/server.h"
#include "tests/support/fake_generator.h"

namespace fimd::lsp {
namespace {

using Json = nlohmann::json;

constexpr const char* kUri = "file:///project/queue.py";
constexpr const char* kText = "class Queue:\n    def push(self, item):\n        \n";

const std::vector<std::string> kAnswer = {"self", ".items", ".append(item)"};

struct ServerTest : testing::Test {
  explicit ServerTest(const Json& capabilities = Json::object()) {
    send("initialize", {{"capabilities", capabilities}}, /*is_request=*/true);
    send("initialized", Json::object());
    EXPECT_TRUE(server.run_next()) << "the model is opened and measured";
    generator = std::make_shared<FakeGenerator>(kAnswer, 8000);
    send("textDocument/didOpen",
         {{"textDocument",
           {{"uri", kUri}, {"languageId", "python"}, {"version", 1}, {"text", kText}}}});
    answers.clear();
  }

  void send(const char* method, const Json& params, bool is_request = false) {
    Json message = {{"jsonrpc", "2.0"}, {"method", method}, {"params", params}};
    if (is_request) message["id"] = ++last_id;
    server.receive(message.dump());
  }

  void type(int line, int character, const std::string& text) {
    const Json at = {{"line", line}, {"character", character}};
    send("textDocument/didChange",
         {{"textDocument", {{"uri", kUri}, {"version", ++version}}},
          {"contentChanges", {{{"range", {{"start", at}, {"end", at}}}, {"text", text}}}}});
  }

  void ask(int line, int character) {
    send("textDocument/inlineCompletion",
         {{"textDocument", {{"uri", kUri}}},
          {"position", {{"line", line}, {"character", character}}},
          {"context", {{"triggerKind", 2}}}},
         /*is_request=*/true);
  }

  /// What the next answer would insert; "none" for no answer.
  std::string next_answer() {
    if (answers.empty()) return "none";
    const Json items = answers.front()["result"]["items"];
    answers.pop_front();
    return items.empty() ? "" : items[0]["insertText"].get<std::string>();
  }

  std::shared_ptr<FakeGenerator> generator = std::make_shared<FakeGenerator>(kAnswer, 8000);
  std::function<void()> when_engine_is_asked = [] {};
  std::deque<Json> answers;
  int64_t last_id = 0;
  int64_t version = 1;
  Server server{{.version = "0.0.0",
                 .log = [](LogLevel, std::string_view) {},
                 .make_service =
                     [this](Editor& editor) {
                       return std::make_unique<CompletionService>(
                           editor,
                           [this](const EngineChoice&, const LoadProgress&, const std::stop_token&)
                               -> Result<std::shared_ptr<TextGenerator>> {
                             std::exchange(when_engine_is_asked, [] {})();
                             return std::shared_ptr<TextGenerator>(generator);
                           });
                     }},
                [this](const std::string& body) {
                  Json message = Json::parse(body);
                  if (message.contains("id")) answers.push_back(std::move(message));
                }};
};

TEST_F(ServerTest, ThinksAheadWhenIdle) {
  ask(2, 8);
  EXPECT_FALSE(server.run_idle()) << "a request waits";
  EXPECT_TRUE(server.run_next());
  EXPECT_EQ(next_answer(), "self.items.append(item)");
  EXPECT_TRUE(server.run_idle());
  EXPECT_EQ(generator->requests().size(), 2U);
}

TEST_F(ServerTest, DropsIdleWorkWhenAKeyComes) {
  ask(2, 8);
  EXPECT_TRUE(server.run_next());
  type(2, 8, "s");
  EXPECT_FALSE(server.run_idle());
  ask(2, 9);
  EXPECT_FALSE(server.run_next()) << "typed along";
  EXPECT_TRUE(server.run_idle()) << "what comes after acceptance is wanted again";
}

TEST_F(ServerTest, DropsTheIdleWorkOfARequestThatAKeyOvertook) {
  when_engine_is_asked = [this] { type(2, 8, "x"); };
  ask(2, 8);
  EXPECT_TRUE(server.run_next());
  EXPECT_FALSE(server.run_idle());
}

TEST_F(ServerTest, AKeyStopsTheIdleWorkThatRuns) {
  ask(2, 8);
  EXPECT_TRUE(server.run_next());
  next_answer();
  when_engine_is_asked = [this] {
    type(2, 8, "x");
    ask(2, 9);
  };
  EXPECT_TRUE(server.run_idle());
  EXPECT_EQ(generator->requests().size(), 1U) << "idle work gave way before it used the engine";
  EXPECT_EQ(next_answer(), "none");
  EXPECT_TRUE(server.run_next());
  EXPECT_EQ(generator->requests().size(), 2U);
  EXPECT_NE(next_answer(), "none");
}

struct CodePointServerTest : ServerTest {
  CodePointServerTest()
      : ServerTest({{"general", {{"positionEncodings", {"utf-32", "utf-16"}}}}}) {}
};

TEST_F(CodePointServerTest, CountsAsTheClientsFirstEncodingDoes) {
  type(2, 8, "s = \"\xF0\x9F\x98\x80\"; self.items.app");
  ask(2, 31);
  EXPECT_TRUE(server.run_next());
  EXPECT_EQ(next_answer(), "end(item)");
}

}  // namespace
}  // namespace fimd::lsp
