#include "completion/syntax/scope_watch.h"

#include <algorithm>
#include <utility>

#include "completion/syntax/block_start.h"
#include "completion/syntax/scope.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"

namespace fimd {
namespace {

size_t innermost_brace(const BracketScan& scan) {
  for (size_t i = scan.open.size(); i > 0; --i) {
    if (scan.open[i - 1].closer == '}' && scan.open[i - 1].literal == nullptr) return i - 1;
  }
  return OuterCloser::kUnmatched;
}

// Whether the words of `line` begin with one of `words`, tags and braces included.
bool begins_with(std::string_view words, std::string_view line) {
  const std::string_view text = trimmed(line);
  return any_word(words, [&](std::string_view word) {
    return is_word_character(word.front()) ? first_word(text) == word : text.starts_with(word);
  });
}

}  // namespace

// One line of a completion after its first, and what precedes it.
struct ScopeWatch::Line {
  size_t begin = 0;
  std::string_view text;
  bool complete = false;  // its end is in the completion
  bool after_deeper = false;
};

ScopeWatch::ScopeWatch(const SyntaxView& view, ByteOffset cursor, ByteOffset suffix_begin)
    : ScopeWatch(view,
                 cursor,
                 suffix_begin,
                 std::make_shared<const BracketGap>(
                     view.language,
                     view.text.substr(0, cursor.value),
                     view.text.substr(std::min(suffix_begin.value, view.text.size())))) {}

ScopeWatch::ScopeWatch(const SyntaxView& view,
                       ByteOffset cursor,
                       ByteOffset suffix_begin,
                       std::shared_ptr<const BracketGap> gap)
    : language_(view.language),
      gap_(std::move(gap)),
      block_index_(innermost_brace(gap_->before())) {
  const size_t at = std::min(cursor.value, view.text.size());
  const auto block = empty_block_at(view, {at});
  item_columns_ = indentation_at(view.text, at);
  floor_columns_ = block && !block->flat ? block->header_columns + 1 : item_columns_;
  at_top_level_ = floor_columns_ == 0;
  const size_t next = next_text_line(view.text, std::max(at, suffix_begin.value));
  const std::string_view next_line = line_at(view.text, next);
  closed_after_ = closes_own_block(next_line) && indentation_of(next_line) < floor_columns_ &&
                  (!block || indentation_of(next_line) >= block->header_columns);
}

std::optional<size_t> ScopeWatch::scope_end(std::string_view completion) const {
  const auto by_brackets = end_by_brackets(completion);
  const bool by_lines_too = language_.block_style != BlockStyle::kBraces || at_top_level_;
  const auto by_lines = by_lines_too ? end_by_lines(completion) : std::nullopt;
  if (by_brackets && by_lines) return std::min(*by_brackets, *by_lines);
  return by_brackets ? by_brackets : by_lines;
}

std::optional<size_t> ScopeWatch::end_by_brackets(std::string_view completion) const {
  const auto unbalanced = gap_->unbalanced_closer(completion);
  const std::string_view balanced = completion.substr(0, unbalanced.value_or(completion.size()));
  for (const OuterCloser& closer :
       scan_brackets(language_, balanced, gap_->before()).outer_closers) {
    if (closer.open_index == OuterCloser::kUnmatched || closer.open_index > block_index_) continue;
    if (block_index_ == OuterCloser::kUnmatched) break;
    const size_t end = completion.find_first_not_of(kBlockEnds, closer.offset + 1);
    if (end == std::string_view::npos) return std::nullopt;  // more of them may come
    return std::min(end, balanced.size());
  }
  if (!unbalanced) return std::nullopt;
  return trimmed_right(balanced).size();
}

std::optional<size_t> ScopeWatch::end_by_lines(std::string_view completion) const {
  BracketScan scan = gap_->before();
  size_t begin = 0;
  bool after_deeper = false;
  while (true) {
    const size_t next = next_line_begin(completion, begin);
    const size_t end = line_end(completion, begin);
    const Line line = {.begin = begin,
                       .text = completion.substr(begin, end - begin),
                       .complete = end < completion.size(),
                       .after_deeper = after_deeper};
    const bool continues =
        scan.open.size() > gap_->before().open.size() || scan.context != LexicalContext::kCode;
    if (begin > 0 && !continues && !is_blank(line.text)) {
      if (const auto left = line_leaves(completion, line)) return left;
    }
    const bool deeper = indentation_of(line.text) > item_columns_ && begin > 0;
    after_deeper = after_deeper || ((deeper || continues) && !is_blank(line.text));
    if (!line.complete) return std::nullopt;
    scan = scan_brackets(language_, completion.substr(begin, next - begin), scan);
    begin = next;
  }
}

std::optional<size_t> ScopeWatch::line_leaves(std::string_view completion, const Line& line) const {
  const size_t columns = indentation_of(line.text);
  const bool ends_item = at_top_level_ && columns == item_columns_ && line.after_deeper;
  if (columns >= floor_columns_ && !ends_item) return std::nullopt;
  // "en" may become "end" or "entry", "<" may become "</" or "<b".
  const std::string_view words = trimmed(line.text);
  const bool in_mid_air =
      !line.complete && (first_word(words).size() == words.size() || words.size() == 1);
  if (in_mid_air) return std::nullopt;
  const size_t before = trimmed_right(completion.substr(0, line.begin)).size();
  if (closes_own_block(words)) {
    if (closed_after_) return before;
    if (!line.complete) return std::nullopt;
    return line.begin + trimmed_right(line.text).size();
  }
  if (ends_item && begins_with(language_.continuations, words)) return std::nullopt;
  return before;
}

bool ScopeWatch::closes_own_block(std::string_view line) const {
  if (language_.block_style == BlockStyle::kTags) return trimmed(line).starts_with("</");
  if (begins_with(language_.block_closers, line)) return true;
  // At the top level a closer in the first column ends the item that opened it.
  const std::string_view text = trimmed(line);
  return at_top_level_ && !text.empty() && kClosingBrackets.find(text[0]) != text.npos;
}

}  // namespace fimd
