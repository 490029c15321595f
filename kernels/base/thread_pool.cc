#include "kernels/base/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <sched.h>

#include "kernels/base/check.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace fimd {
namespace {

constexpr int kUnclaimedBits = 32;
constexpr uint64_t kUnclaimedMask = (uint64_t{1} << kUnclaimedBits) - 1;

// Between two loops of one step a worker waits for microseconds (a norm, a router, a sampler),
// between two steps of an idle engine forever. Waking a sleeper costs the caller some 5 us, so this
// bridges the first and hardly burdens a machine that has other work.
constexpr std::chrono::microseconds kSpinTime{100};
constexpr int kSpinsPerLookAtTheClock = 32;

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Spins until `done()`, at most kSpinTime; returns what it saw last.
template <typename Done>
bool spin_until(Done&& done) {
  if (done()) return true;  // the usual case, before the clock's 20 ns
  const auto deadline = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int spin = 0; spin < kSpinsPerLookAtTheClock; ++spin) {
      if (done()) return true;
      relax();
    }
  } while (std::chrono::steady_clock::now() < deadline);
  return false;
}

}  // namespace

ThreadPool::ThreadPool(int num_threads) : num_threads_(num_threads) {
  FIMD_CHECK(num_threads >= 1 && num_threads <= kMaxThreads, num_threads);
  workers_.reserve(static_cast<size_t>(num_threads) - 1);
  for (int thread = 1; thread < num_threads; ++thread) {
    workers_.emplace_back([this, thread] { worker_loop(thread); });
  }
}

ThreadPool::~ThreadPool() {
  stopping_.store(true);
  wakeups_.fetch_add(1);
  wakeups_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(int64_t count, Call call, void* context) {
  FIMD_CHECK(count <= std::numeric_limits<int32_t>::max(), count);
  call_ = call;
  context_ = context;
  count_ = count;
  finished_.store(0, std::memory_order_relaxed);
  const uint64_t loop = (ticket_.load(std::memory_order_relaxed) >> kUnclaimedBits) + 1;
  // Sequentially consistent, as is a worker's way to sleep (worker_loop): either the worker sees
  // this ticket, or we see the sleeper.
  ticket_.store(loop << kUnclaimedBits | static_cast<uint64_t>(count));
  if (sleepers_.load() != 0) {
    wakeups_.fetch_add(1);
    wakeups_.notify_all();
  }
  const int64_t by_workers = count - run_claimed(0);
  const auto all_finished = [&] {
    return finished_.load(std::memory_order_acquire) == static_cast<uint32_t>(by_workers);
  };
  while (!spin_until(all_finished)) {
    const uint32_t finished = finished_.load(std::memory_order_acquire);
    if (finished != static_cast<uint32_t>(by_workers)) {
      finished_.wait(finished, std::memory_order_acquire);
    }
  }
}

/// Claims and runs indices of the current loop until none is left; returns how many.
int64_t ThreadPool::run_claimed(int thread) {
  int64_t num_run = 0;
  uint64_t ticket = ticket_.load(std::memory_order_acquire);
  while ((ticket & kUnclaimedMask) != 0) {
    if (!ticket_.compare_exchange_weak(
            ticket, ticket - 1, std::memory_order_acq_rel, std::memory_order_acquire)) {
      continue;
    }
    call_(context_, count_ - static_cast<int64_t>(ticket & kUnclaimedMask), thread);
    ++num_run;
    if (thread != 0) {
      finished_.fetch_add(1, std::memory_order_acq_rel);
      finished_.notify_one();
    }
    ticket = ticket_.load(std::memory_order_acquire);
  }
  return num_run;
}

/// Returns when the ticket is no longer `seen` or the pool stops.
void ThreadPool::wait_for_ticket(uint64_t seen) {
  const auto changed = [&] {
    return ticket_.load(std::memory_order_acquire) != seen ||
           stopping_.load(std::memory_order_relaxed);
  };
  if (spin_until(changed)) return;
  sleepers_.fetch_add(1);
  for (;;) {
    const uint32_t wakeups = wakeups_.load();
    if (ticket_.load() != seen || stopping_.load()) break;
    wakeups_.wait(wakeups);
  }
  sleepers_.fetch_sub(1);
}

void ThreadPool::worker_loop(int thread) {
  while (!stopping_.load(std::memory_order_relaxed)) {
    const uint64_t ticket = ticket_.load(std::memory_order_acquire);
    if ((ticket & kUnclaimedMask) == 0) {
      wait_for_ticket(ticket);
    } else {
      run_claimed(thread);
    }
  }
}

int usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  int count = 0;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) count = CPU_COUNT(&set);
  if (count == 0) count = static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(count, 1, ThreadPool::kMaxThreads);
}

}  // namespace fimd
