#include "lsp/session_status.h"

#include <utility>

namespace fimd::lsp {
namespace {

/// Editors whose users write the setting in another way than `fimd.model`.
std::string setting_of(std::string_view client) {
  if (client.empty()) return "--model";
  if (client == "Neovim") return "model";
  if (client == "Emacs") return ":model in fimd-settings";
  if (client == "Eglot") return ":fimd :model in eglot-workspace-configuration";
  return "fimd.model";
}

/// The parts that follow from the others.
EditorStatus with_summary(EditorStatus status) {
  using State = EditorStatus::State;
  status.busy = status.state == State::kLoading || status.state == State::kWorking;
  if (status.state == State::kFailed) {
    status.kind = EditorStatus::Kind::kError;
  } else if (status.silence) {
    status.kind = EditorStatus::Kind::kInactive;
    status.message = status.silence->text;
  } else if (status.state == State::kLoading) {
    status.message = "loading " + status.model;
  }
  return status;
}

}  // namespace

void SessionStatus::set_client(const std::string& client_name) {
  const std::lock_guard lock(mutex_);
  setting_ = setting_of(client_name);
}

void SessionStatus::loading(const std::string& model, std::optional<uint32_t> percent) {
  change([&](EditorStatus& status) {
    status = {.model = model,
              .state = EditorStatus::State::kLoading,
              .percent = percent,
              .silence = std::move(status.silence)};
  });
}

void SessionStatus::ready(const std::string& model) {
  change([&](EditorStatus& status) {
    status = {
        .model = model, .state = EditorStatus::State::kReady, .silence = std::move(status.silence)};
  });
}

void SessionStatus::working(bool busy) {
  change([&](EditorStatus& status) {
    if (status.state == EditorStatus::State::kFailed) return;
    status.state = busy ? EditorStatus::State::kWorking : EditorStatus::State::kReady;
  });
}

void SessionStatus::failed(const std::string& problem) {
  change([&](EditorStatus& status) {
    status = {.message = problem,
              .state = EditorStatus::State::kFailed,
              .setting = setting_,
              .silence = std::move(status.silence)};
  });
}

void SessionStatus::set_silence(std::optional<Silence> silence) {
  change([&](EditorStatus& status) { status.silence = std::move(silence); });
}

std::string SessionStatus::advice(const std::string& problem) {
  const std::lock_guard lock(mutex_);
  return problem + "; change " + setting_;
}

void SessionStatus::change(const std::function<void(EditorStatus&)>& edit) {
  std::unique_lock lock(mutex_);
  edit(status_);
  if (std::exchange(sending_, true)) return;  // who sends looks again
  for (EditorStatus now = with_summary(status_); now != sent_; now = with_summary(status_)) {
    sent_ = now;
    lock.unlock();
    editor_.set_status(std::move(now));
    lock.lock();
  }
  sending_ = false;
}

}  // namespace fimd::lsp
