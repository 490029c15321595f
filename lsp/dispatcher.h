// From a message to the handler of its method: the one table of what the server understands.
//
//   dispatcher.on(kDidOpen, [&](const DidOpenParams& params) { ... });
//   dispatcher.on(kShutdown, [&](const Nothing&, const Reply<Nothing>& reply) { reply({}); });
//
// A handler never sees JSON: its method's types are read before and written after it. Every request
// is answered exactly once. Unknown methods, wrong parameters, requests before initialize and after
// shutdown, and those whose handler threw something (guard.h), are answered with an error.
//
// Thread: receive() and set_phase() on one thread, the reader's, where handlers run too; they must
// not block it. Replies and Peer are safe anywhere.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lsp/peer.h"
#include "lsp/reply.h"

namespace fimd::lsp {

class Dispatcher {
 public:
  /// Where the session is. Before kRunning only `initialize` is served, after it only `exit`.
  enum class Phase { kStarting, kRunning, kShutDown };

  explicit Dispatcher(std::shared_ptr<Peer> peer) : peer_(std::move(peer)) {}

  template <typename Params, typename Result>
  void on(const RequestMethod<Params, Result>& method,
          std::type_identity_t<std::function<void(const Params&, const Reply<Result>&)>> handler) {
    requests_[method.name] = [handler = std::move(handler)](const Json& json,
                                                            std::shared_ptr<PendingReply> reply) {
      Params params = {};
      if (const std::string problem = read(json, params); !problem.empty()) {
        reply->reject({rpc_code::kInvalidParams, problem});
      } else {
        handler(params, Reply<Result>(std::move(reply)));
      }
    };
  }

  template <typename Params>
  void on(const NotificationMethod<Params>& method,
          std::type_identity_t<std::function<void(const Params&)>> handler) {
    notifications_[method.name] = [handler = std::move(handler)](const Json& json) {
      Params params = {};
      std::string problem = read(json, params);
      if (problem.empty()) handler(params);
      return problem;
    };
  }

  /// Handles one message.
  void receive(std::string_view body);

  /// Answers what was not even a message.
  void receive_garbage(const std::string& problem);

  [[nodiscard]] Phase phase() const { return phase_; }

  void set_phase(Phase phase) { phase_ = phase; }

  /// The names of all methods that have a handler, sorted.
  [[nodiscard]] std::vector<std::string_view> methods() const;

 private:
  using RequestHandler = std::function<void(const Json& params, std::shared_ptr<PendingReply>)>;
  /// Returns what is wrong with the parameters, empty when nothing is.
  using NotificationHandler = std::function<std::string(const Json& params)>;

  template <typename Params>
  static std::string read(const Json& json, Params& params) {
    std::string problem;
    const JsonPath root(problem);
    from_json(json, root.field("params"), params);
    return problem;
  }

  void handle(const RpcRequest& request);
  void handle(const RpcNotification& notification);
  void handle(RpcResponse& response);

  std::shared_ptr<Peer> peer_;
  Phase phase_ = Phase::kStarting;
  std::map<std::string_view, RequestHandler> requests_;
  std::map<std::string_view, NotificationHandler> notifications_;
};

}  // namespace fimd::lsp
