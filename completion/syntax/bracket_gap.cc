#include "completion/syntax/bracket_gap.h"

#include <algorithm>
#include <utility>

#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"

namespace fimd {
namespace {

// The indentation of the line that each bracket stands on.
std::vector<size_t> line_columns_of(const std::vector<OpenBracket>& open, std::string_view text) {
  std::vector<size_t> columns;
  size_t scanned = 0;
  size_t line = 0;
  for (const OpenBracket& bracket : open) {
    const size_t last_end = text.substr(scanned, bracket.offset - scanned).find_last_of("\r\n");
    if (last_end != std::string_view::npos || columns.empty()) {
      line = last_end == std::string_view::npos ? 0 : scanned + last_end + 1;
      columns.push_back(indentation_of(text.substr(line, bracket.offset - line)));
    } else {
      columns.push_back(columns.back());
    }
    scanned = bracket.offset;
  }
  return columns;
}

// The column of the character at `offset`, if it is the first of its line but for blanks.
std::optional<size_t> column_if_first(std::string_view text, size_t offset) {
  const size_t before =
      offset == 0 ? std::string_view::npos : text.find_last_not_of(" \t", offset - 1);
  if (before == std::string_view::npos || (text[before] != '\n' && text[before] != '\r')) {
    return std::nullopt;
  }
  return indentation_of(text.substr(before + 1, offset - before));
}

// Whether `closers` of a suffix, without the first `num_awaited`, are those of the outermost of
// `open`, all of them in order.
bool closes_outermost(const std::vector<OpenBracket>& open,
                      std::string_view suffix,
                      const std::vector<OuterCloser>& closers,
                      size_t num_awaited) {
  if (closers.size() < num_awaited || closers.size() - num_awaited > open.size()) return false;
  for (size_t i = num_awaited; i < closers.size(); ++i) {
    if (open[closers.size() - 1 - i].closer != suffix[closers[i].offset]) return false;
  }
  return true;
}

}  // namespace

BracketGap::BracketGap(const Language& language, std::string_view prefix, std::string_view suffix)
    : BracketGap(language, scan_before(language, prefix, prefix.size()), prefix, suffix) {}

BracketGap::BracketGap(const Language& language,
                       BracketScan before,
                       std::string_view prefix,
                       std::string_view suffix)
    : language_(language), before_(std::move(before)), closed_after_(before_.open.size(), false) {
  suffix = suffix.substr(0, kMaxScanBytes);
  const BracketScan scan = scan_brackets(language, suffix, before_);
  num_stray_ = num_unmatched(scan);
  const std::vector<OuterCloser>& closers = scan.outer_closers;
  for (const size_t num_awaited : {0, 1}) {
    if (!closes_outermost(before_.open, suffix, closers, num_awaited)) continue;
    num_awaited_ = num_awaited;
    for (size_t i = 0; i + num_awaited < closers.size(); ++i) closed_after_[i] = true;
    return;
  }
  const std::vector<size_t> columns = line_columns_of(before_.open, prefix);
  size_t num_left = before_.open.size();
  for (const OuterCloser& closer : closers) {
    // The first closer of a line belongs to the bracket that was opened at its indentation, if
    // there is one: of two blocks, only the outer may have its closer yet.
    const auto column = column_if_first(suffix, closer.offset);
    const size_t limit = num_left - std::min(num_left, kMaxSkippedOpeners);
    size_t match = num_left;
    for (size_t i = num_left; i > limit; --i) {
      if (before_.open[i - 1].closer != suffix[closer.offset]) continue;
      const bool aligned = column == columns[i - 1];
      if (aligned || match == num_left) match = i - 1;
      if (aligned || !column) break;
    }
    if (match == num_left) break;  // of a bracket outside of what was scanned
    closed_after_[match] = true;
    num_left = match;
  }
}

size_t BracketGap::owed_from() const {
  size_t index = closed_after_.size();
  while (index > 0 && !closed_after_[index - 1]) --index;
  return index;
}

std::optional<size_t> BracketGap::unbalanced_closer(std::string_view completion) const {
  // Owns nothing: the scan ends before this does.
  GapScan scan(std::shared_ptr<const BracketGap>(std::shared_ptr<void>(), this));
  for (size_t begin = 0; begin < completion.size();) {
    const size_t next = next_line_begin(completion, begin);
    const std::string_view line = completion.substr(begin, next - begin);
    GapScan::Piece piece = scan.look(line, /*complete=*/true);
    if (piece.unbalanced) return begin + *piece.unbalanced;
    scan.pass(std::move(piece));
    begin = next;
  }
  return std::nullopt;
}

std::string BracketGap::missing_closers(std::string_view completion) const {
  const BracketScan own = scan_brackets(language_, completion, before_);
  std::string closers;
  for (size_t i = own.open.size(); i > own.num_inherited; --i) closers += own.open[i - 1].closer;
  return closers;
}

GapScan::GapScan(std::shared_ptr<const BracketGap> gap)
    : gap_(std::move(gap)),
      scan_(gap_->before()),
      num_outer_(scan_.open.size()),
      num_left_(scan_.open.size()) {}

GapScan::Piece GapScan::look(std::string_view piece, bool complete) const {
  Piece result = {.scan = scan_brackets(gap_->language(), piece, scan_),
                  .num_outer = num_outer_,
                  .num_left = num_left_};
  for (const OuterCloser& closer : result.scan.outer_closers) {
    const bool matched = closer.open_index != OuterCloser::kUnmatched;
    if (matched && closer.open_index >= result.num_outer) continue;
    if (matched) result.num_outer = closer.open_index;
    result.closers.push_back(closer);
    if (result.unbalanced) continue;
    const bool innermost = matched && closer.open_index + 1 == result.num_left;
    if (innermost && !gap_->is_closed_after(closer.open_index)) {
      --result.num_left;
    } else if (!innermost || !may_open_again(piece, closer, result, complete)) {
      result.unbalanced = closer.offset;
    } else if (complete) {
      result.num_outer = result.scan.open.size();
    }
  }
  return result;
}

// Whether what follows `closer` in its line opens in its place what the suffix then closes, or may
// do so once the line is complete.
bool GapScan::may_open_again(std::string_view piece,
                             const OuterCloser& closer,
                             const Piece& result,
                             bool complete) const {
  if (piece[closer.offset] == '}' || is_blank(piece.substr(0, closer.offset))) return false;
  const std::string_view rest = trimmed(piece.substr(closer.offset + 1));
  const bool ends = !rest.empty() && kBlockEnds.find(rest.front()) != std::string_view::npos;
  if (ends || (rest.empty() && complete)) return false;
  if (!complete) return true;
  const std::vector<OpenBracket>& open = result.scan.open;
  return open.size() == closer.open_index + 1 + gap_->num_awaited() &&
         result.scan.num_inherited == closer.open_index &&
         open[closer.open_index].closer == piece[closer.offset];
}

void GapScan::pass(Piece piece) {
  scan_ = std::move(piece.scan);
  num_outer_ = piece.num_outer;
  num_left_ = piece.num_left;
}

}  // namespace fimd
