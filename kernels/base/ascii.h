// ASCII characters by kind, and in lower case, whatever the locale. Bytes of other characters are
// of no kind and stay as they are.
//
// What a word is depends on who asks and is not said here: text_lines.h says it for source code,
// where '$' belongs to words, token_healing.cc for what a model's tokens spell in any script.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace fimd {

constexpr bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80U;
}

constexpr bool is_ascii_lower(char c) {
  return c >= 'a' && c <= 'z';
}

constexpr bool is_ascii_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

constexpr bool is_ascii_letter(char c) {
  return is_ascii_lower(c) || is_ascii_upper(c);
}

constexpr bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_ascii_hex_digit(char c) {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr char to_ascii_lower(char c) {
  return is_ascii_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string to_ascii_lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return to_ascii_lower(c); });
  return lower;
}

}  // namespace fimd
