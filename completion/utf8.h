// The little of UTF-8 that documents need: is it valid, and where do characters begin.
//
// A character here is a Unicode code point. Source: RFC 3629, section 4.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace fimd {

/// The offset of the first byte that is not part of a well-formed character, absent when all are.
/// Overlong forms, surrogates and code points past U+10FFFF are not well formed.
std::optional<size_t> find_invalid_utf8(std::string_view text);

/// Whether `byte` continues a character rather than beginning one.
constexpr bool is_utf8_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Characters in `text`, which is valid.
size_t count_characters(std::string_view text);

}  // namespace fimd
