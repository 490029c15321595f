#include "completion/syntax/scope_watch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "completion/syntax/block_start.h"
#include "completion/syntax/scope.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"

namespace fimd {
namespace {

// What a line begins with that goes on with the one above it.
constexpr std::string_view kLeadingOperators = ". ?. ? : && || | =>";

// Whether a line ends in an operator.
bool goes_on(std::string_view line) {
  const std::string_view text = trimmed_right(line);
  return !text.empty() && std::string_view("=+-*%&|^<?").find(text.back()) != text.npos;
}

// Blocks of other styles are no brackets.
size_t innermost_block(const Language& language, const BracketScan& scan) {
  if (language.block_style != BlockStyle::kBraces) return OuterCloser::kUnmatched;
  for (size_t i = scan.open.size(); i > 0; --i) {
    if (scan.open[i - 1].closer == '}' && scan.open[i - 1].literal == nullptr) return i - 1;
  }
  return OuterCloser::kUnmatched;
}

// The columns of the lines above that are indented less than `columns` and less and less: what the
// cursor's line is nested in, the innermost first.
std::vector<size_t> header_columns(std::string_view text, size_t at, size_t columns) {
  std::vector<size_t> headers;
  const size_t limit = at - std::min(at, kMaxScanBytes);
  // The cursor may stand behind a header on its own line.
  for (size_t line = line_begin(text, at); columns > 0; line = line_begin(text, line - 1)) {
    const std::string_view words = text.substr(line, std::min(line_end(text, line), at) - line);
    if (!is_blank(words) && indentation_of(words) < columns) {
      columns = indentation_of(words);
      headers.push_back(columns);
    }
    if (line <= limit) break;
  }
  return headers;
}

// Whether the words of `line` begin with one of `words`, tags and braces included.
bool begins_with(std::string_view words, std::string_view line) {
  const std::string_view text = trimmed(line);
  return any_word(words, [&](std::string_view word) {
    return is_word_character(word.front()) ? first_word(text) == word : text.starts_with(word);
  });
}

// Whether a line may yet become another: "en" "end" or "entry", "<" "</" or "<b".
bool is_in_mid_air(const GrowingLine& line) {
  const std::string_view words = trimmed(line.content());
  return !line.complete && (first_word(words).size() == words.size() || words.size() == 1);
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
      block_index_(innermost_block(language_, brackets_.gap().before())) {
  const size_t at = std::min(cursor.value, view.text.size());
  const auto block = empty_block_at(view, {at});
  item_columns_ = indentation_at(view.text, at);
  floor_columns_ = block && !block->flat ? block->header_columns + 1 : item_columns_;
  at_top_level_ = floor_columns_ == 0;
  const size_t next = next_text_line(view.text, std::max(at, suffix_begin.value));
  const std::string_view next_line = line_at(view.text, next);
  const size_t next_columns = indentation_of(next_line);
  const std::vector<size_t> headers = header_columns(view.text, at, floor_columns_);
  header_columns_ = headers.empty() ? 0 : headers.front();
  const bool next_closes = closes_own_block(next_line);
  outer_columns_ = header_columns_;
  for (const size_t columns : headers) {
    const bool ended = !is_blank(next_line) &&
                       (columns < next_columns || (columns == next_columns && next_closes));
    if (ended) break;
    outer_columns_ = columns;
  }
  const BracketScan& before = brackets_.gap().before();
  const size_t owed = brackets_.gap().owed_from();
  if (language_.block_style == BlockStyle::kIndentation && owed < before.open.size()) {
    const size_t begun = indentation_of(line_at(view.text, before.open[owed].offset));
    floor_columns_ = std::min(floor_columns_, begun + 1);
  }
  closed_after_ = next_closes && next_columns < floor_columns_ && next_columns >= header_columns_;
  continued_after_ =
      next_columns == header_columns_ && begins_with(language_.continuations, next_line);
}

std::optional<size_t> ScopeWatch::look(const GrowingLine& line) const {
  if (left_end_) return end_of_left(line);
  const auto unbalanced = brackets_.look(line.whole(), line.complete).unbalanced;
  const auto by_brackets =
      unbalanced
          ? std::optional(trimmed_right(line.text.substr(0, line.begin + *unbalanced)).size())
          : std::nullopt;
  const bool by_lines_too = language_.block_style != BlockStyle::kBraces || at_top_level_;
  const auto by_lines = by_lines_too ? end_by_lines(line) : std::nullopt;
  if (by_brackets && by_lines) return std::min(*by_brackets, *by_lines);
  return by_brackets ? by_brackets : by_lines;
}

void ScopeWatch::pass(const GrowingLine& line) {
  GapScan::Piece piece = brackets_.look(line.whole(), /*complete=*/true);
  note_own_end(line, piece);
  if (!is_blank(line.content())) {
    left_end_ =
        has_left(piece) && !goes_on(line.content()) ? std::optional(line.end) : std::nullopt;
  }
  const bool deeper = indentation_of(line.content()) > item_columns_ || continues();
  after_deeper_ = after_deeper_ || (deeper && line.begin > 0 && !is_blank(line.content()));
  brackets_.pass(std::move(piece));
}

std::optional<size_t> ScopeWatch::settled_end(std::string_view completion) const {
  ScopeWatch watch = *this;
  for (size_t begin = 0; begin < completion.size();) {
    GrowingLine line = growing_line(completion, begin);
    line.complete = true;
    if (const auto end = watch.look(line)) return end;
    watch.pass(line);
    begin = line.text.size();
  }
  if (watch.left_end_) return watch.left_end_;
  if (watch.own_end_ && *watch.own_end_ < completion.size()) return watch.own_end_;
  return watch.own_end_ ? std::nullopt : watch.closer_end_;
}

// Whether the line that grows began within brackets that the completion has to close, a comment or
// a literal.
bool ScopeWatch::continues() const {
  return brackets_.scan().open.size() > brackets_.gap().owed_from() ||
         brackets_.scan().context != LexicalContext::kCode;
}

// Whether nothing is open but what was before the cursor, and what the suffix closes.
bool ScopeWatch::is_level(const GapScan::Piece& piece) const {
  return (piece.scan.context == LexicalContext::kCode || piece.scan.line_comment) &&
         piece.scan.open.size() == piece.num_outer + brackets_.gap().num_awaited();
}

void ScopeWatch::note_own_end(const GrowingLine& line, const GapScan::Piece& piece) {
  if (language_.block_style == BlockStyle::kKeywords ||
      language_.block_style == BlockStyle::kTags) {
    const bool closes = indentation_of(line.content()) < floor_columns_ && line.begin > 0 &&
                        closes_own_block(line.content()) && !continues();
    if (closes && indentation_of(line.content()) < num_own_left_) {
      own_end_ = line.end;
      num_own_left_ = indentation_of(line.content());
    }
  }
  if (block_index_ == OuterCloser::kUnmatched || piece.num_outer > block_index_) return;
  for (const OuterCloser& closer : piece.closers) {
    if (closer_end_ || closer.open_index > block_index_) continue;
    const size_t behind = line.begin + closer.offset + 1;
    closer_end_ = std::min(line.text.find_first_not_of(kBlockEnds, behind), line.end);
  }
  if (is_level(piece) && piece.num_outer < num_own_left_) {
    own_end_ = line.end;
    num_own_left_ = piece.num_outer;
  }
}

// Whether a line closes the block and all around it that the suffix lacks.
bool ScopeWatch::has_left(const GapScan::Piece& piece) const {
  return block_index_ != OuterCloser::kUnmatched && piece.num_outer <= block_index_ &&
         piece.num_outer <= brackets_.gap().owed_from() && is_level(piece);
}

// Where the scope was left, unless `line` goes on with its statement.
std::optional<size_t> ScopeWatch::end_of_left(const GrowingLine& line) const {
  const std::string_view words = trimmed(line.content());
  if (words.empty()) return std::nullopt;
  if (is_in_mid_air(line)) return std::nullopt;
  return begins_with(language_.continuations, words) || begins_with(kLeadingOperators, words)
             ? std::nullopt
             : left_end_;
}

std::optional<size_t> ScopeWatch::end_by_lines(const GrowingLine& line) const {
  if (line.begin == 0 || continues() || is_blank(line.content())) return std::nullopt;
  return line_leaves(line);
}

std::optional<size_t> ScopeWatch::line_leaves(const GrowingLine& line) const {
  const size_t columns = indentation_of(line.content());
  const bool ends_item = at_top_level_ && columns == item_columns_ && after_deeper_;
  if (columns >= floor_columns_ && !ends_item) return std::nullopt;
  const std::string_view words = trimmed(line.content());
  if (is_in_mid_air(line)) return std::nullopt;
  const size_t before = trimmed_right(line.text.substr(0, line.begin)).size();
  if (closes_own_block(words)) {
    if (closed_after_ || columns < outer_columns_) return before;
    if (!line.complete || columns > outer_columns_) return std::nullopt;
    return line.begin + trimmed_right(line.content()).size();
  }
  if (ends_item) {
    return begins_with(language_.continuations, words) ? std::nullopt : std::optional(before);
  }
  return continues_statement(words, columns) ? std::nullopt : std::optional(before);
}

// Whether a line that is indented less than the block belongs to the block's statement, or to a
// block around it that the completion is to end.
bool ScopeWatch::continues_statement(std::string_view words, size_t columns) const {
  if (closed_after_ || continued_after_) return false;
  if (columns == header_columns_ && begins_with(language_.continuations, words)) return true;
  const bool ends_tag = language_.block_style == BlockStyle::kTags &&
                        (words.starts_with("/>") || words.starts_with('>'));
  if (ends_tag) return true;
  return language_.block_style != BlockStyle::kIndentation && columns > outer_columns_;
}

bool ScopeWatch::closes_own_block(std::string_view line) const {
  if (language_.block_style == BlockStyle::kTags) return trimmed(line).starts_with("</");
  if (begins_with(language_.block_closers, line)) return true;
  // At the top level a closer in the first column ends the item that opened it.
  const std::string_view text = trimmed(line);
  return at_top_level_ && !text.empty() && kClosingBrackets.find(text[0]) != text.npos;
}

}  // namespace fimd
