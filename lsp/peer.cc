#include "lsp/peer.h"

#include <utility>

#include "lsp/reply.h"

namespace fimd::lsp {

void Peer::trace(const std::string& message, std::string_view body) {
  const TraceValue value = trace_;
  if (value == TraceValue::kOff) return;
  LogTraceParams params = {.message = message};
  if (value == TraceValue::kVerbose) params.verbose = std::string(body.substr(0, kMaxTraceBytes));
  notify(kLogTrace, params);
}

std::shared_ptr<PendingReply> Peer::open_reply(const RpcId& id) {
  auto reply = std::make_shared<PendingReply>(shared_from_this(), id);
  // Requests without an id of their own cannot be told apart, nor cancelled.
  if (std::holds_alternative<std::monostate>(id)) return reply;
  const std::lock_guard lock(mutex_);
  if (unanswered_.emplace(id, reply).second) return reply;
  reply->disown();
  return nullptr;
}

void Peer::cancel(const RpcId& id) {
  std::shared_ptr<PendingReply> reply;
  {
    const std::lock_guard lock(mutex_);
    const auto found = unanswered_.find(id);
    // Answered already, or never asked: some clients cancel ids that they did not send.
    if (found == unanswered_.end()) return;
    reply = found->second.lock();
  }
  if (reply == nullptr) return;
  reply->reject({.code = rpc_code::kRequestCancelled, .message = "cancelled by the client"});
  reply->request_stop();
}

void Peer::take_response(RpcResponse response) {
  RawHandler handler;
  if (const auto* id = std::get_if<int64_t>(&response.id)) {
    const std::lock_guard lock(mutex_);
    if (auto node = asked_.extract(*id)) handler = std::move(node.mapped());
  }
  if (handler) {
    handler(std::move(response.outcome));
  } else {
    log(LogLevel::kWarning, "a response to request " + to_string(response.id) + ", never asked");
  }
}

void Peer::answer(const RpcId& id, std::string body) {
  const std::string message = "answered " + to_string(id);
  const std::string copy = trace_ == TraceValue::kVerbose ? body : std::string();
  send_(std::move(body));
  trace(message, copy);
}

void Peer::forget(const RpcId& id) {
  const std::lock_guard lock(mutex_);
  unanswered_.erase(id);
}

void Peer::send_request(std::string_view method, Json params, RawHandler handler) {
  int64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    if (asked_.size() < kMaxOpenRequests) {
      id = ++last_id_;
      asked_.emplace(id, handler);
    }
  }
  if (id == 0) {
    return handler(tl::unexpected(RpcError{.message = "the client leaves too many unanswered"}));
  }
  send_(request_body(id, method, std::move(params)));
}

}  // namespace fimd::lsp
