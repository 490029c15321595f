#include "lsp/progress.h"

#include <gtest/gtest.h>
#include <latch>
#include <nlohmann/json.hpp>
#include <thread>

namespace fimd::lsp {
namespace {

/// The kind of one progress message and what it says, such as "report half".
std::string show(const std::string& body) {
  const nlohmann::json value = nlohmann::json::parse(body)["params"]["value"];
  const std::string kind = value["kind"];
  return value.contains("message") ? kind + " " + value["message"].get<std::string>() : kind;
}

struct ProgressTest : testing::Test {
  std::vector<std::string> sent;
  std::function<void(const std::string&)> when_sent = [](const std::string&) {};
  ProgressBoard board{std::make_shared<Peer>(
      [this](const std::string& body) {
        sent.push_back(show(body));
        when_sent(sent.back());
      },
      [](LogLevel, std::string_view) {})};
};

TEST_F(ProgressTest, KeepsTheOrder) {
  auto display = board.begin_on({"token"}, "working");
  display->report("half", 50);
  display->report("nearly", 90);
  display = nullptr;
  EXPECT_EQ(sent, (std::vector<std::string>{"begin", "report half", "report nearly", "end"}));
}

// A sink may do anything: if a lock were held this would never end.
TEST_F(ProgressTest, HoldsNoLockOverTheSink) {
  auto display = board.begin_on({"token"}, "working");
  when_sent = [&](const std::string& what) {
    if (what != "report one") return;
    display->report("two", {});
    display->report("three", {});
  };
  display->report("one", {});
  display = nullptr;
  EXPECT_EQ(sent, (std::vector<std::string>{"begin", "report one", "report three", "end"}))
      << "in order, and of what waits only the newest";
}

TEST_F(ProgressTest, OneThreadSendsForAll) {
  auto display = board.begin_on({"token"}, "working");
  std::latch sending(1);
  std::latch may_go_on(1);
  when_sent = [&](const std::string& what) {
    if (what != "report one") return;
    sending.count_down();
    may_go_on.wait();
  };
  std::jthread sender([&] { display->report("one", {}); });
  sending.wait();
  display->report("two", {});  // does not wait for the sink
  may_go_on.count_down();
  sender.join();
  EXPECT_EQ(sent, (std::vector<std::string>{"begin", "report one", "report two"}));
}

TEST_F(ProgressTest, GoesOnAfterASinkThatFails) {
  auto display = board.begin_on({"token"}, "working");
  when_sent = [&](const std::string& what) {
    if (what == "report one") std::vector<int>().at(0) = 1;  // as a library would
  };
  display->report("one", {});
  display->report("two", {});
  EXPECT_EQ(sent, (std::vector<std::string>{"begin", "report one", "report two"}));
}

}  // namespace
}  // namespace fimd::lsp
