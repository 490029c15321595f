#include "engine/turns.h"

#include <gtest/gtest.h>
#include <latch>
#include <thread>
#include <vector>

namespace fimd {
namespace {

TEST(Turns, GoInTheOrderOfPriorityAndOfLiningUp) {
  Turns turns;
  const Turns::Place idle = turns.line_up(Priority::kIdle);
  const Turns::Place asked = turns.line_up(Priority::kAsked);
  const Turns::Place first_key = turns.line_up(Priority::kKey);
  const Turns::Place second_key = turns.line_up(Priority::kKey);
  EXPECT_LT(first_key, second_key);
  EXPECT_LT(second_key, asked);
  EXPECT_LT(asked, idle);
}

TEST(Turns, AFreeDeviceIsTakenByWhoeverComes) {
  Turns turns;
  const Turns::Place idle = turns.line_up(Priority::kIdle);
  const Turns::Place key = turns.line_up(Priority::kKey);
  EXPECT_TRUE(turns.take(idle, {})) << "who does not want a turn now holds nobody up";
  EXPECT_TRUE(turns.take(key, {}));
}

// Whoever waits is served by place when the holder gives back, not by who came first.
TEST(Turns, AreGivenToTheBestPlaceThatWaits) {
  Turns turns;
  const Turns::Place holder = turns.line_up(Priority::kIdle);
  std::optional<Turns::Turn> turn = turns.take(holder, {});
  std::vector<Turns::Place> places;
  for (const Priority priority : {Priority::kIdle, Priority::kAsked, Priority::kKey}) {
    places.push_back(turns.line_up(priority));
  }
  std::vector<Priority> served;  // guarded by the turn
  std::vector<std::jthread> threads;
  threads.reserve(places.size());
  for (const Turns::Place& place : places) {
    threads.emplace_back([&, place] {
      const auto mine = turns.take(place, {});
      served.push_back(place.first);
    });
  }
  while (turns.num_waiting() < places.size()) std::this_thread::yield();
  turn.reset();
  threads.clear();
  EXPECT_EQ(served, (std::vector{Priority::kKey, Priority::kAsked, Priority::kIdle}));
}

TEST(Turns, WhoIsCancelledLeavesTheLineAtOnce) {
  Turns turns;
  std::optional<Turns::Turn> turn = turns.take(turns.line_up(Priority::kKey), {});
  std::stop_source stop;
  std::jthread waiter(
      [&] { EXPECT_FALSE(turns.take(turns.line_up(Priority::kKey), stop.get_token())); });
  while (turns.num_waiting() < 1) std::this_thread::yield();
  stop.request_stop();
  waiter.join();
  EXPECT_EQ(turns.num_waiting(), 0U) << "the turn is still held";
  EXPECT_FALSE(turns.take(turns.line_up(Priority::kKey), stop.get_token()));
  turn.reset();
  EXPECT_TRUE(turns.take(turns.line_up(Priority::kIdle), {}));
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
        const auto place = turns.line_up(i % 2 == 0 ? Priority::kKey : Priority::kIdle);
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
