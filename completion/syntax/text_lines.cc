#include "completion/syntax/text_lines.h"

#include <algorithm>
#include <cstring>

#include "kernels/base/ascii.h"

namespace fimd {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";

// Texts are searched in blocks: for both kinds of line end in one before the next is looked at, so
// that a text of one kind is not read to its end for the other.
constexpr size_t kBlockBytes = 4096;

// Where the first line end at or after `offset` stands; the end of the text when there is none.
size_t find_line_end(std::string_view text, size_t offset) {
  while (offset < text.size()) {
    // Two searches for one byte: a search for two bytes is a hundred times slower.
    const std::string_view block = text.substr(offset, kBlockBytes);
    const size_t lf = std::min(block.find('\n'), block.size());
    const size_t end = std::min(block.substr(0, lf).find('\r'), lf);
    if (end < block.size()) return offset + end;
    offset += block.size();
  }
  return text.size();
}

// string_view::rfind() looks at one byte at a time.
size_t find_last(std::string_view text, char c) {
  const void* found = text.empty() ? nullptr : ::memrchr(text.data(), c, text.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

// What follows the last line end in the first `offset` bytes begins there.
size_t after_last_line_end(std::string_view text, size_t offset) {
  while (offset > 0) {
    const size_t begin = offset - std::min(offset, kBlockBytes);
    const std::string_view block = text.substr(begin, offset - begin);
    const size_t after_lf = find_last(block, '\n') + 1;  // npos + 1 is 0
    const size_t after_cr = find_last(block.substr(after_lf), '\r') + 1;
    if (after_lf + after_cr > 0) return begin + after_lf + after_cr;
    offset = begin;
  }
  return 0;
}

// Whether `block` is one blank over and over, as long blank texts mostly are.
bool is_one_blank(std::string_view block) {
  return kBlanks.find(block.front()) != std::string_view::npos &&
         std::memcmp(block.data(), block.data() + 1, block.size() - 1) == 0;
}

// Where the first character that is no blank stands; the end of the text when there is none.
size_t find_non_blank(std::string_view text) {
  for (size_t offset = 0; offset < text.size(); offset += kBlockBytes) {
    const std::string_view block = text.substr(offset, kBlockBytes);
    if (is_one_blank(block)) continue;
    const size_t found = block.find_first_not_of(kBlanks);
    if (found != std::string_view::npos) return offset + found;
  }
  return text.size();
}

}  // namespace

size_t line_begin(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  // Between the CR and the LF of one line end is still its line.
  const bool in_line_end = offset > 0 && text[offset - 1] == '\r' && text.substr(offset, 1) == "\n";
  if (in_line_end) --offset;
  return after_last_line_end(text, offset);
}

size_t line_end(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  const bool in_line_end = offset > 0 && text[offset - 1] == '\r' && text.substr(offset, 1) == "\n";
  return in_line_end ? offset - 1 : find_line_end(text, offset);
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
  return find_non_blank(text) == text.size();
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
  return trimmed_right(text.substr(find_non_blank(text)));
}

std::string_view trimmed_right(std::string_view text) {
  while (!text.empty()) {
    const size_t begin = text.size() - std::min(text.size(), kBlockBytes);
    const std::string_view block = text.substr(begin);
    const size_t found =
        is_one_blank(block) ? std::string_view::npos : block.find_last_not_of(kBlanks);
    if (found != std::string_view::npos) return text.substr(0, begin + found + 1);
    text = text.substr(0, begin);
  }
  return text;
}

bool is_word_character(char c) {
  return is_ascii_letter(c) || is_ascii_digit(c) || c == '_' || c == '$' || !is_ascii(c);
}

size_t num_word_bytes(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, is_word_character));
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
