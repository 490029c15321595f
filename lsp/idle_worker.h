// Work for when nothing else is to be done: the newest job runs, and gives way at once.
//
// Thread: safe. Without start() nothing runs until run_pending() is called, which is how tests see
// what they want.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace fimd::lsp {

using IdleJob = std::function<void(const std::stop_token& stop)>;

class IdleWorker {
 public:
  IdleWorker() = default;
  IdleWorker(const IdleWorker&) = delete;
  IdleWorker& operator=(const IdleWorker&) = delete;
  ~IdleWorker();

  /// At most once.
  void start();

  /// Takes the place of the job that waits.
  void post(IdleJob job);

  /// Forgets the job that waits and stops the one that runs, without waiting for it.
  void interrupt();

  /// Runs the job that waits; false when none does. Not after start().
  bool run_pending();

 private:
  void work(const std::stop_token& ending);

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any arrived_;
  IdleJob pending_;
  std::stop_source running_;

  std::jthread thread_;  ///< last: it stops before what it uses goes
};

}  // namespace fimd::lsp
