// UTF-8, read with the replacement rule of the Unicode standard.
//
// Where bytes are not UTF-8, each maximal subpart of an ill-formed sequence (the longest beginning
// of some character, or else one byte) stands for one U+FFFD, as in Rust's from_utf8_lossy and
// Python's errors="replace". Source: The Unicode Standard, chapter 3.9, table 3-7.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fimd {

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

/// One character, or one maximal subpart of what is none.
struct Utf8Unit {
  size_t size_bytes = 1;
  char32_t code_point = 0xFFFD;
  bool valid = false;
  bool cut_off = false;  ///< invalid only because the text ends here
};

/// The unit at the beginning of `text`, which is not empty.
Utf8Unit first_utf8_unit(std::string_view text);

/// The last character of `text`, which is valid and not empty.
char32_t last_code_point(std::string_view text);

bool is_valid_utf8(std::string_view text);

/// Appends `text` to `out`, with U+FFFD for what is not UTF-8.
void append_replacing_invalid(std::string_view text, std::string& out);

/// The largest offset of a character's first byte in valid `text`, at most `offset_bytes`.
size_t character_start(std::string_view text, size_t offset_bytes);

/// Unicode's White_Space property, which no version of Unicode changes.
bool is_white_space(char32_t code_point);

}  // namespace fimd
