#include <algorithm>
#include <vector>

#include "completion/postprocess/right_text.h"
#include "completion/postprocess/rules.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

constexpr size_t kMaxEchoedLines = 8;
constexpr size_t kMinEchoedLineBytes =
    12;  // of one line alone: shorter ones are repeated on purpose
constexpr size_t kMinEchoedWordBytes = 3;  // of one word; "b + " may well be followed by "b + "
constexpr size_t kMaxEchoedBytes = 400;

// Words that follow themselves.
constexpr std::string_view kDoubled = "long";

// The lines with text before the one that the cursor is on, the nearest first.
std::vector<std::string_view> lines_above(const Draft& draft) {
  std::vector<std::string_view> lines;
  static constexpr size_t kMaxLookedAt = 3 * kMaxEchoedLines;
  size_t begin = line_begin(draft.before(), draft.before().size());
  for (size_t i = 0; i < kMaxLookedAt && begin > 0 && lines.size() < kMaxEchoedLines; ++i) {
    begin = line_begin(draft.before(), begin - 1);
    const std::string_view line = trimmed(line_at(draft.before(), begin));
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

struct TextLine {
  std::string_view words;
  size_t next_begin = 0;
};

std::vector<TextLine> first_lines(std::string_view text) {
  std::vector<TextLine> lines;
  for (size_t begin = 0; begin < text.size() && lines.size() < kMaxEchoedLines;) {
    const size_t next = next_line_begin(text, begin);
    const std::string_view words = trimmed(line_at(text, begin));
    if (!words.empty()) lines.push_back({.words = words, .next_begin = next});
    begin = next;
  }
  return lines;
}

bool is_comment_marker(const Language& language, std::string_view word) {
  return has_word(language.line_comments, word) ||
         (!language.block_comment_open.empty() &&
          (word == language.block_comment_open || word == "*"));
}

// Whether `echo`, the end of `line`, stands there once more on purpose: items of a list, a member
// of a member, or a word that `text` sets apart, `Format Format`.
bool is_meant(std::string_view line, std::string_view echo, std::string_view text) {
  const std::string_view words = trimmed(echo);
  if (words.starts_with('.') || words.find(',') != words.npos) return true;
  const bool set_apart = is_word_character(line.back()) && text.front() == ' ';
  return set_apart && first_word(words).size() == words.size();
}

// How much of `text` repeats the end of `line`, whole words of it; the blanks before them count.
size_t echoed_bytes(const Language& language, std::string_view line, std::string_view text) {
  const size_t blanks = std::min(text.find_first_not_of(" \t"), text.size());
  const std::string_view written = text.substr(blanks);
  line.remove_prefix(line.size() - std::min(line.size(), kMaxEchoedBytes));
  for (size_t begin = 0; begin < line.size() && !written.empty(); ++begin) {
    const bool word_begins =
        begin == 0 || !is_word_character(line[begin - 1]) || !is_word_character(line[begin]);
    if (!word_begins || line[begin] == ' ' || line[begin] == '\t') continue;
    const std::string_view echo = line.substr(begin);
    const std::string_view words = trimmed_right(echo);
    if (is_comment_marker(language, words) && begin == 0 && written.starts_with(words)) {
      return blanks + (written.starts_with(echo) ? echo.size() : words.size());
    }
    if (!written.starts_with(echo)) continue;
    const bool single = first_word(words).size() == words.size();
    if (single && (has_word(kDoubled, words) || has_word(language.block_closers, words))) continue;
    if (num_word_bytes(words) < kMinEchoedWordBytes || is_meant(line, echo, text)) continue;
    return blanks + echo.size();
  }
  return 0;
}

}  // namespace

bool remove_echoed_lines(Draft& draft) {
  if (!is_blank(line_before(draft.site))) return true;
  const auto above = lines_above(draft);
  const auto lines = first_lines(draft.text);
  for (size_t count = std::min(above.size(), lines.size()); count > 0; --count) {
    size_t num_words = 0;
    bool equal = true;
    for (size_t i = 0; i < count && equal; ++i) {
      equal = lines[i].words == above[count - 1 - i];
      num_words += num_word_bytes(lines[i].words);
    }
    if (!equal || num_words < kMinEchoedLineBytes) continue;
    // Lines that are there twice may well be there once more.
    if (count == 1 && above.size() > 1 && above[0] == above[1]) continue;
    draft.text.erase(0, lines[count - 1].next_begin);
    return !draft.text.empty();
  }
  return true;
}

bool remove_echoed_words(Draft& draft) {
  std::string_view line = line_before(draft.site);
  line.remove_prefix(indentation_before(draft.site).size());
  if (line.empty()) return true;
  draft.text.erase(0, echoed_bytes(draft.site.view.language, line, draft.text));
  return !draft.text.empty();
}

}  // namespace fimd
