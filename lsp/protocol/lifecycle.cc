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

/// The object that a client may have under `name`; anything else is an empty one.
Json section(const Json& json, std::string_view name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return found != json.end() && found->is_object() ? *found : Json::object();
}

bool wants_registration(const Json& capability) {
  bool wanted = false;
  std::string problem;
  JsonFields(capability, JsonPath(problem)).lenient("dynamicRegistration", wanted);
  return wanted;
}

std::vector<PositionEncoding> known_encodings(const Json& names) {
  std::vector<PositionEncoding> encodings;
  for (const Json& name : names.is_array() ? names : Json::array()) {
    for (const EncodingName& known : kEncodingNames) {
      if (name == known.name) encodings.push_back(known.encoding);
    }
  }
  return encodings;
}

}  // namespace

bool from_json(const Json& json, const JsonPath& path, ClientCapabilities& out) {
  const Json general = section(json, "general");
  out.position_encodings = known_encodings(general.value("positionEncodings", Json()));
  const Json text_document = section(json, "textDocument");
  out.inline_completion = text_document.contains("inlineCompletion");
  out.inline_completion_registration =
      wants_registration(section(text_document, "inlineCompletion"));
  const Json workspace = section(json, "workspace");
  out.configuration_registration = wants_registration(section(workspace, "didChangeConfiguration"));
  JsonFields(workspace, path).lenient("configuration", out.configuration);
  JsonFields(section(json, "window"), path).lenient("workDoneProgress", out.work_done_progress);
  return true;
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

// What a client says of itself is no reason to refuse it: what does not fit is absent.
bool from_json(const Json& json, const JsonPath& path, InitializeParams& out) {
  if (!json.is_object()) return path.mismatch(json, "an object");
  const JsonFields fields(json, path);
  fields.lenient("capabilities", out.capabilities);
  fields.lenient("processId", out.process_id);
  fields.lenient("locale", out.locale);
  fields.lenient("trace", out.trace);
  fields.lenient("initializationOptions", out.initialization_options);
  fields.lenient("workspaceFolders", out.workspace_folders);
  std::string root_uri;
  fields.lenient("rootUri", root_uri);
  if (out.workspace_folders.empty() && !root_uri.empty()) {
    out.workspace_folders.push_back({.uri = std::move(root_uri)});
  }
  const Json client = section(json, "clientInfo");
  JsonFields(client, path).lenient("name", out.client_name);
  JsonFields(client, path).lenient("version", out.client_version);
  out.has_editor_info = JsonFields(out.initialization_options, path).has("editorInfo");
  return true;
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
