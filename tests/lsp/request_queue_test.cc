#include "lsp/request_queue.h"

#include <gtest/gtest.h>
#include <latch>
#include <mutex>
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

QueuedRequest request(const std::string& document, const std::string& name, Journal& journal) {
  return {.document = document,
          .run = [name, &journal] { journal.add("ran " + name); },
          .give_up = [name, &journal] { journal.add("gave up " + name); }};
}

using Entries = std::vector<std::string>;

TEST(RequestQueue, RunsInTheOrderOfComing) {
  Journal journal;
  RequestQueue queue;
  queue.submit(request("a", "1", journal));
  queue.submit(request("b", "2", journal));
  EXPECT_TRUE(queue.run_next());
  EXPECT_TRUE(queue.run_next());
  EXPECT_FALSE(queue.run_next());
  EXPECT_EQ(journal.entries(), (Entries{"ran 1", "ran 2"}));
}

TEST(RequestQueue, GivesUpTheOlderRequestOfADocument) {
  Journal journal;
  RequestQueue queue;
  queue.submit(request("a", "1", journal));
  queue.submit(request("b", "2", journal));
  queue.submit(request("a", "3", journal));
  while (queue.run_next()) {
  }
  EXPECT_EQ(journal.entries(), (Entries{"gave up 1", "ran 2", "ran 3"}));
}

TEST(RequestQueue, GivesUpTheOldestWhenTooManyWait) {
  Journal journal;
  RequestQueue queue;
  for (size_t number = 0; number <= kMaxWaitingRequests; ++number) {
    const std::string name = std::to_string(number);
    queue.submit(request(name, name, journal));
  }
  EXPECT_EQ(journal.entries(), Entries{"gave up 0"});
}

TEST(RequestQueue, CancelsADocument) {
  Journal journal;
  RequestQueue queue;
  queue.submit(request("a", "1", journal));
  queue.cancel("b");
  queue.cancel("a");
  queue.cancel("a");
  EXPECT_FALSE(queue.run_next());
  EXPECT_EQ(journal.entries(), Entries{"gave up 1"});
}

TEST(RequestQueue, AfterDrainingGivesUpWhatComes) {
  Journal journal;
  RequestQueue queue;
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
            .run =
                [this, &journal] {
                  started.count_down();
                  given_up.wait();
                  journal.add("ran on");
                },
            .give_up =
                [this, &journal] {
                  journal.add("gave up");
                  given_up.count_down();
                }};
  }
};

TEST(RequestQueue, GivesUpTheRunningRequestOnce) {
  Journal journal;
  Stubborn stubborn;
  std::latch ran(1);
  RequestQueue queue;
  queue.start();
  queue.submit(stubborn.request(journal));
  stubborn.started.wait();
  queue.submit({.document = "a",
                .run =
                    [&] {
                      journal.add("ran 2");
                      ran.count_down();
                    },
                .give_up = [&] { journal.add("gave up 2"); }});
  ran.wait();
  EXPECT_EQ(journal.entries(), (Entries{"gave up", "ran on", "ran 2"}));
}

TEST(RequestQueue, WaitsForTheRunningRequestAtItsEnd) {
  Journal journal;
  Stubborn stubborn;
  {
    RequestQueue queue;
    queue.start();
    queue.submit(stubborn.request(journal));
    stubborn.started.wait();
  }
  EXPECT_EQ(journal.entries(), (Entries{"gave up", "ran on"}));
}

}  // namespace
}  // namespace fimd::lsp
