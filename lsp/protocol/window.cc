#include "lsp/protocol/window.h"

namespace fimd::lsp {
namespace {

Json to_json(const ProgressToken& token) {
  return std::visit([](const auto& value) { return Json(value); }, token.value);
}

Json to_json(const ProgressBegin& begin) {
  return {{"kind", "begin"}, {"title", begin.title}, {"cancellable", begin.cancellable}};
}

Json to_json(const ProgressReport& report) {
  Json json = {{"kind", "report"}};
  if (!report.message.empty()) json["message"] = report.message;
  if (report.percentage) json["percentage"] = *report.percentage;
  return json;
}

Json to_json(const ProgressEnd& end) {
  Json json = {{"kind", "end"}};
  if (!end.message.empty()) json["message"] = end.message;
  return json;
}

const char* name_of(StatusKind kind) {
  switch (kind) {
    case StatusKind::kNormal: return "Normal";
    case StatusKind::kWarning: return "Warning";
    case StatusKind::kError: return "Error";
    case StatusKind::kInactive: return "Inactive";
  }
  return "Normal";
}

const char* name_of(StatusState state) {
  switch (state) {
    case StatusState::kLoading: return "loading";
    case StatusState::kReady: return "ready";
    case StatusState::kWorking: return "working";
    case StatusState::kFailed: return "failed";
  }
  return "failed";
}

}  // namespace

bool from_json(const Json& json, const JsonPath& path, ProgressToken& out) {
  if (json.is_string()) {
    out.value = json.get<std::string>();
  } else if (json.is_number_integer()) {
    out.value = json.get<int64_t>();
  } else {
    return path.mismatch(json, "an integer or a string");
  }
  return true;
}

bool from_json(const Json& json, const JsonPath& path, WorkDoneProgressParams& out) {
  return JsonFields(json, path).required("token", out.token);
}

Json to_json(const MessageParams& params) {
  return {{"type", static_cast<int>(params.type)}, {"message", params.message}};
}

Json to_json(const WorkDoneProgressParams& params) {
  return {{"token", to_json(params.token)}};
}

Json to_json(const ProgressParams& params) {
  return {{"token", to_json(params.token)},
          {"value", std::visit([](const auto& value) { return to_json(value); }, params.value)}};
}

Json to_json(const StatusParams& params) {
  return {{"kind", name_of(params.kind)}, {"busy", params.busy}, {"message", params.message}};
}

Json to_json(const FimdStatusParams& params) {
  Json json = to_json(params.status);
  if (!params.model.empty()) json["model"] = params.model;
  if (params.state) json["state"] = name_of(*params.state);
  if (params.percent) json["percent"] = *params.percent;
  if (!params.setting.empty()) json["setting"] = params.setting;
  if (params.silence) {
    const SilenceParams& silence = *params.silence;
    json["silence"] = {{"uri", silence.uri}, {"reason", silence.reason}, {"text", silence.text}};
  }
  return json;
}

}  // namespace fimd::lsp
