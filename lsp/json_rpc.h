// JSON-RPC 2.0 as the Language Server Protocol uses it: one object a message, no batches.
//
// A body becomes a request, a notification or a response, or the error with which to answer it. It
// is hostile input: bounded in bytes by the framing, and here in depth and in the number of values,
// because a parsed value costs some twenty times its text.
//
// Source: JSON-RPC 2.0 specification; LSP 3.18, "Base Protocol", for the codes below -32700.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>

namespace fimd::lsp {

using Json = nlohmann::json;

/// A million values is a hundred times the largest configuration seen, and some 50 MB parsed.
inline constexpr size_t kMaxJsonValues = 1'000'000;

/// Null where the sender's id could not be told.
using RpcId = std::variant<std::monostate, int64_t, std::string>;

namespace rpc_code {
inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;
inline constexpr int kServerNotInitialized = -32002;
inline constexpr int kRequestCancelled = -32800;
}  // namespace rpc_code

struct RpcError {
  int code = rpc_code::kInternalError;
  std::string message;
};

struct RpcRequest {
  RpcId id;
  std::string method;
  Json params;  ///< an object or an array; null when absent
};

struct RpcNotification {
  std::string method;
  Json params;
};

struct RpcResponse {
  RpcId id;
  tl::expected<Json, RpcError> outcome;
};

using RpcMessage = std::variant<RpcRequest, RpcNotification, RpcResponse>;

/// Why a body is no message, and whom to answer.
struct BadMessage {
  RpcId id;
  RpcError error;
};

/// Reads one message. Errors: kParseError, not JSON, not UTF-8, too deep or too many values;
/// kInvalidRequest, JSON but no message.
tl::expected<RpcMessage, BadMessage> parse_message(std::string_view body);

std::string request_body(const RpcId& id, std::string_view method, Json params);
std::string notification_body(std::string_view method, Json params);
std::string result_body(const RpcId& id, Json result);
std::string error_body(const RpcId& id, const RpcError& error);

/// The id as messages show it: 7, "a", null.
std::string to_string(const RpcId& id);

}  // namespace fimd::lsp
