#include "lsp/json_rpc.h"

#include <utility>

#include "engine/json/json_file.h"

namespace fimd::lsp {
namespace {

/// Whether `text` has at most kMaxJsonValues commas and opening brackets outside of strings.
bool values_are_bounded(std::string_view text) {
  size_t count = 0;
  return all_outside_strings(text, [&count](char byte) {
    if (byte == ',' || byte == '[' || byte == '{') ++count;
    return count <= kMaxJsonValues;
  });
}

tl::unexpected<BadMessage> bad(RpcId id, int code, std::string message) {
  return tl::unexpected(
      BadMessage{.id = std::move(id), .error = {.code = code, .message = std::move(message)}});
}

/// Absent when `value` is no id.
std::optional<RpcId> read_id(const Json& value) {
  if (value.is_null()) return RpcId();
  if (value.is_string()) return value.get<std::string>();
  // An unsigned value past int64_t is no id that a client counts up to.
  if (value.is_number_integer() && (!value.is_number_unsigned() || value.get<int64_t>() >= 0)) {
    return value.get<int64_t>();
  }
  return std::nullopt;
}

Json write_id(const RpcId& id) {
  if (const auto* number = std::get_if<int64_t>(&id)) return *number;
  if (const auto* text = std::get_if<std::string>(&id)) return *text;
  return nullptr;
}

RpcResponse read_response(RpcId id, Json& message) {
  const auto error = message.find("error");
  if (error == message.end() || error->is_null()) {
    return {.id = std::move(id), .outcome = std::move(message["result"])};
  }
  RpcError found = {.message = "an error without a message"};
  if (error->is_object()) {
    if (const auto code = error->find("code"); code != error->end() && code->is_number_integer()) {
      found.code = code->get<int>();
    }
    if (const auto text = error->find("message"); text != error->end() && text->is_string()) {
      found.message = text->get<std::string>();
    }
  }
  return {.id = std::move(id), .outcome = tl::unexpected(std::move(found))};
}

// Strings that came in are valid UTF-8; should one of ours not be, a replacement character is worth
// more than no answer.
std::string dump(const Json& message) {
  return message.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

Json with_params(Json message, Json params) {
  if (!params.is_null()) message["params"] = std::move(params);
  return message;
}

}  // namespace

tl::expected<RpcMessage, BadMessage> parse_message(std::string_view body) {
  if (!values_are_bounded(body)) {
    return bad(
        {},
        rpc_code::kParseError,
        "the message has too many values, expected at most " + std::to_string(kMaxJsonValues));
  }
  auto parsed = parse_json(body, "the message");
  if (!parsed) return bad({}, rpc_code::kParseError, parsed.error().message);
  Json& message = *parsed;
  if (message.is_array()) {
    return bad({}, rpc_code::kInvalidRequest, "the message is a batch, expected one object");
  }
  if (!message.is_object()) {
    return bad({}, rpc_code::kInvalidRequest, mismatch_text("the message", &message, "an object"));
  }
  const bool has_id = message.contains("id");
  const auto id = has_id ? read_id(message["id"]) : RpcId();
  if (!id) {
    return bad({},
               rpc_code::kInvalidRequest,
               mismatch_text("/id", &message["id"], "an integer or a string"));
  }
  const auto invalid = [&](std::string text) {
    return bad(*id, rpc_code::kInvalidRequest, std::move(text));
  };
  const Json version = message.value("jsonrpc", Json());
  if (version != "2.0") return invalid(mismatch_text("/jsonrpc", &version, "\"2.0\""));
  const auto method = message.find("method");
  if (method == message.end()) {
    const bool answers = message.contains("result") || message.contains("error");
    if (!has_id || !answers) return invalid("the message has no method");
    return RpcMessage(read_response(*id, message));
  }
  if (!method->is_string()) {
    return invalid(mismatch_text("/method", &*method, "a string"));
  }
  Json params = message.contains("params") ? std::move(message["params"]) : Json();
  // Some clients write null for what they leave out.
  if (!params.is_structured() && !params.is_null()) {
    return invalid(mismatch_text("/params", &params, "an object or an array"));
  }
  std::string name = method->get<std::string>();
  if (!has_id) {
    return RpcMessage(RpcNotification{.method = std::move(name), .params = std::move(params)});
  }
  return RpcMessage(RpcRequest{.id = *id, .method = std::move(name), .params = std::move(params)});
}

std::string request_body(const RpcId& id, std::string_view method, Json params) {
  return dump(with_params({{"jsonrpc", "2.0"}, {"id", write_id(id)}, {"method", method}},
                          std::move(params)));
}

std::string notification_body(std::string_view method, Json params) {
  return dump(with_params({{"jsonrpc", "2.0"}, {"method", method}}, std::move(params)));
}

std::string result_body(const RpcId& id, Json result) {
  return dump({{"jsonrpc", "2.0"}, {"id", write_id(id)}, {"result", std::move(result)}});
}

std::string error_body(const RpcId& id, const RpcError& error) {
  return dump({{"jsonrpc", "2.0"},
               {"id", write_id(id)},
               {"error", {{"code", error.code}, {"message", error.message}}}});
}

std::string to_string(const RpcId& id) {
  return dump(write_id(id));
}

}  // namespace fimd::lsp
