// Regular expressions of tokenizer.json, in PCRE2's words.
//
// The files' patterns are written for Oniguruma with Ruby's syntax. Most of it PCRE2 reads the same
// way; what it reads differently is rewritten here, and what it cannot express, or what this
// program does not know, is refused by name rather than guessed:
//
//   \s              White_Space: PCRE2's has U+180E besides
//   \w \h \v \b     letters and marks; a hexadecimal digit; VT; a boundary of that \w
//   \p{Han}         the script, not its extensions; long category names ("Letter")
//   (?m)            "." matches newlines: PCRE2's (?s). ^ and $ are always line anchors
//   \uHHHH {,n}     spelled \x{HHHH} and {0,n}
//   (...)           groups only: nothing here reads what they capture
//
// Refused: intersections and nested sets, back references, calls, {n,m}+ (greedy here, possessive
// there), \xHH above 7F (one byte of a character), and PCRE2's own (*VERB)s.
// Source: Oniguruma's doc/RE and doc/SYNTAX.md; pcre2pattern(3).
#pragma once

#include <string>
#include <string_view>

#include "kernels/base/result.h"

namespace fimd {

/// The PCRE2 pattern (UTF, UCP, MULTILINE, newline LF) that matches what `ruby` does.
/// Errors: kUnsupported, see above; kInvalidInput, not UTF-8 or cut off. Messages begin with
/// `where`.
Result<std::string> pcre2_pattern(std::string_view ruby, const std::string& where);

/// A pattern for exactly `text`.
std::string escape_pattern(std::string_view text);

}  // namespace fimd
