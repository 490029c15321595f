// JSON from files that others wrote: configuration, tokenizers, indices of shards.
//
// The text is bounded in size by the caller and in depth here, must be valid UTF-8, and whatever is
// wrong with it becomes one error that names the file. Of equal keys in an object the last wins, as
// in Python, whose json module wrote most of these files. Values that are shown in messages are
// ASCII and short, whatever the file holds; json_fields.h reads single fields.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "kernels/base/result.h"

namespace fimd {

/// Ten times what a tokenizer.json of today nests; copying a document recurses this deep.
inline constexpr int kMaxJsonDepth = 64;

/// Calls `accept` with each byte of `text` outside of strings until it returns false; whether it
/// never did. Exact for valid JSON; of other text it sees at least what a parser sees before it
/// stops, since both find the same strings up to there.
template <typename Accept>
bool all_outside_strings(std::string_view text, const Accept& accept) {
  bool in_string = false;
  for (size_t index = 0; index < text.size(); ++index) {
    const char byte = text[index];
    if (byte == '"') {
      in_string = !in_string;
    } else if (in_string) {
      if (byte == '\\') ++index;
    } else if (!accept(byte)) {
      return false;
    }
  }
  return true;
}

/// Parses `text`; `name` stands in messages for where it came from.
/// Errors: kInvalidInput, not JSON, not UTF-8, or nested deeper than kMaxJsonDepth.
Result<nlohmann::json> parse_json(std::string_view text, std::string_view name);

/// Errors: those of read_file (mapped_file.h) and of parse_json.
Result<nlohmann::json> read_json_file(const std::filesystem::path& path, int64_t max_bytes);

/// What a parser's exception says, without its error number, ASCII and short.
std::string json_error_text(const nlohmann::json::exception& error);

/// `text` in quotes, for a message: escaped to ASCII, long text cut.
std::string quote(std::string_view text);

/// `value` as a message shows what was found: 3, "text", true, null, "an array", "an object".
std::string describe(const nlohmann::json& value);

/// "`place` is 3, expected an array"; a null `found` is missing.
std::string mismatch_text(std::string_view place,
                          const nlohmann::json* found,
                          std::string_view expected);

}  // namespace fimd
