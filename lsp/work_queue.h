// The one owner of what a session computes: requests first, and idle work when there are none.
//
//   submit(a1) submit(b1) submit(a2)    a1 is given up; b1 runs, then a2, then a2's idle job
//   key                                 interrupt() stops the idle job, and nothing waits for it
//
// 1. One request runs at a time, in the order of coming, because the engine has one device. Only
//    the newest request of a document counts: it gives up the one before it, waiting or running.
//    That one is answered at once and asked to stop, so an editor that never cancels piles up no
//    work.
// 2. An idle job begins only when no request waits or runs. Whatever comes from the editor stops
//    it: a request that comes meanwhile waits until the job honours its stop token, and no longer.
// 3. A request's run() returns the idle job that may follow it. That job is dropped when something
//    came from the editor after the request, so idle work never sees an older state than requests.
// 4. An exception costs the request or the job that threw it.
// 5. No lock is held while anybody's function runs or is destroyed.
//
// Without start() nothing runs until run_next() or run_idle() is called, which is how tests see
// every interleaving they want.
//
// Thread: safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "lsp/log.h"

namespace fimd::lsp {

/// At most one request waits per document; nobody types in more of them at a time.
inline constexpr size_t kMaxWaitingRequests = 64;

/// Returns soon after a stop is requested.
using IdleJob = std::function<void(const std::stop_token& stop)>;

struct QueuedRequest {
  std::string document;
  /// Computes and answers. Must survive give_up() before, during or after it. Returns what may run
  /// when nothing else does, or null.
  std::function<IdleJob()> run;
  /// Answers without a result and asks run() to stop. At most once; also when run() throws.
  std::function<void()> give_up;
};

class WorkQueue {
 public:
  explicit WorkQueue(LogSink log) : log_(std::move(log)) {}

  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  /// Gives up what is left and waits for what runs.
  ~WorkQueue();

  /// Starts the worker. At most once.
  void start();

  /// Interrupts idle work, and gives up the request before it of the same document, and the oldest
  /// when too many wait. After drain() it gives up `request` itself.
  void submit(QueuedRequest request);

  /// Takes the place of the idle job that waits. After drain() it does nothing.
  void when_idle(IdleJob job);

  /// Something came from the editor: stops the idle job that runs, without waiting for it, and
  /// drops the one that waits and those of requests submitted before.
  void interrupt();

  /// Gives up what waits or runs for `document`.
  void cancel(std::string_view document);

  /// Gives up everything, and whatever comes later.
  void drain();

  /// Runs the request that waits longest; false when none does. Not while the worker runs.
  bool run_next();

  /// Runs the idle job; false when none waits, or a request does. Not while the worker runs.
  bool run_idle();

 private:
  struct Entry {
    QueuedRequest request;
    int64_t num_interrupts = 0;  ///< when it was submitted
  };

  struct Running {
    std::string document;
    std::function<void()> give_up;  ///< empty once called
    int64_t num_interrupts = 0;
  };

  /// What was taken out of the books with the lock held, to be acted upon without it.
  struct Removed {
    std::vector<QueuedRequest> requests;
    IdleJob job;
    std::optional<std::stop_source> stopped;
  };

  /// Both with the lock held.
  void remove(std::string_view document, Removed& removed);
  void leave_idle(Removed& removed);

  void give_up(const std::function<void()>& action) const;
  void finish(Removed removed) const;
  void work(const std::stop_token& stop);

  const LogSink log_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any arrived_;
  std::deque<Entry> waiting_;
  std::optional<Running> running_;
  IdleJob idle_job_;                          ///< the one that waits, or null
  std::optional<std::stop_source> idle_run_;  ///< of the one that runs
  int64_t num_interrupts_ = 0;
  bool drained_ = false;

  std::jthread worker_;  ///< last: it stops before what it uses goes
};

}  // namespace fimd::lsp
