// The other end of a session: what we send it, and what either side still owes the other.
//
// It keeps two lists. One has the requests of the peer that are not answered yet, so that each is
// answered exactly once, whoever comes first: the handler, a cancellation, or the last holder of
// the reply who forgot. The other has our own requests and what to do with their answers.
//
// Thread: safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "lsp/json_rpc.h"
#include "lsp/log.h"
#include "lsp/protocol/lifecycle.h"
#include "lsp/protocol/method.h"

namespace fimd::lsp {

class PendingReply;

/// Sends the body of one message. Called from any thread, keeps the order of the calls of each.
using MessageSink = std::function<void(std::string body)>;

template <typename T>
using ResponseHandler = std::function<void(tl::expected<T, RpcError> result)>;

/// Far more than we ever have open; a client that never answers must not fill the memory.
inline constexpr size_t kMaxOpenRequests = 100;

/// A trace is read by people: of longer messages the beginning is enough.
inline constexpr size_t kMaxTraceBytes = 16384;

class Peer : public std::enable_shared_from_this<Peer> {
 public:
  Peer(MessageSink send, LogSink log) : send_(std::move(send)), log_(std::move(log)) {}

  template <typename Params>
  void notify(const NotificationMethod<Params>& method, const Params& params) {
    send_(notification_body(method.name, to_json(params)));
  }

  /// `handler` runs on the reader's thread once the answer is there; never, if none comes. It gets
  /// an error when the peer answers one, or something that is no Result.
  template <typename Params, typename Result>
  void request(const RequestMethod<Params, Result>& method,
               const Params& params,
               ResponseHandler<Result> handler) {
    send_request(method.name, to_json(params), [handler](tl::expected<Json, RpcError> outcome) {
      if (!outcome) return handler(tl::unexpected(std::move(outcome).error()));
      std::string problem;
      const JsonPath root(problem);
      Result result = {};
      if (from_json(*outcome, root.field("result"), result)) return handler(std::move(result));
      handler(tl::unexpected(RpcError{rpc_code::kInvalidParams, std::move(problem)}));
    });
  }

  void log(LogLevel level, std::string_view text) const { log_(level, text); }

  const LogSink& log_sink() const { return log_; }

  void set_trace(TraceValue value) { trace_ = value; }

  /// Sends $/logTrace as far as the peer wants it; `body` is for those who want it verbose.
  void trace(const std::string& message, std::string_view body);

  /// The reply to a request that has just come; null when another of this id is unanswered.
  std::shared_ptr<PendingReply> open_reply(const RpcId& id);

  /// Answers kRequestCancelled and requests a stop, if there still is such a request.
  void cancel(const RpcId& id);

  /// Hands a response of the peer to whoever waits for it.
  void take_response(RpcResponse response);

  /// Answers what has no reply object.
  void send_error(const RpcId& id, const RpcError& error) { answer(id, error_body(id, error)); }

 private:
  friend class PendingReply;
  using RawHandler = std::function<void(tl::expected<Json, RpcError> outcome)>;

  void answer(const RpcId& id, std::string body);
  void forget(const RpcId& id);
  void send_request(std::string_view method, Json params, RawHandler handler);

  MessageSink send_;
  LogSink log_;
  std::atomic<TraceValue> trace_ = TraceValue::kOff;

  std::mutex mutex_;  // guards what follows
  std::map<RpcId, std::weak_ptr<PendingReply>> unanswered_;
  std::map<int64_t, RawHandler> asked_;
  int64_t last_id_ = 0;
};

}  // namespace fimd::lsp
