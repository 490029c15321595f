#include "completion/syntax/block_start.h"

#include <algorithm>

#include "completion/syntax/scope.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"

namespace fimd {
namespace {

// A longer line opens no block: it is generated, or data. Headers are searched for many words.
constexpr size_t kMaxHeaderBytes = 4096;

// "x" at the end of `line`, as a word of its own when it is one.
bool ends_with_word(std::string_view line, std::string_view word) {
  if (!line.ends_with(word)) return false;
  const std::string_view before = line.substr(0, line.size() - word.size());
  return before.empty() || !is_word_character(before.back()) || !is_word_character(word.front());
}

// Whether `line` has one of `words`; with `first`, only at its beginning or a value's: "def f",
// "x = if y", but not "f if y".
bool has_any(std::string_view words, std::string_view line, bool first) {
  return any_word(words, [&](std::string_view word) {
    for (size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
      const std::string_view rest = line.substr(at + word.size());
      const std::string_view before = trimmed_right(line.substr(0, at));
      const bool ends = rest.empty() || !is_word_character(rest.front());
      const bool begins = at == 0 || !is_word_character(line[at - 1]);
      static constexpr std::string_view kBeforeValues = "=(,{";
      const bool opens =
          !first || before.empty() || kBeforeValues.find(before.back()) != std::string_view::npos;
      if (ends && begins && opens) return true;
    }
    return false;
  });
}

bool opens_by_keywords(const Language& language, std::string_view line) {
  // "do |x|" opens as "do" does.
  if (line.ends_with('|') && line.find(" do |") != std::string_view::npos) return true;
  const std::string_view ended = line.substr(0, line.find_last_not_of(",;)]} ") + 1);
  const bool closed = any_word(language.block_closers, [&](std::string_view word) {
    return is_word_character(word.front()) && ends_with_word(ended, word);
  });
  if (closed) return false;
  return has_any(language.block_headers, line, true) ||
         has_any(language.block_words, line, false) ||
         any_word(language.block_openers,
                  [&](std::string_view word) { return ends_with_word(line, word); });
}

bool opens_by_tag(std::string_view line) {
  const size_t tag = line.rfind('<');
  return line.ends_with('>') && !line.ends_with("/>") && !line.ends_with("-->") &&
         tag != std::string_view::npos && line.substr(tag, 2) != "</" &&
         line.substr(tag, 2) != "<!";
}

// Whether `header`, trimmed, opens a block.
bool opens_block(const Language& language, std::string_view header) {
  switch (language.block_style) {
    case BlockStyle::kBraces: return header.ends_with('{');
    case BlockStyle::kKeywords: return opens_by_keywords(language, header);
    case BlockStyle::kTags: return opens_by_tag(header);
    case BlockStyle::kIndentation:
      // A colon within brackets belongs to a slice, a dictionary or a lambda.
      return header.ends_with(':') && scan_brackets(language, header).open.empty();
  }
  return false;
}

}  // namespace

std::optional<BlockStart> empty_block_at(const SyntaxView& view, ByteOffset offset) {
  const size_t at = std::min(offset.value, view.text.size());
  const std::string_view rest = trimmed(rest_of_line(view.text, at));
  const bool ends_block =
      rest.starts_with('}') && rest.find_first_not_of(kBlockEnds) == std::string_view::npos;
  if (!rest.empty() && !ends_block) return std::nullopt;

  const size_t window = at - std::min(at, kMaxScanBytes);
  const std::string_view before = trimmed_right(view.text.substr(window, at - window));
  const size_t header_end = window + before.size();
  const std::string_view header = line_at(view.text, header_end);
  if (header.size() > kMaxHeaderBytes) return std::nullopt;
  const std::string_view opener = trimmed(
      header.substr(0, std::min(header.size(), header_end - line_begin(view.text, header_end))));
  if (opener.empty() || !opens_block(view.language, opener)) return std::nullopt;
  if (lexical_context(view, {header_end}) != LexicalContext::kCode) return std::nullopt;

  const size_t columns = indentation_of(header);
  const size_t next = next_text_line(view.text, at);
  const bool empty = !rest.empty() || next == view.text.size() ||
                     indentation_of(line_at(view.text, next)) <= columns;
  if (!empty) return std::nullopt;
  return BlockStart{.header_columns = columns,
                    .flat = has_word(view.language.flat_blocks, first_word(header))};
}

}  // namespace fimd
