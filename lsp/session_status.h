// What an editor shows of fimd besides suggestions: which model it runs, what it does, what is
// wrong, and why the document in front gets nothing.
//
// Thread: safe. The editor gets each change of what is shown, in order, never the same twice; of
// changes that come while it is told, only the last.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "lsp/service.h"

namespace fimd::lsp {

class SessionStatus {
 public:
  explicit SessionStatus(Editor& editor) : editor_(editor) {}

  /// What the client calls the setting that names the model, by the client's own name.
  void set_client(const std::string& client_name);

  /// `percent` is absent when nobody knows.
  void loading(const std::string& model, std::optional<uint32_t> percent);
  void ready(const std::string& model);
  /// A request is worked on, or not any more. A model that failed stays failed.
  void working(bool busy);
  void failed(const std::string& problem);
  /// Of the document in front; absent: nothing keeps it silent.
  void set_silence(std::optional<Silence> silence);

  /// The sentence that names the setting: "...; change fimd.model".
  [[nodiscard]] std::string advice(const std::string& problem);

 private:
  void change(const std::function<void(EditorStatus&)>& edit);

  Editor& editor_;
  std::mutex mutex_;  // guards what follows
  std::string setting_ = "--model";
  EditorStatus status_;
  EditorStatus sent_;  ///< at first: what holds for an editor that was told nothing
  bool sending_ = false;
};

}  // namespace fimd::lsp
