// The alphabet in which byte-level vocabularies are written: one printable character per byte.
//
// The 188 printable characters of Latin-1 stand for themselves; the other 68 bytes, in order, are
// U+0100 and up. So a space is U+0120, a newline U+010A. Source: GPT-2's encoder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fimd {

/// The bytes that `spelling` stands for; nothing if one of its characters is not of the alphabet.
std::optional<std::string> bytes_of_spelling(std::string_view spelling);

/// What a token spelled `spelling` decodes to: its bytes, or itself where it is not of the
/// alphabet.
std::string decoded_spelling(std::string_view spelling);

}  // namespace fimd
