#include "lsp/json_rpc.h"

#include <charconv>
#include <optional>
#include <utility>

#include "engine/json/json_file.h"
#include "engine/utf8.h"

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

/// The 16 bits of the escape \uXXXX at `at`; absent: none is there.
std::optional<uint32_t> escaped_unit(std::string_view text, size_t at) {
  if (text.substr(at, 2) != "\\u") return std::nullopt;
  const std::string_view digits = text.substr(at + 2, 4);
  uint32_t unit = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
  const bool whole = digits.size() == 4 && end == digits.data() + 4;
  return whole && error == std::errc() ? std::optional(unit) : std::nullopt;
}

bool is_surrogate(uint32_t unit, uint32_t first) {
  return unit >= first && unit < first + 0x400;
}

/// Finds halves of surrogate pairs that stand alone, which editors can hold and UTF-8 cannot, as an
/// escape or as three bytes. `replace` gets the place and what takes as many bytes, U+FFFD.
template <typename Replace>
void find_lone_surrogates(std::string_view body, const Replace& replace) {
  constexpr uint32_t kHigh = 0xD800;
  constexpr uint32_t kLow = 0xDC00;
  constexpr char kSurrogateLead = '\xED';
  for (size_t at = 0; at < body.size(); ++at) {
    if (body[at] == '\\') {
      const auto unit = escaped_unit(body, at);
      if (unit && is_surrogate(*unit, kHigh) &&
          is_surrogate(escaped_unit(body, at + 6).value_or(0), kLow)) {
        at += 11;
      } else if (unit && (is_surrogate(*unit, kHigh) || is_surrogate(*unit, kLow))) {
        replace(at, "\\ufffd");
        at += 5;
      } else {
        ++at;  // what is escaped, a backslash maybe, begins no escape
      }
    } else if (body[at] == kSurrogateLead && at + 2 < body.size() &&
               static_cast<unsigned char>(body[at + 1]) >= 0xA0 &&
               is_utf8_continuation(body[at + 1]) && is_utf8_continuation(body[at + 2])) {
      replace(at, kReplacementCharacter);
      at += 2;
    }
  }
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
  std::string whole;  // where the body has lone surrogates
  find_lone_surrogates(body, [&](size_t at, std::string_view replacement) {
    if (whole.empty()) whole = body;
    whole.replace(at, replacement.size(), replacement);
  });
  auto parsed = parse_json(whole.empty() ? body : whole, "the message");
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
