#include "lsp/work_queue.h"

#include <algorithm>
#include <utility>

#include "lsp/guard.h"

namespace fimd::lsp {

WorkQueue::~WorkQueue() {
  drain();
}

void WorkQueue::start() {
  worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void WorkQueue::submit(QueuedRequest request) {
  Removed removed;
  {
    const std::lock_guard lock(mutex_);
    leave_idle(removed);
    if (drained_) {
      removed.requests.push_back(std::move(request));
    } else {
      remove(request.document, removed);
      if (waiting_.size() == kMaxWaitingRequests) {
        removed.requests.push_back(std::move(waiting_.front().request));
        waiting_.pop_front();
      }
      waiting_.push_back({.request = std::move(request), .num_interrupts = num_interrupts_});
    }
  }
  arrived_.notify_one();
  finish(std::move(removed));
}

void WorkQueue::when_idle(IdleJob job) {
  {
    const std::lock_guard lock(mutex_);
    if (drained_) return;
    std::swap(idle_job_, job);
  }
  arrived_.notify_one();
}

void WorkQueue::interrupt() {
  Removed removed;
  {
    const std::lock_guard lock(mutex_);
    leave_idle(removed);
  }
  finish(std::move(removed));
}

void WorkQueue::cancel(std::string_view document) {
  Removed removed;
  {
    const std::lock_guard lock(mutex_);
    remove(document, removed);
  }
  finish(std::move(removed));
}

void WorkQueue::drain() {
  Removed removed;
  {
    const std::lock_guard lock(mutex_);
    drained_ = true;
    leave_idle(removed);
    if (running_) {
      removed.requests.push_back({.give_up = std::exchange(running_->give_up, nullptr)});
    }
    for (Entry& entry : waiting_) removed.requests.push_back(std::move(entry.request));
    waiting_.clear();
  }
  finish(std::move(removed));
}

void WorkQueue::remove(std::string_view document, Removed& removed) {
  if (running_ && running_->document == document) {
    removed.requests.push_back({.give_up = std::exchange(running_->give_up, nullptr)});
  }
  const auto same = std::ranges::find(
      waiting_, document, [](const Entry& entry) -> auto& { return entry.request.document; });
  if (same == waiting_.end()) return;
  removed.requests.push_back(std::move(same->request));
  waiting_.erase(same);
}

void WorkQueue::leave_idle(Removed& removed) {
  ++num_interrupts_;
  removed.job = std::exchange(idle_job_, nullptr);
  removed.stopped = idle_run_;
}

void WorkQueue::give_up(const std::function<void()>& action) const {
  if (action) run_guarded(log_, "giving up a request", action);
}

void WorkQueue::finish(Removed removed) const {
  if (removed.stopped) removed.stopped->request_stop();
  for (const QueuedRequest& request : removed.requests) give_up(request.give_up);
}

bool WorkQueue::run_next() {
  QueuedRequest request;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return false;
    Entry entry = std::move(waiting_.front());
    waiting_.pop_front();
    running_ = {.document = entry.request.document,
                .give_up = std::move(entry.request.give_up),
                .num_interrupts = entry.num_interrupts};
    request = std::move(entry.request);
  }
  IdleJob job;
  const bool done = run_guarded(log_, "work for " + request.document, [&] { job = request.run(); });
  {
    const std::lock_guard lock(mutex_);
    request.give_up = std::move(running_->give_up);
    const bool newest = running_->num_interrupts == num_interrupts_ && !drained_;
    if (job && newest) std::swap(idle_job_, job);
    running_.reset();
  }
  if (!done) give_up(request.give_up);
  return true;
}

bool WorkQueue::run_idle() {
  IdleJob job;
  std::stop_token stop;
  {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty() || !idle_job_) return false;
    job = std::exchange(idle_job_, nullptr);
    stop = idle_run_.emplace().get_token();
  }
  run_guarded(log_, "idle work", [&] { job(stop); });
  const std::lock_guard lock(mutex_);
  idle_run_.reset();
  return true;
}

void WorkQueue::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      const auto has_work = [this] { return !waiting_.empty() || idle_job_; };
      if (!arrived_.wait(lock, stop, has_work)) return;
    }
    if (!run_next()) run_idle();
  }
}

}  // namespace fimd::lsp
