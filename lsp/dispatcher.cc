#include "lsp/dispatcher.h"

#include <algorithm>

#include "engine/json/json_file.h"
#include "lsp/guard.h"

namespace fimd::lsp {
namespace {

/// Notifications that may be ignored without a word; of requests none may be.
constexpr std::string_view kOptionalPrefix = "$/";

}  // namespace

void Dispatcher::receive(std::string_view body) {
  auto message = parse_message(body);
  if (!message) {
    peer_->log(LogLevel::kWarning, message.error().error.message);
    return peer_->send_error(message.error().id, message.error().error);
  }
  if (const auto* request = std::get_if<RpcRequest>(&*message)) {
    peer_->trace("received " + request->method + " " + to_string(request->id), body);
    handle(*request);
  } else if (const auto* notification = std::get_if<RpcNotification>(&*message)) {
    peer_->trace("received " + notification->method, body);
    handle(*notification);
  } else {
    handle(std::get<RpcResponse>(*message));
  }
}

void Dispatcher::receive_garbage(const std::string& problem) {
  peer_->log(LogLevel::kWarning, problem);
  peer_->send_error({}, {rpc_code::kParseError, problem});
}

void Dispatcher::handle(const RpcRequest& request) {
  if (phase_ == Phase::kStarting && request.method != kInitialize.name) {
    return peer_->send_error(
        request.id, {rpc_code::kServerNotInitialized, request.method + " before initialize"});
  }
  if (phase_ == Phase::kShutDown) {
    return peer_->send_error(request.id,
                             {rpc_code::kInvalidRequest, request.method + " after shutdown"});
  }
  const auto handler = requests_.find(request.method);
  if (handler == requests_.end()) {
    return peer_->send_error(request.id,
                             {rpc_code::kMethodNotFound, "no method " + quote(request.method)});
  }
  auto reply = peer_->open_reply(request.id);
  if (reply == nullptr) {
    return peer_->send_error(
        request.id,
        {rpc_code::kInvalidRequest, "request " + to_string(request.id) + " is unanswered as yet"});
  }
  const bool done = run_guarded(
      peer_->log_sink(), request.method, [&] { handler->second(request.params, reply); });
  if (!done) reply->reject({.message = request.method + " failed"});
}

void Dispatcher::handle(const RpcNotification& notification) {
  const std::string& method = notification.method;
  if (phase_ != Phase::kRunning && method != kExit.name) {
    return peer_->log(LogLevel::kDebug, "ignored outside of a session: " + method);
  }
  const auto handler = notifications_.find(method);
  if (handler == notifications_.end()) {
    if (!method.starts_with(kOptionalPrefix)) {
      peer_->log(LogLevel::kDebug, "ignored, no such method: " + quote(method));
    }
    return;
  }
  run_guarded(peer_->log_sink(), method, [&] {
    const std::string problem = handler->second(notification.params);
    if (!problem.empty()) peer_->log(LogLevel::kWarning, method + " ignored: " + problem);
  });
}

void Dispatcher::handle(RpcResponse& response) {
  run_guarded(peer_->log_sink(), "a response", [&] { peer_->take_response(std::move(response)); });
}

std::vector<std::string_view> Dispatcher::methods() const {
  std::vector<std::string_view> names;
  for (const auto& [name, handler] : requests_) names.push_back(name);
  for (const auto& [name, handler] : notifications_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace fimd::lsp
