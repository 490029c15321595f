// Ctrl-C as a stop_token: SIGINT, SIGTERM and SIGHUP end a long operation in good order.
//
// Signals are blocked in every thread and taken by one that waits for them, because little may be
// done in a signal handler. Before watch() they do what they always do: end the process at once,
// which is right while a command only parses and reads. A signal that the process was started
// to ignore (nohup, a background job) stays ignored.
#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace fimd {

/// Thread: main thread only.
class Interrupts {
 public:
  Interrupts() = default;
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// From now on the first signal requests a stop; the second ends the process at once.
  /// Threads that are to be covered must start later. May be called once.
  std::stop_token watch();

  /// The signal that requested the stop, 0 when none did.
  [[nodiscard]] int received_signal() const { return received_signal_; }

 private:
  void wait_for_signals();

  sigset_t signals_ = {};
  int wake_signal_ = 0;  ///< one of signals_; 0: none is watched
  std::atomic<int> received_signal_{0};
  std::atomic<bool> ending_{false};
  std::stop_source stop_;
  std::thread waiter_;
};

}  // namespace fimd
