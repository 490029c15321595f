// The duty to answer one request.
//
//   dispatcher.on(kInlineCompletion, [](InlineCompletionParams params, Reply<...> reply) {
//     worker.post([reply] { if (!reply.stop_token().stop_requested()) reply(compute()); });
//   });
//
// A handler answers at once or keeps a copy and answers later, from any thread. The first answer
// counts, later ones are dropped: so a cancellation or a newer request may answer while the work is
// still running. When the last copy is gone without an answer, the
// request is answered with an error.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

#include "lsp/json_rpc.h"
#include "lsp/peer.h"

namespace fimd::lsp {

/// What the copies of a Reply share. Thread: safe, except before_answer().
class PendingReply {
 public:
  PendingReply(std::shared_ptr<Peer> peer, RpcId id) : peer_(std::move(peer)), id_(std::move(id)) {}

  PendingReply(const PendingReply&) = delete;
  PendingReply& operator=(const PendingReply&) = delete;

  ~PendingReply() { reject({.message = "the request was dropped"}); }

  /// Both return whether theirs was the first answer.
  bool resolve(Json result);
  bool reject(const RpcError& error);

  /// `action` will run right before the answer is sent. To be set before others hold the reply.
  void before_answer(std::function<void()> action) { before_answer_ = std::move(action); }

  /// No answer is owed any more.
  void disown() { answered_ = true; }

  void request_stop() { stop_.request_stop(); }

  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

 private:
  bool claim();

  std::shared_ptr<Peer> peer_;
  RpcId id_;
  std::stop_source stop_;
  std::function<void()> before_answer_;
  std::atomic<bool> answered_ = false;
};

template <typename Result>
class Reply {
 public:
  explicit Reply(std::shared_ptr<PendingReply> pending) : pending_(std::move(pending)) {}

  bool operator()(const Result& result) const { return pending_->resolve(to_json(result)); }

  // NOLINTNEXTLINE(modernize-use-nodiscard): most callers do not care who was first
  bool fail(const RpcError& error) const { return pending_->reject(error); }

  void before_answer(std::function<void()> action) const {
    pending_->before_answer(std::move(action));
  }

  /// Asks whoever works on the answer to stop: the request is cancelled or nobody needs it.
  void request_stop() const { pending_->request_stop(); }

  [[nodiscard]] std::stop_token stop_token() const { return pending_->stop_token(); }

 private:
  std::shared_ptr<PendingReply> pending_;
};

}  // namespace fimd::lsp
