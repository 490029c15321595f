#include "lsp/shared_generator.h"

#include <atomic>
#include <gtest/gtest.h>
#include <latch>
#include <thread>

#include "tests/support/fake_generator.h"

namespace fimd::lsp {
namespace {

using Opened = Result<std::shared_ptr<TextGenerator>>;

Opened fake() {
  return std::make_shared<FakeGenerator>(std::vector<std::string>{"x"});
}

TEST(SharedGenerator, OpensOncePerChoice) {
  std::vector<std::string> opened;
  SharedGenerator shared([&](const EngineChoice& choice, const LoadProgress&) {
    opened.push_back(choice.model);
    return fake();
  });
  const auto first = shared.get({.model = "a"}, nullptr, {}).value();
  EXPECT_EQ(shared.get({.model = "a"}, nullptr, {}).value(), first);
  const auto second = shared.get({.model = "b"}, nullptr, {}).value();
  EXPECT_NE(second, first);
  EXPECT_EQ(shared.get({.model = "b"}, nullptr, {}).value(), second);
  EXPECT_EQ(opened, (std::vector<std::string>{"a", "b"}));
}

TEST(SharedGenerator, TriesAgainAfterAnErrorAndKeepsTheOldOne) {
  SharedGenerator shared([&](const EngineChoice& choice, const LoadProgress&) -> Opened {
    if (choice.model == "bad") return fail(ErrorCode::kNotFound, "no model");
    if (choice.model == "worse") return std::vector<Opened>().at(0);  // as a library would
    return fake();
  });
  const auto good = shared.get({.model = "good"}, nullptr, {}).value();
  EXPECT_EQ(shared.get({.model = "bad"}, nullptr, {}).error().message, "no model");
  EXPECT_EQ(shared.get({.model = "bad"}, nullptr, {}).error().message, "no model");
  EXPECT_EQ(shared.get({.model = "worse"}, nullptr, {}).error().code, ErrorCode::kInternal);
  EXPECT_EQ(shared.get({.model = "good"}, nullptr, {}).value(), good);
}

/// One thread opens until it is let; others ask meanwhile.
struct SlowOpening {
  std::latch begun{1};
  std::latch may_end{1};
  std::atomic<int> num_opened = 0;
  bool succeeds = true;
  SharedGenerator shared{[this](const EngineChoice& choice, const LoadProgress&) -> Opened {
    ++num_opened;
    if (choice.model != "slow") return fake();
    begun.count_down();
    may_end.wait();
    if (!succeeds) return fail(ErrorCode::kIo, "the disk is gone");
    return fake();
  }};
};

TEST(SharedGenerator, CancelsWhoWaitsForAnothersOpening) {
  SlowOpening slow;
  std::jthread opener(
      [&] { EXPECT_TRUE(slow.shared.get({.model = "slow"}, nullptr, {}).has_value()); });
  slow.begun.wait();
  for (const char* model : {"slow", "other"}) {
    std::stop_source stop;
    std::jthread canceller([&] { stop.request_stop(); });
    const Opened cancelled = slow.shared.get({.model = model}, nullptr, stop.get_token());
    ASSERT_FALSE(cancelled.has_value());
    EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
  }
  slow.may_end.count_down();
  opener.join();
  EXPECT_TRUE(slow.shared.get({.model = "slow"}, nullptr, {}).has_value());
  EXPECT_EQ(slow.num_opened, 1);
}

TEST(SharedGenerator, GivesWhoWaitsWhatComesOfIt) {
  SlowOpening slow;
  std::jthread opener(
      [&] { EXPECT_TRUE(slow.shared.get({.model = "slow"}, nullptr, {}).has_value()); });
  slow.begun.wait();
  std::jthread same(
      [&] { EXPECT_TRUE(slow.shared.get({.model = "slow"}, nullptr, {}).has_value()); });
  slow.may_end.count_down();
  same.join();
  EXPECT_EQ(slow.num_opened, 1) << "waiting or later, nobody opens it again";
}

TEST(SharedGenerator, OpensAnotherChoiceOnceTheFirstIsDone) {
  SlowOpening slow;
  slow.succeeds = false;
  std::jthread opener([&] {
    const Opened failed = slow.shared.get({.model = "slow"}, nullptr, {});
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().message, "the disk is gone");
  });
  slow.begun.wait();
  std::jthread other(
      [&] { EXPECT_TRUE(slow.shared.get({.model = "other"}, nullptr, {}).has_value()); });
  slow.may_end.count_down();
}

}  // namespace
}  // namespace fimd::lsp
