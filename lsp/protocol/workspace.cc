#include "lsp/protocol/workspace.h"

#include <utility>

#include "lsp/protocol/inline_completion.h"

namespace fimd::lsp {
namespace {

Json to_json(RegistrationKind kind) {
  switch (kind) {
    case RegistrationKind::kInlineCompletion:
      // Every document: which ones get suggestions is for the settings to say.
      return {{"id", "fimd-inline-completion"},
              {"method", kInlineCompletion.name},
              {"registerOptions", {{"documentSelector", nullptr}}}};
    case RegistrationKind::kConfiguration:
      return {{"id", "fimd-configuration"},
              {"method", kDidChangeConfiguration.name},
              {"registerOptions", {{"section", kSection}}}};
  }
  return nullptr;
}

}  // namespace

bool from_json(const Json& json, const JsonPath& path, WorkspaceFolder& out) {
  const JsonFields fields(json, path);
  return fields.required("uri", out.uri) && fields.optional("name", out.name);
}

bool from_json(const Json& json, const JsonPath& path, DidChangeWorkspaceFoldersParams& out) {
  Json event;
  if (!JsonFields(json, path).required("event", event)) return false;
  const JsonPath event_path = path.field("event");
  const JsonFields fields(event, event_path);
  return fields.optional("added", out.added) && fields.optional("removed", out.removed);
}

bool from_json(const Json& json, const JsonPath& path, DidChangeConfigurationParams& out) {
  if (!JsonFields(json, path).optional("settings", out.settings)) return false;
  if (!out.settings.is_object()) return true;
  if (const auto section = out.settings.find(kSection); section != out.settings.end()) {
    Json ours = std::move(*section);
    out.settings = std::move(ours);
  }
  return true;
}

bool from_json(const Json& json, const JsonPath& path, ExecuteCommandParams& out) {
  const JsonFields fields(json, path);
  return fields.required("command", out.command) && fields.optional("arguments", out.arguments);
}

Json to_json(const ConfigurationParams& /*params*/) {
  return {{"items", Json::array({{{"section", kSection}}})}};
}

Json to_json(const RegistrationParams& params) {
  Json registrations = Json::array();
  for (const RegistrationKind kind : params.registrations) registrations.push_back(to_json(kind));
  return {{"registrations", std::move(registrations)}};
}

}  // namespace fimd::lsp
