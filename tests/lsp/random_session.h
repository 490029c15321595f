// Random interleavings of keys, idle work, cancellation, closing and the end of a session over the
// real WorkQueue, with an engine that works in steps: between two of them anything may come.
//
// Without a thread, what comes between two steps is done in the step itself, so a seed repeats its
// interleaving exactly. With the worker's thread, the operating system interleaves.
#pragma once

#include <atomic>
#include <deque>
#include <exception>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

#include "lsp/work_queue.h"

namespace fimd::lsp {
/// A client, its session's queue, and the engine behind it.
class RandomSession {
 public:
  explicit RandomSession(uint32_t seed) : random_(seed) {}

  /// Runs one interleaving of about `num_events` events in this thread.
  void play(int num_events) {
    events_left_ = num_events;
    while (events_left_ > 0) {
      event();
      while (chance(2) && queue_->run_next()) {
      }
      if (chance(2)) run_idle();
    }
    while (queue_->run_next()) {
    }
    run_idle();
    check_end();
  }

  /// The same, while the worker's thread runs what is submitted.
  void play_beside_worker(int num_events) {
    is_threaded_ = true;
    queue_->start();
    for (int i = 0; i < num_events; ++i) event();
  }

  void check_end() {
    queue_->drain();
    check_answers();
    EXPECT_FALSE(queue_->run_next());
    EXPECT_FALSE(queue_->run_idle());
  }

  void check_answers() const {
    for (const Asked& asked : asked_) {
      EXPECT_EQ(asked.num_answers, 1);
      EXPECT_LE(asked.num_begun, 1);
      EXPECT_LE(asked.num_given_up, 1);
    }
  }

  [[nodiscard]] int num_requests() const { return static_cast<int>(asked_.size()); }

  [[nodiscard]] int num_idle_jobs() const { return num_idle_jobs_; }

  /// Joins the worker, so that what it did can be counted.
  void end() { queue_.reset(); }

 private:
  static constexpr int kNumDocuments = 4;
  static constexpr int kMaxSteps = 6;

  /// One request as its client sees it.
  struct Asked {
    std::atomic<int> num_begun = 0;
    std::atomic<int> num_given_up = 0;
    std::atomic<int> num_answers = 0;
    std::stop_source stop;
  };

  /// As a library would.
  static void fail(const char* what) {
    std::rethrow_exception(std::make_exception_ptr(std::runtime_error(what)));
  }

  bool chance(uint32_t out_of) { return random_() % out_of == 0; }

  std::string document() {
    return std::string(1, static_cast<char>('a' + random_() % kNumDocuments));
  }

  /// Something that the editor sends.
  void event() {
    --events_left_;
    switch (random_() % 16) {
      case 0: queue_->cancel(document()); break;              // didClose
      case 1: interrupt(); break;                             // didChange
      case 2: queue_->when_idle(idle_job(random_())); break;  // a typed-along answer
      case 3: cancel_by_id(); break;                          // $/cancelRequest
      case 4:
        if (chance(40)) queue_->drain();
        break;  // shutdown
      default: submit(); break;
    }
  }

  void interrupt() {
    queue_->interrupt();
    ++num_interrupts_;
  }

  void cancel_by_id() {
    if (asked_.empty()) return;
    Asked& asked = asked_[random_() % asked_.size()];
    answer(asked);
    asked.stop.request_stop();
  }

  /// The first answer counts, as in Reply.
  void answer(Asked& asked) {
    int none = 0;
    asked.num_answers.compare_exchange_strong(none, 1);
  }

  void submit() {
    Asked& asked = asked_.emplace_back();
    const uint32_t seed = random_();
    queue_->submit({.document = document(),
                    .run = [this, &asked, seed]() -> IdleJob {
                      --num_waiting_;
                      ++asked.num_begun;
                      work(seed, asked.stop.get_token());
                      if (seed % 8 == 0) fail("a request's");
                      answer(asked);
                      if (seed % 3 == 0) return nullptr;
                      return idle_job(seed);
                    },
                    .give_up =
                        [this, &asked, seed] {
                          ++asked.num_given_up;
                          if (asked.num_begun == 0) --num_waiting_;
                          answer(asked);
                          asked.stop.request_stop();
                          if (seed % 16 == 1) fail("giving up");
                        }});
    ++num_waiting_;
    ++num_interrupts_;
  }

  IdleJob idle_job(uint32_t seed) {
    return [this, seed](const std::stop_token& stop) {
      ++num_idle_jobs_;
      const int before = num_interrupts_;
      EXPECT_TRUE(is_threaded_ || num_waiting_ == 0) << "begun while a request waits";
      EXPECT_EQ(num_running_.fetch_add(1), 0) << "two at a time";
      for (uint32_t step = 0; step < seed % kMaxSteps; ++step) {
        if (!is_threaded_) between_steps();
        // The first may have been on its way when the job began.
        const bool interrupted = num_interrupts_ - before > (is_threaded_ ? 1 : 0);
        EXPECT_TRUE(!interrupted || stop.stop_requested()) << "a request waits for idle work";
        if (stop.stop_requested()) break;
      }
      --num_running_;
      if (seed % 4 == 0) fail("an idle job's");
    };
  }

  /// A request's steps.
  void work(uint32_t seed, const std::stop_token& stop) {
    EXPECT_EQ(num_running_.fetch_add(1), 0) << "two at a time";
    for (uint32_t step = 0; step < seed % kMaxSteps && !stop.stop_requested(); ++step) {
      if (!is_threaded_) between_steps();
    }
    --num_running_;
  }

  void between_steps() {
    while (events_left_ > 0 && chance(2)) event();
  }

  void run_idle() {
    const bool waits = num_waiting_ > 0;
    EXPECT_FALSE(queue_->run_idle() && waits);
  }

  std::mt19937 random_;
  int events_left_ = 0;
  bool is_threaded_ = false;
  std::deque<Asked> asked_;
  std::atomic<int> num_running_ = 0;
  std::atomic<int> num_idle_jobs_ = 0;
  std::atomic<int> num_interrupts_ = 0;  ///< that are done, submitting included
  std::atomic<int> num_waiting_ = 0;     ///< requests; exact without a thread

  std::unique_ptr<WorkQueue> queue_ =
      std::make_unique<WorkQueue>([](LogLevel, std::string_view) {});  ///< last: see end()
};

}  // namespace fimd::lsp
