#include "lsp/idle_worker.h"

#include <gtest/gtest.h>
#include <semaphore>

namespace fimd::lsp {
namespace {

TEST(IdleWorker, RunsTheNewestJobOnly) {
  IdleWorker worker;
  int ran = 0;
  worker.post([&](const std::stop_token&) { ran = 1; });
  worker.post([&](const std::stop_token&) { ran = 2; });
  EXPECT_TRUE(worker.run_pending());
  EXPECT_EQ(ran, 2);
  EXPECT_FALSE(worker.run_pending());
}

TEST(IdleWorker, ForgetsAJobThatWaits) {
  IdleWorker worker;
  worker.post([](const std::stop_token&) { ADD_FAILURE() << "ran"; });
  worker.interrupt();
  EXPECT_FALSE(worker.run_pending());
}

TEST(IdleWorker, StopsAJobThatRunsAndTakesTheNext) {
  IdleWorker worker;
  worker.start();
  std::binary_semaphore running(0);
  std::binary_semaphore stopped(0);
  worker.post([&](const std::stop_token& stop) {
    const std::stop_callback wake(stop, [&] { stopped.release(); });
    running.release();
    stopped.acquire();
    EXPECT_TRUE(stop.stop_requested());
  });
  running.acquire();
  worker.interrupt();
  std::binary_semaphore next(0);
  worker.post([&](const std::stop_token& stop) {
    EXPECT_FALSE(stop.stop_requested());
    next.release();
  });
  next.acquire();
}

TEST(IdleWorker, StopsItsJobWhenItGoes) {
  std::binary_semaphore running(0);
  IdleWorker worker;
  worker.start();
  worker.post([&](const std::stop_token& stop) {
    std::binary_semaphore stopped(0);
    const std::stop_callback wake(stop, [&] { stopped.release(); });
    running.release();
    stopped.acquire();
  });
  running.acquire();
}

}  // namespace
}  // namespace fimd::lsp
