#include "editors/cli/trace.h"

#include <nlohmann/json.hpp>

#include "completion/syntax/languages.h"
#include "editors/cli/safe_file.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMaxTraceBytes = int64_t{16} << 20;
constexpr int64_t kMaxDeletes = 10'000;

/// Absent: not a step.
std::optional<TraceStep> parse_step(const Json& json) {
  if (!json.is_object() || json.size() != 1) return std::nullopt;
  const std::string& name = json.begin().key();
  const Json& value = json.begin().value();
  if (name == "type" && value.is_string() && !value.get_ref<const std::string&>().empty()) {
    return TraceStep{.kind = TraceStep::Kind::kType, .text = value.get<std::string>()};
  }
  if (name == "delete" && value.is_number_unsigned() && value.get<int64_t>() <= kMaxDeletes) {
    return TraceStep{.kind = TraceStep::Kind::kDelete, .count = value.get<int64_t>()};
  }
  if (name == "look" && value == true) return TraceStep{.kind = TraceStep::Kind::kLook};
  const bool is_position = name == "move" && value.is_array() && value.size() == 2 &&
                           value[0].is_number_unsigned() && value[1].is_number_unsigned();
  if (!is_position) return std::nullopt;
  return TraceStep{.kind = TraceStep::Kind::kMove,
                   .position = {value[0].get<uint32_t>(), value[1].get<uint32_t>()}};
}

}  // namespace

Result<Trace> load_trace(const std::filesystem::path& path) {
  FIMD_TRY(const FileSnapshot file, read_file(path, kMaxTraceBytes));
  const auto wrong = [&path](const std::string& what) {
    return fail(ErrorCode::kInvalidInput, path.string() + ": " + what);
  };
  const Json json = Json::parse(file.content, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return wrong("is no JSON object, expected a trace");
  for (const char* name : {"file", "language", "text"}) {
    if (!json.contains(name) || !json[name].is_string()) {
      return wrong("has no string \"" + std::string(name) + "\"");
    }
  }
  if (!json.contains("steps") || !json["steps"].is_array()) return wrong("has no array \"steps\"");
  Trace trace = {.file = json["file"].get<std::string>(),
                 .language_id = json["language"].get<std::string>(),
                 .text = json["text"].get<std::string>()};
  trace.steps.reserve(json["steps"].size());
  for (const Json& item : json["steps"]) {
    auto step = parse_step(item);
    if (!step) {
      return wrong("step " + std::to_string(trace.steps.size()) + " is " + item.dump() +
                   ", expected one of move, type, delete and look");
    }
    trace.steps.push_back(*std::move(step));
  }
  return trace;
}

Result<Trace> trace_of_file(const std::filesystem::path& path) {
  FIMD_TRY(FileSnapshot file, read_file(path, kMaxTraceBytes));
  const Language& language = detect_language(path.string(), "");
  Trace trace = {
      .file = path.filename().string(), .language_id = std::string(language.id), .exact = false};
  trace.steps.push_back({.kind = TraceStep::Kind::kType, .text = std::move(file.content)});
  return trace;
}

size_t first_key_bytes(std::string_view text) {
  size_t size_bytes = 1;
  if (text.starts_with('\n')) {
    const size_t next = text.find_first_not_of(" \t", 1);
    return next == std::string_view::npos ? text.size() : next;
  }
  while (size_bytes < text.size() && is_utf8_continuation(text[size_bytes])) ++size_bytes;
  return size_bytes;
}

}  // namespace fimd
