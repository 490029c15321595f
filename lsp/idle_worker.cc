#include "lsp/idle_worker.h"

#include <utility>

namespace fimd::lsp {

IdleWorker::~IdleWorker() {
  interrupt();
}

void IdleWorker::start() {
  thread_ = std::jthread([this](const std::stop_token& ending) { work(ending); });
}

void IdleWorker::post(IdleJob job) {
  const std::lock_guard lock(mutex_);
  pending_ = std::move(job);
  arrived_.notify_one();
}

void IdleWorker::interrupt() {
  std::stop_source running;
  {
    const std::lock_guard lock(mutex_);
    pending_ = nullptr;
    running = std::exchange(running_, {});
  }
  running.request_stop();  // without the lock: it calls what others registered
}

bool IdleWorker::run_pending() {
  IdleJob job;
  std::stop_token stop;
  {
    const std::lock_guard lock(mutex_);
    if (!pending_) return false;
    job = std::exchange(pending_, nullptr);
    stop = running_.get_token();
  }
  job(stop);
  return true;
}

void IdleWorker::work(const std::stop_token& ending) {
  while (!ending.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!arrived_.wait(lock, ending, [this] { return static_cast<bool>(pending_); })) return;
    }
    run_pending();
  }
}

}  // namespace fimd::lsp
