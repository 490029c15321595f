#include "engine/turns.h"

#include <gtest/gtest.h>
#include <optional>
#include <thread>
#include <vector>

namespace fimd {
namespace {

TEST(Turns, AreGivenToTheFirstInLine) {
  Turns turns;
  std::optional<Turns::Place> holder(std::in_place, turns, Priority::kIdle);
  std::optional<Turns::Turn> turn = turns.take(*holder, {});
  std::vector<Priority> served;  // guarded by the turn
  std::vector<std::jthread> threads;
  size_t num_waiting = 0;
  for (const Priority priority : {Priority::kIdle, Priority::kAsked, Priority::kKey}) {
    threads.emplace_back([&turns, &served, priority] {
      const Turns::Place place(turns, priority);
      const auto mine = turns.take(place, {});
      served.push_back(priority);
    });
    while (turns.num_waiting() <= num_waiting) std::this_thread::yield();
    ++num_waiting;
  }
  holder.reset();
  turn.reset();
  threads.clear();
  EXPECT_EQ(served, (std::vector{Priority::kKey, Priority::kAsked, Priority::kIdle}));
}

// A generation that samples between two of its steps does not lose its place.
TEST(Turns, NobodySlipsInBetweenTwoStepsOfABetterPlace) {
  Turns turns;
  std::optional<Turns::Place> key(std::in_place, turns, Priority::kKey);
  std::vector<Turns::Turn> turn;
  turn.push_back(*turns.take(*key, {}));
  bool key_is_done = false;  // guarded by the turn
  std::jthread idle([&] {
    const Turns::Place place(turns, Priority::kIdle);
    const auto mine = turns.take(place, {});
    EXPECT_TRUE(key_is_done);
  });
  while (turns.num_waiting() < 1) std::this_thread::yield();
  for (int step = 0; step < 100; ++step) {
    turn.clear();
    std::this_thread::yield();
    turn.push_back(*turns.take(*key, {}));
  }
  key_is_done = true;
  turn.clear();
  key.reset();
}

TEST(Turns, WhoStepsAsideHoldsNobodyUp) {
  Turns turns;
  const Turns::Place key(turns, Priority::kKey);
  {
    const Turns::Aside aside(key);
    const Turns::Place idle(turns, Priority::kIdle);
    EXPECT_TRUE(turns.take(idle, {}));
  }
  EXPECT_TRUE(turns.take(key, {})) << "and is back in its place";
}

TEST(Turns, WhoIsCancelledLeavesTheLineAtOnce) {
  Turns turns;
  std::optional<Turns::Place> holder(std::in_place, turns, Priority::kKey);
  std::optional<Turns::Turn> turn = turns.take(*holder, {});
  std::stop_source stop;
  std::jthread waiter([&] {
    const Turns::Place place(turns, Priority::kKey);
    EXPECT_FALSE(turns.take(place, stop.get_token()));
  });
  while (turns.num_waiting() < 1) std::this_thread::yield();
  stop.request_stop();
  waiter.join();
  EXPECT_EQ(turns.num_waiting(), 0U) << "the turn is still held";
  holder.reset();
  turn.reset();
  const Turns::Place idle(turns, Priority::kIdle);
  EXPECT_FALSE(turns.take(idle, stop.get_token())) << "stopped before it came";
  EXPECT_TRUE(turns.take(idle, {}));
}

TEST(Turns, AreHeldByOneAtATime) {
  Turns turns;
  constexpr int kThreads = 4;
  constexpr int kTurns = 500;
  int64_t counter = 0;  // not atomic: the turn guards it
  {
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&turns, &counter, i] {
        const Turns::Place place(turns, i % 2 == 0 ? Priority::kKey : Priority::kIdle);
        for (int turn = 0; turn < kTurns; ++turn) {
          const auto mine = turns.take(place, {});
          ++counter;
        }
      });
    }
  }
  EXPECT_EQ(counter, kThreads * kTurns);
}

}  // namespace
}  // namespace fimd
