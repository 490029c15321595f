// A persistent pool for parallel loops of microseconds.
//
// A decode step runs some forty loops of 5-100 us each, so starting one must cost about a
// microsecond, and a CPU that something else keeps busy must not hold the loop up:
//   1. Indices are claimed one at a time, in ascending order, by whoever comes. The caller works
//      too, and alone when no worker wakes up in time.
//   2. The caller waits for the indices that workers claimed, never for a worker that claimed none.
//      A preempted thread so holds back one index, not its share of the loop.
//   3. An idle worker spins for a while before it sleeps on a futex: the loops of a step follow
//      each other within microseconds.
// Which thread runs an index is not deterministic; what a kernel writes for an index must not
// depend on it.
//
// One atomic word, the ticket, holds the loop's number and the count of indices not yet claimed. A
// claim is a compare-and-swap of that word, so it succeeds only in the loop that it was meant for,
// and only then the worker reads the loop's description, which the caller cannot change before the
// claimed index is reported as finished.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <vector>

namespace fimd {

class ThreadPool {
 public:
  /// `num_threads` counts the caller of parallel_for: 1 starts no thread.
  /// Aborts if `num_threads` is not in [1, kMaxThreads].
  explicit ThreadPool(int num_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int num_threads() const { return num_threads_; }

  /// Calls body(index, thread) for every index in [0, count), on all threads, and returns when all
  /// calls have returned. `thread` is in [0, num_threads()); the caller is thread 0.
  /// Loops do not nest. Thread: one caller at a time.
  template <typename Body>
  void parallel_for(int64_t count, Body&& body) {
    if (count <= 1 || num_threads_ == 1) {
      for (int64_t index = 0; index < count; ++index) body(index, 0);
      return;
    }
    const auto call = [](void* context, int64_t index, int thread) {
      (*static_cast<std::remove_reference_t<Body>*>(context))(index, thread);
    };
    run(count, call, const_cast<void*>(static_cast<const void*>(&body)));
  }

  /// Far above any machine's useful count for one model; bounds what --threads may ask for.
  static constexpr int kMaxThreads = 256;

 private:
  using Call = void (*)(void* context, int64_t index, int thread);

  void run(int64_t count, Call call, void* context);
  int64_t run_claimed(int thread);
  void wait_for_ticket(uint64_t seen);
  void worker_loop(int thread);

  int num_threads_;
  // The loop's description: written by the caller between loops, read after a claim.
  Call call_ = nullptr;
  void* context_ = nullptr;
  int64_t count_ = 0;
  // On cache lines of their own, because all threads write to them.
  alignas(64) std::atomic<uint64_t> ticket_{0};    ///< loop number << 32 | unclaimed indices
  alignas(64) std::atomic<uint32_t> finished_{0};  ///< indices of this loop that workers finished
  alignas(64) std::atomic<uint32_t> wakeups_{0};   ///< what sleeping workers wait on
  std::atomic<uint32_t> sleepers_{0};
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> workers_;
};

/// The number of CPUs that this process may run on, at least 1 and at most kMaxThreads.
int usable_cpus();

}  // namespace fimd
