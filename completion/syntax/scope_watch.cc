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
      brackets_(std::move(gap)),
      block_index_(innermost_brace(brackets_.gap().before())) {
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

std::optional<size_t> ScopeWatch::look(const GrowingLine& line) const {
  const auto by_brackets = end_by_brackets(line);
  const bool by_lines_too = language_.block_style != BlockStyle::kBraces || at_top_level_;
  const auto by_lines = by_lines_too ? end_by_lines(line) : std::nullopt;
  if (by_brackets && by_lines) return std::min(*by_brackets, *by_lines);
  return by_brackets ? by_brackets : by_lines;
}

void ScopeWatch::pass(const GrowingLine& line) {
  const bool deeper = indentation_of(line.content()) > item_columns_ && line.begin > 0;
  after_deeper_ = after_deeper_ || ((deeper || continues()) && !is_blank(line.content()));
  brackets_.pass(line.whole());
}

// Whether the line that grows began within brackets of the completion, a comment or a literal.
bool ScopeWatch::continues() const {
  return brackets_.scan().open.size() > brackets_.gap().before().open.size() ||
         brackets_.scan().context != LexicalContext::kCode;
}

std::optional<size_t> ScopeWatch::end_by_brackets(const GrowingLine& line) const {
  const GapScan::Piece piece = brackets_.look(line.whole());
  const size_t num_balanced = line.begin + piece.unbalanced.value_or(line.whole().size());
  for (const OuterCloser& closer : piece.closers) {
    const size_t offset = line.begin + closer.offset;
    if (block_index_ == OuterCloser::kUnmatched || offset >= num_balanced) break;
    if (closer.open_index == OuterCloser::kUnmatched || closer.open_index > block_index_) continue;
    const size_t end = line.text.find_first_not_of(kBlockEnds, offset + 1);
    if (end == std::string_view::npos) return std::nullopt;  // more of them may come
    return std::min(end, num_balanced);
  }
  if (!piece.unbalanced) return std::nullopt;
  return trimmed_right(line.text.substr(0, num_balanced)).size();
}

std::optional<size_t> ScopeWatch::end_by_lines(const GrowingLine& line) const {
  if (line.begin == 0 || continues() || is_blank(line.content())) return std::nullopt;
  return line_leaves(line);
}

std::optional<size_t> ScopeWatch::line_leaves(const GrowingLine& line) const {
  const size_t columns = indentation_of(line.content());
  const bool ends_item = at_top_level_ && columns == item_columns_ && after_deeper_;
  if (columns >= floor_columns_ && !ends_item) return std::nullopt;
  // "en" may become "end" or "entry", "<" may become "</" or "<b".
  const std::string_view words = trimmed(line.content());
  const bool in_mid_air =
      !line.complete && (first_word(words).size() == words.size() || words.size() == 1);
  if (in_mid_air) return std::nullopt;
  const size_t before = trimmed_right(line.text.substr(0, line.begin)).size();
  if (closes_own_block(words)) {
    if (closed_after_) return before;
    if (!line.complete) return std::nullopt;
    return line.begin + trimmed_right(line.content()).size();
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
