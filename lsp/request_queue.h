// Suggestions are computed one at a time, and only the newest request of a document counts.
//
// A request that comes for a document gives up the one before it, waiting or running: that one is
// answered at once, and asked to stop, so an editor that never cancels does not pile up work. Who
// waits is served in the order of coming.
//
// There is one worker because the engine has one device. Without start() nothing runs until
// run_next() is called, which is how tests see every interleaving they want.
//
// Thread: safe. No lock is held while a request's functions run.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace fimd::lsp {

/// At most one request waits per document; nobody types in more of them at a time.
inline constexpr size_t kMaxWaitingRequests = 64;

struct QueuedRequest {
  std::string document;
  /// Computes and answers. Must survive give_up() before, during or after it.
  std::function<void()> run;
  /// Answers without a result and asks run() to stop. At most once.
  std::function<void()> give_up;
};

class RequestQueue {
 public:
  RequestQueue() = default;
  RequestQueue(const RequestQueue&) = delete;
  RequestQueue& operator=(const RequestQueue&) = delete;

  /// Gives up what is left and waits for the request that runs.
  ~RequestQueue();

  /// Starts the worker. At most once.
  void start();

  /// Gives up the request before it of the same document, and the oldest when too many wait.
  /// After drain() it gives up `request` itself.
  void submit(QueuedRequest request);

  /// Gives up what waits or runs for `document`.
  void cancel(std::string_view document);

  /// Gives up everything, and whatever comes later.
  void drain();

  /// Runs the request that waits longest; false when none does. Not while the worker runs.
  bool run_next();

 private:
  using Actions = std::vector<std::function<void()>>;

  struct Running {
    std::string document;
    std::function<void()> give_up;  ///< empty once called
  };

  /// Takes the request of `document` that waits or runs out of the books. With the lock held.
  void remove(std::string_view document, Actions& given_up);

  /// Takes the oldest out of the queue. With the lock held, when one waits.
  std::function<void()> begin_next();
  void work(const std::stop_token& stop);

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any arrived_;
  std::deque<QueuedRequest> waiting_;
  Running running_;
  bool drained_ = false;

  std::jthread worker_;  ///< last: it stops before what it uses goes
};

}  // namespace fimd::lsp
