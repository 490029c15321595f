// Lines, indentation and words of a text that may be anything: the small questions that are asked
// of every language alike.
//
// LF, CRLF and lone CR end a line. Offsets past the end count as the end. Lines and blanks are read
// several bytes at a time: in a line of 4 MB a question costs less than a millisecond. A word
// character is a letter, a digit, '_', '$' or any byte of a character outside ASCII.
#pragma once

#include <cstddef>
#include <string_view>

namespace fimd {

/// Where the line that contains `offset` begins.
size_t line_begin(std::string_view text, size_t offset);

/// Where it ends, before its line end.
size_t line_end(std::string_view text, size_t offset);

/// Where the line after it begins; the end of the text when there is none.
size_t next_line_begin(std::string_view text, size_t offset);

/// The line that contains `offset`, without its end.
std::string_view line_at(std::string_view text, size_t offset);

/// What of it follows `offset`.
std::string_view rest_of_line(std::string_view text, size_t offset);

bool is_blank(std::string_view text);

/// Columns of blanks before the first other character; a tab goes to the next multiple of 8, as in
/// Python's own lexer.
size_t indentation_of(std::string_view line);

/// Without the blanks and line ends at either side.
std::string_view trimmed(std::string_view text);

/// Without those at the end.
std::string_view trimmed_right(std::string_view text);

bool is_word_character(char c);

/// How many bytes of `text` are word characters.
size_t num_word_bytes(std::string_view text);

/// The word at the beginning of `line`, after blanks; empty when something else stands there.
std::string_view first_word(std::string_view line);

std::string_view last_word(std::string_view line);

/// Whether `word` is in `words`, which blanks separate. An empty word is in no list.
bool has_word(std::string_view words, std::string_view word);

/// Calls `visit` with each of `words` until it returns true; whether it did.
template <typename Visit>
bool any_word(std::string_view words, const Visit& visit) {
  while (!words.empty()) {
    const size_t end = words.find(' ');
    const std::string_view word = words.substr(0, end);
    if (!word.empty() && visit(word)) return true;
    if (end == std::string_view::npos) return false;
    words.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace fimd
