// Work-done progress: shown under a token that the client gave with its request, or one that we ask
// it to create.
//
// A created token may be used only once the client has agreed, which takes a round trip; what
// happens meanwhile is kept and sent then: the beginning, the last report, the end. A client that
// cannot show progress, or refuses, costs nothing more.
//
// The client sees the beginning, reports and the end of one progress in the order of events. No
// lock is held while they are sent: when two threads report at once, one sends for both, and of
// reports that wait for it only the newest is sent.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "lsp/peer.h"
#include "lsp/protocol/window.h"
#include "lsp/service.h"

namespace fimd::lsp {

/// All progress of a session. Thread: safe.
class ProgressBoard {
 public:
  explicit ProgressBoard(std::shared_ptr<Peer> peer);
  ProgressBoard(const ProgressBoard&) = delete;
  ProgressBoard& operator=(const ProgressBoard&) = delete;
  ~ProgressBoard();

  /// Whether the client creates tokens for us; false at first.
  void set_supported(bool supported);

  /// Asks for a token.
  std::unique_ptr<ProgressDisplay> begin(std::string title, bool cancellable);

  /// Uses the token of a request. It is valid until the request is answered.
  std::unique_ptr<ProgressDisplay> begin_on(const ProgressToken& token, std::string title);

  /// The user's button. Tokens that are not shown are ignored.
  void cancel(const ProgressToken& token);

  struct Entry;  ///< one progress; shared by its display and whoever waits for the token

 private:
  std::shared_ptr<Peer> peer_;
  std::mutex mutex_;  // guards what follows
  bool supported_ = false;
  int64_t num_created_ = 0;
  std::map<ProgressToken, std::weak_ptr<Entry>> shown_;
};

}  // namespace fimd::lsp
