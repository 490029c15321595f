#include "lsp/request_queue.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace fimd::lsp {
namespace {

void run_all(const std::vector<std::function<void()>>& actions) {
  for (const auto& action : actions) {
    if (action) action();
  }
}

}  // namespace

RequestQueue::~RequestQueue() {
  drain();
}

void RequestQueue::start() {
  worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void RequestQueue::submit(QueuedRequest request) {
  Actions given_up;
  {
    const std::lock_guard lock(mutex_);
    if (drained_) {
      given_up.push_back(std::move(request.give_up));
    } else {
      remove(request.document, given_up);
      if (waiting_.size() == kMaxWaitingRequests) {
        given_up.push_back(std::move(waiting_.front().give_up));
        waiting_.pop_front();
      }
      waiting_.push_back(std::move(request));
    }
  }
  arrived_.notify_one();
  run_all(given_up);
}

void RequestQueue::cancel(std::string_view document) {
  Actions given_up;
  {
    const std::lock_guard lock(mutex_);
    remove(document, given_up);
  }
  run_all(given_up);
}

void RequestQueue::remove(std::string_view document, Actions& given_up) {
  if (running_.document == document) {
    given_up.push_back(std::exchange(running_.give_up, nullptr));
  }
  const auto same = std::ranges::find(waiting_, document, &QueuedRequest::document);
  if (same == waiting_.end()) return;
  given_up.push_back(std::move(same->give_up));
  waiting_.erase(same);
}

void RequestQueue::drain() {
  Actions given_up;
  {
    const std::lock_guard lock(mutex_);
    drained_ = true;
    given_up.push_back(std::exchange(running_.give_up, nullptr));
    for (QueuedRequest& request : waiting_) given_up.push_back(std::move(request.give_up));
    waiting_.clear();
  }
  run_all(given_up);
}

bool RequestQueue::run_next() {
  std::function<void()> run;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return false;
    run = begin_next();
  }
  run();
  const std::lock_guard lock(mutex_);
  running_ = {};
  return true;
}

std::function<void()> RequestQueue::begin_next() {
  QueuedRequest request = std::move(waiting_.front());
  waiting_.pop_front();
  running_ = {.document = std::move(request.document), .give_up = std::move(request.give_up)};
  return std::move(request.run);
}

void RequestQueue::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!arrived_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
    }
    run_next();
  }
}

}  // namespace fimd::lsp
