// The body of a message: what is read and written again reads as the same.
#include "lsp/json_rpc.h"
#include "tests/fuzz/fuzz.h"

namespace fimd::lsp {
namespace {

std::string written(const RpcMessage& message) {
  if (const auto* request = std::get_if<RpcRequest>(&message)) {
    return request_body(request->id, request->method, request->params);
  }
  if (const auto* notification = std::get_if<RpcNotification>(&message)) {
    return notification_body(notification->method, notification->params);
  }
  const auto& response = std::get<RpcResponse>(message);
  return response.outcome ? result_body(response.id, *response.outcome)
                          : error_body(response.id, response.outcome.error());
}

void check_body(std::string_view body) {
  const auto message = parse_message(body);
  if (!message) {
    const BadMessage& bad = message.error();
    // The answer to it is a message in turn.
    FIMD_CHECK(parse_message(error_body(bad.id, bad.error)).has_value(), to_string(bad.id));
    return;
  }
  const std::string first = written(*message);
  const auto again = parse_message(first);
  FIMD_CHECK(again.has_value() && written(*again) == first, first);
}

}  // namespace
}  // namespace fimd::lsp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size_bytes) {
  fimd::lsp::check_body(fimd::fuzz::as_text(data, size_bytes));
  return 0;
}
