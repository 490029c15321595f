#include "lsp/protocol/lifecycle.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fimd::lsp {
namespace {

struct EncodingName {
  std::string_view name;
  PositionEncoding encoding;
};

constexpr std::array<EncodingName, 3> kEncodingNames = {{
    {"utf-8", PositionEncoding::kUtf8},
    {"utf-16", PositionEncoding::kUtf16},
    {"utf-32", PositionEncoding::kUtf32},
}};

struct Registrable {
  bool dynamic_registration = false;
};

bool from_json(const Json& json, const JsonPath& path, Registrable& out) {
  return JsonFields(json, path).optional("dynamicRegistration", out.dynamic_registration);
}

/// An object of the capabilities; absent and null are an empty one.
struct Section {
  Json json = Json::object();
};

bool from_json(const Json& json, const JsonPath& path, Section& out) {
  if (!json.is_object()) return path.mismatch(json, "an object");
  out.json = json;
  return true;
}

bool read_general(const Json& json, const JsonPath& path, ClientCapabilities& out) {
  std::vector<std::string> names;
  if (!JsonFields(json, path).optional("positionEncodings", names)) return false;
  for (const std::string& name : names) {
    for (const EncodingName& known : kEncodingNames) {
      if (known.name == name) out.position_encodings.push_back(known.encoding);
    }
  }
  return true;
}

bool read_text_document(const Json& json, const JsonPath& path, ClientCapabilities& out) {
  const JsonFields fields(json, path);
  Registrable inline_completion;
  if (!fields.optional("inlineCompletion", inline_completion)) return false;
  out.inline_completion = fields.has("inlineCompletion");
  out.inline_completion_registration = inline_completion.dynamic_registration;
  return true;
}

bool read_workspace(const Json& json, const JsonPath& path, ClientCapabilities& out) {
  const JsonFields fields(json, path);
  Registrable configuration;
  if (!fields.optional("didChangeConfiguration", configuration)) return false;
  out.configuration_registration = configuration.dynamic_registration;
  return fields.optional("configuration", out.configuration);
}

}  // namespace

bool from_json(const Json& json, const JsonPath& path, ClientCapabilities& out) {
  const JsonFields fields(json, path);
  Section general;
  Section text_document;
  Section workspace;
  Section window;
  const bool sections =
      fields.optional("general", general) && fields.optional("textDocument", text_document) &&
      fields.optional("workspace", workspace) && fields.optional("window", window);
  if (!sections) return false;
  const JsonPath window_path = path.field("window");
  return read_general(general.json, path.field("general"), out) &&
         read_text_document(text_document.json, path.field("textDocument"), out) &&
         read_workspace(workspace.json, path.field("workspace"), out) &&
         JsonFields(window.json, window_path).optional("workDoneProgress", out.work_done_progress);
}

bool from_json(const Json& json, const JsonPath& path, TraceValue& out) {
  std::string name;
  if (!from_json(json, path, name)) return false;
  if (name == "off") {
    out = TraceValue::kOff;
  } else if (name == "messages" || name == "compact") {
    // "compact" is one client's fourth value: the messages, formatted by itself.
    out = TraceValue::kMessages;
  } else if (name == "verbose") {
    out = TraceValue::kVerbose;
  } else {
    return path.mismatch(json, R"("off", "messages" or "verbose")");
  }
  return true;
}

bool from_json(const Json& json, const JsonPath& path, InitializeParams& out) {
  const JsonFields fields(json, path);
  Section client;
  std::string root_uri;
  const bool read = fields.required("capabilities", out.capabilities) &&
                    fields.optional("clientInfo", client) &&
                    fields.optional("locale", out.locale) && fields.optional("rootUri", root_uri) &&
                    fields.optional("workspaceFolders", out.workspace_folders) &&
                    fields.optional("trace", out.trace) &&
                    fields.optional("initializationOptions", out.initialization_options);
  if (!read) return false;
  if (out.workspace_folders.empty() && !root_uri.empty()) {
    out.workspace_folders.push_back({.uri = std::move(root_uri)});
  }
  out.has_editor_info = JsonFields(out.initialization_options, path).has("editorInfo");
  const JsonPath client_path = path.field("clientInfo");
  const JsonFields client_fields(client.json, client_path);
  return client_fields.optional("name", out.client_name) &&
         client_fields.optional("version", out.client_version);
}

bool from_json(const Json& json, const JsonPath& path, SetTraceParams& out) {
  return JsonFields(json, path).required("value", out.value);
}

bool from_json(const Json& json, const JsonPath& path, CancelParams& out) {
  Json id;
  if (!JsonFields(json, path).required("id", id)) return false;
  if (id.is_string()) {
    out.id = id.get<std::string>();
  } else if (id.is_number_integer()) {
    out.id = id.get<int64_t>();
  } else {
    return path.field("id").mismatch(id, "an integer or a string");
  }
  return true;
}

Json to_json(const InitializeResult& result) {
  Json capabilities = {
      {"textDocumentSync",
       {{"openClose", true}, {"change", 2}, {"save", {{"includeText", false}}}}},
      {"executeCommandProvider", {{"commands", result.commands}}},
      {"workspace", {{"workspaceFolders", {{"supported", true}, {"changeNotifications", true}}}}},
  };
  const auto* const encoding =
      std::ranges::find(kEncodingNames, result.position_encoding, &EncodingName::encoding);
  capabilities["positionEncoding"] = encoding->name;
  if (result.offers_inline_completion) {
    capabilities["inlineCompletionProvider"] = Json::object();
  }
  if (result.offers_completion) {
    capabilities["completionProvider"] = {{"resolveProvider", false}};
  }
  return {{"capabilities", std::move(capabilities)},
          {"serverInfo", {{"name", "fimd"}, {"version", result.server_version}}}};
}

Json to_json(const LogTraceParams& params) {
  Json json = {{"message", params.message}};
  if (params.verbose) json["verbose"] = *params.verbose;
  return json;
}

}  // namespace fimd::lsp
