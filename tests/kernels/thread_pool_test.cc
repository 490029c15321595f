#include "kernels/base/thread_pool.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

/// Every index once, on threads that exist.
void check_loop(ThreadPool& pool, int64_t count) {
  std::vector<std::atomic<int>> calls(static_cast<size_t>(count));
  std::atomic<bool> threads_exist{true};
  pool.parallel_for(count, [&](int64_t index, int thread) {
    calls[static_cast<size_t>(index)].fetch_add(1);
    if (thread < 0 || thread >= pool.num_threads()) threads_exist = false;
  });
  for (int64_t i = 0; i < count; ++i) EXPECT_EQ(calls[static_cast<size_t>(i)].load(), 1) << i;
  EXPECT_TRUE(threads_exist);
}

TEST(ThreadPool, RunsEveryIndexOnce) {
  for (const int num_threads : {1, 2, 3, 8}) {
    ThreadPool pool(num_threads);
    for (const int64_t count : {0, 1, 2, 3, 7, 1000}) check_loop(pool, count);
  }
}

// What a loop wrote must be seen by the next one, whoever runs it.
TEST(ThreadPool, OrdersLoopsOneAfterAnother) {
  ThreadPool pool(4);
  std::vector<int64_t> values(37, 0);
  constexpr int64_t kLoops = 2000;
  for (int64_t loop = 0; loop < kLoops; ++loop) {
    pool.parallel_for(std::ssize(values), [&](int64_t index, int) { ++values[index]; });
  }
  for (const int64_t value : values) EXPECT_EQ(value, kLoops);
}

// Index 1 returns only when index 0 runs, and index 0 waits for index 1: two threads are at work.
TEST(ThreadPool, RunsIndicesAtTheSameTime) {
  ThreadPool pool(2);
  std::atomic<int> arrived{0};
  pool.parallel_for(2, [&](int64_t, int) {
    arrived.fetch_add(1);
    arrived.notify_all();
    for (int seen = arrived; seen < 2; seen = arrived) arrived.wait(seen);
  });
  EXPECT_EQ(arrived, 2);
}

TEST(ThreadPool, StartsAndStopsWithoutWork) {
  for (int i = 0; i < 50; ++i) const ThreadPool pool(3);
}

TEST(ThreadPoolDeathTest, RefusesImpossibleThreadCounts) {
  EXPECT_DEATH(ThreadPool(0), "num_threads");
  EXPECT_DEATH(ThreadPool(ThreadPool::kMaxThreads + 1), "num_threads");
}

TEST(UsableCpus, AreAtLeastOne) {
  EXPECT_GE(usable_cpus(), 1);
}

}  // namespace
}  // namespace fimd
