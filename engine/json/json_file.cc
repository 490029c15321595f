#include "engine/json/json_file.h"

#include <algorithm>

#include "engine/checkpoint/mapped_file.h"

namespace fimd {
namespace {

// Enough to recognise a name by; a hostile file may hold one of megabytes.
constexpr size_t kMaxShownBytes = 160;

/// Whether brackets nest at most kMaxJsonDepth deep.
bool depth_is_bounded(std::string_view text) {
  int depth = 0;
  return all_outside_strings(text, [&depth](char byte) {
    if (byte == '[' || byte == '{') ++depth;
    if (byte == ']' || byte == '}') --depth;
    return depth <= kMaxJsonDepth;
  });
}

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text, std::string_view name) {
  const std::string prefix = std::string(name) + ": ";
  if (!depth_is_bounded(text)) {
    return fail(ErrorCode::kInvalidInput,
                prefix + "JSON is nested too deeply, expected at most " +
                    std::to_string(kMaxJsonDepth) + " levels");
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kInvalidInput, prefix + "is not JSON: " + json_error_text(error));
  }
}

Result<nlohmann::json> read_json_file(const std::filesystem::path& path, int64_t max_bytes) {
  FIMD_TRY(const std::string text, read_file(path, max_bytes));
  return parse_json(text, path.string());
}

std::string json_error_text(const nlohmann::json::exception& error) {
  std::string text = error.what();
  // "[json.exception.parse_error.101] parse error at ...; last read: '...'": the reader needs the
  // middle; what was last read is the file's own text, of any length.
  if (const size_t end = text.find("] "); text.starts_with('[') && end != std::string::npos) {
    text.erase(0, end + 2);
  }
  text.resize(std::min({text.size(), text.find("; last read"), kMaxShownBytes}));
  for (char& byte : text) {
    if (byte < ' ' || byte > '~') byte = '?';
  }
  return text;
}

std::string quote(std::string_view text) {
  const bool cut = text.size() > kMaxShownBytes;
  const nlohmann::json value = std::string(text.substr(0, kMaxShownBytes));
  const auto handler = nlohmann::json::error_handler_t::replace;
  return value.dump(-1, ' ', /*ensure_ascii=*/true, handler) + (cut ? "..." : "");
}

std::string describe(const nlohmann::json& value) {
  if (value.is_string()) return quote(value.get_ref<const std::string&>());
  if (value.is_array()) return "an array";
  if (value.is_object()) return "an object";
  return value.dump();
}

std::string mismatch_text(std::string_view place,
                          const nlohmann::json* found,
                          std::string_view expected) {
  std::string text(place);
  text += " is ";
  text += found == nullptr ? "missing" : describe(*found);
  text += ", expected ";
  text += expected;
  return text;
}

}  // namespace fimd
