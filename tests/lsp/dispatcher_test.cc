#include "lsp/dispatcher.h"

#include <gtest/gtest.h>
#include <optional>
#include <thread>

#include "lsp/protocol/window.h"

namespace fimd::lsp {
namespace {

constexpr RequestMethod<Nothing, Nothing> kAsk{"test/ask"};

/// A dispatcher in a running session, and what it sends.
struct Fixture {
  Fixture() { dispatcher.set_phase(Dispatcher::Phase::kRunning); }

  void receive(Json message) {
    message["jsonrpc"] = "2.0";
    dispatcher.receive(message.dump());
  }

  std::vector<std::string> sent;
  std::vector<std::string> logged;
  std::shared_ptr<Peer> peer = std::make_shared<Peer>(
      [this](std::string body) { sent.push_back(std::move(body)); },
      [this](LogLevel, std::string_view text) { logged.emplace_back(text); });
  Dispatcher dispatcher{peer};
};

std::string error_of(const std::string& body) {
  return Json::parse(body).at("error").at("message").get<std::string>();
}

TEST(Dispatcher, AnswersARequestWhoseReplyIsDropped) {
  Fixture fixture;
  fixture.dispatcher.on(kAsk, [](const Nothing&, const Reply<Nothing>&) {});
  fixture.receive({{"id", 1}, {"method", "test/ask"}});
  ASSERT_EQ(fixture.sent.size(), 1U);
  EXPECT_EQ(error_of(fixture.sent[0]), "the request was dropped");
}

TEST(Dispatcher, SendsTheFirstAnswerOnly) {
  Fixture fixture;
  fixture.dispatcher.on(kAsk, [](const Nothing&, const Reply<Nothing>& reply) {
    EXPECT_TRUE(reply({}));
    EXPECT_FALSE(reply({}));
    EXPECT_FALSE(reply.fail({}));
  });
  fixture.receive({{"id", 1}, {"method", "test/ask"}});
  EXPECT_EQ(fixture.sent.size(), 1U);
}

TEST(Dispatcher, AHandlerMayAnswerLaterFromAnotherThread) {
  Fixture fixture;
  std::optional<Reply<Nothing>> kept;
  fixture.dispatcher.on(kAsk,
                        [&](const Nothing&, const Reply<Nothing>& reply) { kept.emplace(reply); });
  fixture.receive({{"id", 1}, {"method", "test/ask"}});
  EXPECT_TRUE(fixture.sent.empty());
  std::thread([&] { (*kept)({}); }).join();
  EXPECT_EQ(fixture.sent.size(), 1U);
}

// The handler sees the stop; its late answer goes nowhere.
TEST(Dispatcher, ACancellationStopsAndAnswersAtOnce) {
  Fixture fixture;
  std::optional<Reply<Nothing>> kept;
  fixture.dispatcher.on(kAsk,
                        [&](const Nothing&, const Reply<Nothing>& reply) { kept.emplace(reply); });
  fixture.dispatcher.on(kCancelRequest,
                        [&](const CancelParams& params) { fixture.peer->cancel(params.id); });
  fixture.receive({{"id", 1}, {"method", "test/ask"}});
  EXPECT_FALSE(kept->stop_token().stop_requested());
  fixture.receive({{"method", "$/cancelRequest"}, {"params", {{"id", 1}}}});
  EXPECT_TRUE(kept->stop_token().stop_requested());
  EXPECT_FALSE((*kept)({}));
  ASSERT_EQ(fixture.sent.size(), 1U);
  EXPECT_EQ(Json::parse(fixture.sent[0])["error"]["code"], rpc_code::kRequestCancelled);
}

// Both race for the answer: one of them wins, whichever.
TEST(Dispatcher, ACancellationAndAnAnswerMakeOneAnswer) {
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> num_sent = 0;
    const auto peer = std::make_shared<Peer>([&](const std::string&) { ++num_sent; },
                                             [](LogLevel, std::string_view) {});
    const Reply<Nothing> reply(peer->open_reply(int64_t{1}));
    std::thread answering([&] { reply({}); });
    peer->cancel(int64_t{1});
    answering.join();
    EXPECT_EQ(num_sent, 1);
  }
}

TEST(Dispatcher, ASurpriseCostsOneRequest) {
  Fixture fixture;
  fixture.dispatcher.on(kAsk, [](const Nothing&, const Reply<Nothing>& reply) {
    static_cast<void>(std::vector<int>().at(7));
    reply({});
  });
  fixture.receive({{"id", 1}, {"method", "test/ask"}});
  fixture.receive({{"id", 2}, {"method", "test/ask"}});
  ASSERT_EQ(fixture.sent.size(), 2U);
  EXPECT_EQ(error_of(fixture.sent[1]), "test/ask failed");
  EXPECT_EQ(fixture.logged.size(), 2U);
}

TEST(Dispatcher, HandsAnswersToWhoAsked) {
  Fixture fixture;
  std::vector<std::string> got;
  const ResponseHandler<Nothing> handler = [&](const auto& answer) {
    got.push_back(answer ? "ok" : answer.error().message);
  };
  fixture.peer->request(kProgressCreate, {}, handler);
  fixture.peer->request(kProgressCreate, {}, handler);
  fixture.receive({{"id", 2}, {"error", {{"code", 1}, {"message", "no"}}}});
  fixture.receive({{"id", 1}, {"result", nullptr}});
  fixture.receive({{"id", 1}, {"result", nullptr}});
  EXPECT_EQ(got, (std::vector<std::string>{"no", "ok"}));
  EXPECT_EQ(fixture.logged, std::vector<std::string>{"a response to request 1, never asked"});
}

TEST(Dispatcher, AsksNoMoreOfAClientThatNeverAnswers) {
  Fixture fixture;
  int num_refused = 0;
  for (size_t count = 0; count < kMaxOpenRequests + 3; ++count) {
    fixture.peer->request(kProgressCreate, {}, ResponseHandler<Nothing>([&](const auto& answer) {
                            num_refused += answer ? 0 : 1;
                          }));
  }
  EXPECT_EQ(num_refused, 3);
  EXPECT_EQ(fixture.sent.size(), kMaxOpenRequests);
}

}  // namespace
}  // namespace fimd::lsp
