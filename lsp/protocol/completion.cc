#include "lsp/protocol/completion.h"

#include <utility>

namespace fimd::lsp {
namespace {

constexpr uint32_t kInvoked = 1;        ///< CompletionTriggerKind.Invoked
constexpr int kTextKind = 1;            ///< CompletionItemKind.Text
constexpr int kPlainText = 1;           ///< InsertTextFormat.PlainText
constexpr int kAsIs = 1;                ///< InsertTextMode.asIs: it is indented already
constexpr const char* kSortText = "~";  ///< after what knows the language
constexpr const char* kDetail = "fimd suggestion";

struct CompletionContext {
  uint32_t trigger_kind = kInvoked;
};

bool from_json(const Json& json, const JsonPath& path, CompletionContext& out) {
  return JsonFields(json, path).optional("triggerKind", out.trigger_kind);
}

Json to_json(const CompletionItem& item) {
  Json json = {{"label", item.label},
               {"detail", kDetail},
               {"kind", kTextKind},
               {"sortText", kSortText},
               {"filterText", item.filter_text},
               {"insertTextFormat", kPlainText},
               {"insertTextMode", kAsIs},
               {"textEdit", {{"range", lsp::to_json(item.range)}, {"newText", item.new_text}}},
               {"command", lsp::to_json(item.command)}};
  if (!item.documentation.empty()) json["documentation"] = item.documentation;
  return json;
}

}  // namespace

bool from_json(const Json& json, const JsonPath& path, CompletionParams& out) {
  const JsonFields fields(json, path);
  CompletionContext context;
  const bool read = fields.required("textDocument", out.document) &&
                    fields.required("position", out.position) &&
                    fields.optional("context", context);
  out.invoked = context.trigger_kind == kInvoked;
  return read;
}

Json to_json(const CompletionList& list) {
  Json items = Json::array();
  for (const CompletionItem& item : list.items) items.push_back(to_json(item));
  return {{"isIncomplete", true}, {"items", std::move(items)}};
}

}  // namespace fimd::lsp
