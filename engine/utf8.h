// UTF-8: is it, where do its characters begin, and what to show where it is none.
//
// A character is a Unicode code point. Overlong forms, surrogates and code points past U+10FFFF are
// not well formed (RFC 3629, section 4).
//
// Where bytes are not UTF-8, each maximal subpart of an ill-formed sequence (the longest beginning
// of some character, or else one byte) stands for one U+FFFD, as in Rust's from_utf8_lossy and
// Python's errors="replace". Source: The Unicode Standard, chapter 3.9, table 3-7.
#pragma once

#include <cstddef>
#include <optional>
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

/// The offset of the first byte that is not part of a well-formed character, absent when all are.
std::optional<size_t> find_invalid_utf8(std::string_view text);

/// Whether `byte` continues a character rather than beginning one.
constexpr bool is_utf8_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Bytes of the character that `lead` begins, in valid text.
constexpr size_t utf8_character_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

/// Characters in `text`, which is valid.
size_t count_characters(std::string_view text);

/// Appends `text` to `out`, with U+FFFD for what is not UTF-8.
void append_replacing_invalid(std::string_view text, std::string& out);

/// The largest offset of a character's first byte in valid `text`, at most `offset_bytes`; the end
/// for its end and beyond.
size_t character_start(std::string_view text, size_t offset_bytes);

/// Unicode's White_Space property, which no version of Unicode changes.
bool is_white_space(char32_t code_point);

}  // namespace fimd
