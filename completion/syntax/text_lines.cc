#include "completion/syntax/text_lines.h"

#include <algorithm>

namespace fimd {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";

}  // namespace

size_t line_begin(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  // Between the CR and the LF of one line end is still its line.
  const bool in_line_end = offset > 0 && text[offset - 1] == '\r' && text.substr(offset, 1) == "\n";
  if (in_line_end) --offset;
  while (offset > 0 && text[offset - 1] != '\n' && text[offset - 1] != '\r') --offset;
  return offset;
}

size_t line_end(std::string_view text, size_t offset) {
  // Two searches for one byte: a search for two bytes is a hundred times slower.
  const size_t begin = line_begin(text, offset);
  const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  return begin + std::min(line.find('\r'), line.size());
}

size_t next_line_begin(std::string_view text, size_t offset) {
  const size_t end = line_end(text, offset);
  return std::min(end + (text.substr(end, 2) == "\r\n" ? 2 : 1), text.size());
}

std::string_view line_at(std::string_view text, size_t offset) {
  const size_t begin = line_begin(text, offset);
  return text.substr(begin, line_end(text, offset) - begin);
}

std::string_view rest_of_line(std::string_view text, size_t offset) {
  const size_t end = line_end(text, offset);
  offset = std::min(offset, end);
  return text.substr(offset, end - offset);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(kBlanks) == std::string_view::npos;
}

size_t indentation_of(std::string_view line) {
  static constexpr size_t kTabColumns = 8;
  size_t columns = 0;
  for (const char c : line) {
    if (c == '\t') {
      columns += kTabColumns - columns % kTabColumns;
    } else if (c == ' ') {
      ++columns;
    } else {
      break;
    }
  }
  return columns;
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? "" : trimmed_right(text.substr(begin));
}

std::string_view trimmed_right(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80U;
}

std::string_view first_word(std::string_view line) {
  const size_t begin = std::min(line.find_first_not_of(kBlanks), line.size());
  size_t end = begin;
  while (end < line.size() && is_word_character(line[end])) ++end;
  return line.substr(begin, end - begin);
}

std::string_view last_word(std::string_view line) {
  const std::string_view text = trimmed_right(line);
  size_t begin = text.size();
  while (begin > 0 && is_word_character(text[begin - 1])) --begin;
  return text.substr(begin);
}

bool has_word(std::string_view words, std::string_view word) {
  return any_word(words, [&](std::string_view candidate) { return candidate == word; });
}

}  // namespace fimd
