#include "lsp/work_queue.h"

#include <exception>
#include <gtest/gtest.h>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace fimd::lsp {
namespace {

/// What happened, in order. Thread: safe.
class Journal {
 public:
  void add(std::string entry) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
  }

  std::vector<std::string> entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> entries_;
};

constexpr auto kQuiet = [](LogLevel, std::string_view) {};

QueuedRequest request(const std::string& document, const std::string& name, Journal& journal) {
  return {.document = document,
          .run = [name, &journal]() -> IdleJob {
            journal.add("ran " + name);
            return nullptr;
          },
          .give_up = [name, &journal] { journal.add("gave up " + name); }};
}

using Entries = std::vector<std::string>;

TEST(WorkQueue, RunsInTheOrderOfComing) {
  Journal journal;
  WorkQueue queue{kQuiet};
  queue.submit(request("a", "1", journal));
  queue.submit(request("b", "2", journal));
  EXPECT_TRUE(queue.run_next());
  EXPECT_TRUE(queue.run_next());
  EXPECT_FALSE(queue.run_next());
  EXPECT_EQ(journal.entries(), (Entries{"ran 1", "ran 2"}));
}

TEST(WorkQueue, GivesUpTheOlderRequestOfADocument) {
  Journal journal;
  WorkQueue queue{kQuiet};
  queue.submit(request("a", "1", journal));
  queue.submit(request("b", "2", journal));
  queue.submit(request("a", "3", journal));
  while (queue.run_next()) {
  }
  EXPECT_EQ(journal.entries(), (Entries{"gave up 1", "ran 2", "ran 3"}));
}

TEST(WorkQueue, GivesUpTheOldestWhenTooManyWait) {
  Journal journal;
  WorkQueue queue{kQuiet};
  for (size_t number = 0; number <= kMaxWaitingRequests; ++number) {
    const std::string name = std::to_string(number);
    queue.submit(request(name, name, journal));
  }
  EXPECT_EQ(journal.entries(), Entries{"gave up 0"});
}

TEST(WorkQueue, CancelsADocument) {
  Journal journal;
  WorkQueue queue{kQuiet};
  queue.submit(request("a", "1", journal));
  queue.cancel("b");
  queue.cancel("a");
  queue.cancel("a");
  EXPECT_FALSE(queue.run_next());
  EXPECT_EQ(journal.entries(), Entries{"gave up 1"});
}

TEST(WorkQueue, AfterDrainingGivesUpWhatComes) {
  Journal journal;
  WorkQueue queue{kQuiet};
  queue.submit(request("a", "1", journal));
  queue.drain();
  queue.submit(request("b", "2", journal));
  EXPECT_FALSE(queue.run_next());
  EXPECT_EQ(journal.entries(), (Entries{"gave up 1", "gave up 2"}));
}

/// A request that runs until it is given up.
struct Stubborn {
  std::latch started{1};
  std::latch given_up{1};

  QueuedRequest request(Journal& journal) {
    return {.document = "a",
            .run = [this, &journal]() -> IdleJob {
              started.count_down();
              given_up.wait();
              journal.add("ran on");
              return nullptr;
            },
            .give_up =
                [this, &journal] {
                  journal.add("gave up");
                  given_up.count_down();
                }};
  }
};

TEST(WorkQueue, GivesUpTheRunningRequestOnce) {
  Journal journal;
  Stubborn stubborn;
  std::latch ran(1);
  WorkQueue queue{kQuiet};
  queue.start();
  queue.submit(stubborn.request(journal));
  stubborn.started.wait();
  queue.submit({.document = "a",
                .run = [&]() -> IdleJob {
                  journal.add("ran 2");
                  ran.count_down();
                  return nullptr;
                },
                .give_up = [&] { journal.add("gave up 2"); }});
  ran.wait();
  EXPECT_EQ(journal.entries(), (Entries{"gave up", "ran on", "ran 2"}));
}

TEST(WorkQueue, WaitsForTheRunningRequestAtItsEnd) {
  Journal journal;
  Stubborn stubborn;
  {
    WorkQueue queue{kQuiet};
    queue.start();
    queue.submit(stubborn.request(journal));
    stubborn.started.wait();
  }
  EXPECT_EQ(journal.entries(), (Entries{"gave up", "ran on"}));
}

IdleJob idle_job(const std::string& name, Journal& journal) {
  return [name, &journal](const std::stop_token&) { journal.add("prepared " + name); };
}

TEST(WorkQueue, RunsTheNewestIdleJobOnly) {
  Journal journal;
  WorkQueue queue{kQuiet};
  queue.when_idle(idle_job("1", journal));
  queue.when_idle(idle_job("2", journal));
  EXPECT_TRUE(queue.run_idle());
  EXPECT_FALSE(queue.run_idle());
  EXPECT_EQ(journal.entries(), Entries{"prepared 2"});
}

TEST(WorkQueue, LetsRequestsGoFirst) {
  Journal journal;
  WorkQueue queue{kQuiet};
  queue.submit(request("a", "1", journal));
  queue.when_idle(idle_job("x", journal));
  EXPECT_FALSE(queue.run_idle());
  EXPECT_TRUE(queue.run_next());
  EXPECT_TRUE(queue.run_idle());
  EXPECT_EQ(journal.entries(), (Entries{"ran 1", "prepared x"}));
}

TEST(WorkQueue, DropsIdleJobsOfBeforeAnInterrupt) {
  Journal journal;
  WorkQueue queue{kQuiet};
  queue.when_idle(idle_job("x", journal));
  queue.interrupt();
  EXPECT_FALSE(queue.run_idle());
  queue.when_idle(idle_job("y", journal));
  queue.submit(request("a", "1", journal));
  EXPECT_TRUE(queue.run_next());
  EXPECT_FALSE(queue.run_idle());
}

QueuedRequest request_with_idle_job(const std::string& document,
                                    Journal& journal,
                                    std::function<void()> meanwhile) {
  return {.document = document,
          .run =
              [document, &journal, meanwhile = std::move(meanwhile)] {
                meanwhile();
                return idle_job(document, journal);
              },
          .give_up = [document, &journal] { journal.add("gave up " + document); }};
}

TEST(WorkQueue, KeepsTheIdleJobOfTheNewestRequest) {
  Journal journal;
  WorkQueue queue{kQuiet};
  queue.submit(request("other", "1", journal));
  queue.submit(request_with_idle_job("a", journal, [] {}));
  EXPECT_TRUE(queue.run_next());
  EXPECT_TRUE(queue.run_next());
  EXPECT_TRUE(queue.run_idle());
  EXPECT_EQ(journal.entries(), (Entries{"ran 1", "prepared a"}));
}

TEST(WorkQueue, DropsTheIdleJobOfARequestThatAnEditFollowed) {
  Journal journal;
  WorkQueue queue{kQuiet};
  queue.submit(request_with_idle_job("a", journal, [&] { queue.interrupt(); }));
  EXPECT_TRUE(queue.run_next());
  EXPECT_FALSE(queue.run_idle());
  queue.submit(request_with_idle_job("b", journal, [&] { queue.drain(); }));
  EXPECT_TRUE(queue.run_next());
  EXPECT_FALSE(queue.run_idle());
  EXPECT_EQ(journal.entries(), Entries{"gave up b"});
}

TEST(WorkQueue, ARequestStopsTheIdleJobThatRuns) {
  Journal journal;
  std::latch running(1);
  std::latch ran(1);
  WorkQueue queue{kQuiet};
  queue.start();
  queue.when_idle([&](const std::stop_token& stop) {
    std::latch stopped(1);
    const std::stop_callback wake(stop, [&] { stopped.count_down(); });
    running.count_down();
    stopped.wait();
    journal.add("stopped");
  });
  running.wait();
  queue.submit({.document = "a",
                .run = [&]() -> IdleJob {
                  journal.add("ran");
                  ran.count_down();
                  return nullptr;
                },
                .give_up = [] {}});
  ran.wait();
  EXPECT_EQ(journal.entries(), (Entries{"stopped", "ran"}));
}

TEST(WorkQueue, StopsItsIdleJobWhenItGoes) {
  std::latch running(1);
  WorkQueue queue{kQuiet};
  queue.start();
  queue.when_idle([&](const std::stop_token& stop) {
    std::latch stopped(1);
    const std::stop_callback wake(stop, [&] { stopped.count_down(); });
    running.count_down();
    stopped.wait();
  });
  running.wait();
}

TEST(WorkQueue, AnExceptionCostsOnePieceOfWork) {
  Journal journal;
  WorkQueue queue{[&](LogLevel, std::string_view text) { journal.add(std::string(text)); }};
  const auto surprise = []() -> IdleJob {
    std::rethrow_exception(std::make_exception_ptr(std::runtime_error("surprise")));
  };
  queue.submit({.document = "a", .run = surprise, .give_up = [&] { journal.add("gave up 1"); }});
  queue.submit(request("b", "2", journal));
  EXPECT_TRUE(queue.run_next());
  EXPECT_TRUE(queue.run_next());
  queue.when_idle([&](const std::stop_token&) { surprise(); });
  EXPECT_TRUE(queue.run_idle());
  queue.submit({.document = "c", .run = {}, .give_up = [&] { surprise(); }});
  queue.submit(request("d", "3", journal));
  queue.drain();
  EXPECT_EQ(journal.entries(),
            (Entries{"work for a failed: surprise",
                     "gave up 1",
                     "ran 2",
                     "idle work failed: surprise",
                     "giving up a request failed: surprise",
                     "gave up 3"}));
}

}  // namespace
}  // namespace fimd::lsp
