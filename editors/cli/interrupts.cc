#include "editors/cli/interrupts.h"

#include <initializer_list>
#include <unistd.h>

#include "kernels/base/check.h"

namespace fimd {

Interrupts::~Interrupts() {
  if (!waiter_.joinable()) return;
  ending_ = true;
  pthread_kill(waiter_.native_handle(), wake_signal_);
  waiter_.join();
}

std::stop_token Interrupts::watch() {
  FIMD_CHECK(!waiter_.joinable());
  sigemptyset(&signals_);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) {
    struct sigaction action = {};
    if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    sigaddset(&signals_, signal);
    wake_signal_ = signal;
  }
  if (wake_signal_ != 0) {
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    // One that came before counts now, not when the waiter is first scheduled.
    const timespec at_once = {};
    const int pending = sigtimedwait(&signals_, nullptr, &at_once);
    if (pending > 0) {
      received_signal_ = pending;
      stop_.request_stop();
    }
    waiter_ = std::thread([this] { wait_for_signals(); });
  }
  return stop_.get_token();
}

void Interrupts::wait_for_signals() {
  for (;;) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0 || ending_) return;
    if (received_signal_ != 0) _exit(128 + signal);
    received_signal_ = signal;
    stop_.request_stop();
  }
}

}  // namespace fimd
