// C++ text taken apart into code and comments, so that a rule about one is not fooled by the other.
//
// Both parts have the size and the line breaks of the text, and blanks where the other part or the
// inside of a string is: a position found in a part is a position in the text. The quotes of a
// string stay in the code.
#pragma once

#include <string>
#include <string_view>

namespace fimd {

struct CppText {
  std::string code;
  std::string comments;
};

CppText split_cpp(std::string_view text);

/// The line, counted from 1, of byte `offset` of `text`.
int line_of(std::string_view text, size_t offset);

/// The offset of the next `word` at or after `offset` that is not part of a longer identifier, or
/// npos.
size_t find_word(std::string_view text, std::string_view word, size_t offset);

/// Letters, digits and the underscore.
bool is_identifier_char(char c);

}  // namespace fimd
