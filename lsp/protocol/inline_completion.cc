#include "lsp/protocol/inline_completion.h"

#include <utility>

namespace fimd::lsp {
namespace {

/// InlineCompletionTriggerKind. Its forerunner in 3.17 counted from 0.
constexpr uint32_t kMaxInvokedKind = 1;

struct InlineCompletionContext {
  uint32_t trigger_kind = 2;
  std::optional<SelectedCompletion> selected;
};

bool from_json(const Json& json, const JsonPath& path, InlineCompletionContext& out) {
  const JsonFields fields(json, path);
  return fields.optional("triggerKind", out.trigger_kind) &&
         fields.optional("selectedCompletionInfo", out.selected);
}

struct SnippetValue {
  std::string value;
};

bool from_json(const Json& json, const JsonPath& path, SnippetValue& out) {
  if (json.is_string()) return lsp::from_json(json, path, out.value);
  return JsonFields(json, path).required("value", out.value);
}

struct EchoedCommand {
  std::vector<Json> arguments;
};

bool from_json(const Json& json, const JsonPath& path, EchoedCommand& out) {
  return JsonFields(json, path).optional("arguments", out.arguments);
}

/// An item that the client sends back.
struct EchoedItem {
  std::string suggestion_id;
  SnippetValue insert_text;
};

bool from_json(const Json& json, const JsonPath& path, EchoedItem& out) {
  const JsonFields fields(json, path);
  EchoedCommand command;
  if (!fields.optional("insertText", out.insert_text)) return false;
  if (!fields.optional("command", command)) return false;
  if (!command.arguments.empty() && command.arguments[0].is_string()) {
    out.suggestion_id = command.arguments[0].get<std::string>();
  }
  return true;
}

}  // namespace

bool from_json(const Json& json, const JsonPath& path, SelectedCompletion& out) {
  const JsonFields fields(json, path);
  return fields.required("range", out.range) && fields.required("text", out.text);
}

bool from_json(const Json& json, const JsonPath& path, FormattingOptions& out) {
  const JsonFields fields(json, path);
  return fields.optional("tabSize", out.tab_size) &&
         fields.optional("insertSpaces", out.insert_spaces);
}

bool from_json(const Json& json, const JsonPath& path, InlineCompletionParams& out) {
  const JsonFields fields(json, path);
  InlineCompletionContext context;
  const bool read =
      fields.required("textDocument", out.document) && fields.required("position", out.position) &&
      fields.optional("context", context) && fields.optional("formattingOptions", out.formatting) &&
      fields.optional("workDoneToken", out.work_done_token);
  if (!read) return false;
  out.invoked = context.trigger_kind <= kMaxInvokedKind;
  out.selected = std::move(context.selected);
  return true;
}

bool from_json(const Json& json, const JsonPath& path, DidShowCompletionParams& out) {
  EchoedItem item;
  if (!JsonFields(json, path).required("item", item)) return false;
  out.suggestion_id = std::move(item.suggestion_id);
  return true;
}

bool from_json(const Json& json, const JsonPath& path, DidPartiallyAcceptCompletionParams& out) {
  const JsonFields fields(json, path);
  EchoedItem item;
  if (!fields.required("item", item)) return false;
  out.suggestion_id = std::move(item.suggestion_id);
  out.insert_text = std::move(item.insert_text.value);
  return fields.required("acceptedLength", out.accepted_units);
}

bool from_json(const Json& json, const JsonPath& path, DidFocusParams& out) {
  TextDocumentIdentifier document;
  if (!JsonFields(json, path).optional("textDocument", document)) return false;
  out.uri = std::move(document.uri);
  return true;
}

Json to_json(const AcceptCommand& command) {
  return {{"title", "fimd: accepted"},
          {"command", kAcceptCommand},
          {"arguments", Json::array({command.suggestion_id})}};
}

Json to_json(const InlineCompletionList& list) {
  Json items = Json::array();
  for (const InlineCompletionItem& item : list.items) {
    items.push_back({{"insertText", item.insert_text},
                     {"range", to_json(item.range)},
                     {"command", to_json(item.command)}});
  }
  return {{"items", std::move(items)}};
}

}  // namespace fimd::lsp
