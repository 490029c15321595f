#include "completion/postprocess/following_lines.h"

#include <algorithm>

#include "completion/syntax/brackets.h"
#include "completion/syntax/scope.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"

namespace fimd {
namespace {

// First words of lines that any function may have twice.
constexpr std::string_view kCommonWords =
    "return break continue pass raise throw else try finally default begin end next done fi esac";
constexpr size_t kMinWordBytes = 6;
constexpr size_t kMinCommonWordBytes = 16;

bool opens_something(std::string_view words) {
  const auto num_opened = std::ranges::count(words, '(') - std::ranges::count(words, ')');
  return num_opened > 0 ||
         std::string_view("{([:>`").find(words.back()) != std::string_view::npos ||
         words.ends_with("\"\"\"") || words.ends_with("'''") ||
         has_word("do then else begin", last_word(words));
}

bool is_annotation(std::string_view words) {
  return words.starts_with('@') || words.starts_with("#[");
}

// Whether a line says enough to be recognised alone. Headers, tags and annotations do not: the next
// one often begins alike.
bool is_telling(std::string_view words) {
  if (is_annotation(words)) return false;
  const bool common = has_word(kCommonWords, first_word(words));
  return num_word_bytes(words) >= (common ? kMinCommonWordBytes : kMinWordBytes) &&
         !opens_something(words);
}

// Whether the line at `line` begins with a closer whose opener is not in the text: not at all, or
// only one that stands in another column.
bool begins_with_waiting_closer(const SiteBrackets& brackets, size_t line) {
  const Site& site = brackets.site();
  const BracketScan& before = brackets.before();
  const std::string_view text = site.view.text;
  const size_t first = text.find_first_not_of(" \t", line);
  if (first == std::string_view::npos || kClosingBrackets.find(text[first]) == text.npos) {
    return false;
  }
  const std::string_view between =
      text.substr(site.hole_end.value, first + 1 - site.hole_end.value);
  const BracketScan scan = scan_brackets(site.view.language, between, before);
  if (scan.outer_closers.empty()) return false;
  const OuterCloser& closer = scan.outer_closers.back();
  if (closer.offset + 1 != between.size()) return false;
  if (closer.open_index == OuterCloser::kUnmatched) return true;
  const size_t opener = before.open[closer.open_index].offset;
  return indentation_of(line_at(text, opener)) < indentation_of(line_at(text, line));
}

}  // namespace

FollowingLines::FollowingLines(const SiteBrackets& brackets)
    : language_(brackets.site().view.language) {
  const std::string_view text = brackets.site().view.text;
  const size_t cursor = brackets.site().cursor.value;
  const size_t begin = line_begin(text, cursor);
  joins_line_ = !is_blank(text.substr(begin, cursor - begin));
  cursor_columns_ = indentation_of(text.substr(begin, cursor - begin));
  size_t at = brackets.site().hole_end.value;
  const size_t limit = std::min(text.size(), at + kMaxScanBytes);
  while (following_.size() < kMaxLines) {
    at = next_line_begin(text, at);
    if (at >= limit) break;
    const std::string_view line = line_at(text, at);
    if (is_blank(line)) continue;
    following_.push_back({.begin = at, .words = trimmed(line), .columns = indentation_of(line)});
  }
  closer_waits_ =
      !following_.empty() && begins_with_waiting_closer(brackets, following_.front().begin);
}

FollowingLines::Line FollowingLines::line_of(std::string_view completion, PassedLine line) const {
  const std::string_view text = completion.substr(line.begin, line.end - line.begin);
  const bool known = line.begin > 0 || !joins_line_;
  const bool indented = line.begin == 0 && cursor_columns_ > 0;
  return {.begin = line.begin,
          .words = known ? trimmed(text) : std::string_view(),
          .columns = indented ? cursor_columns_ : indentation_of(text)};
}

std::vector<FollowingLines::Line> FollowingLines::lines_of(std::string_view completion) const {
  std::vector<Line> lines;
  for (size_t begin = 0; begin < completion.size();) {
    const size_t end = line_end(completion, begin);
    const std::string_view line = completion.substr(begin, end - begin);
    if (!is_blank(line)) lines.push_back(line_of(completion, {begin, end}));
    if (end == completion.size()) break;
    begin = next_line_begin(completion, begin);
  }
  return lines;
}

bool FollowingLines::begins_copy(const std::vector<Line>& lines, size_t first) const {
  size_t num_equal = 0;
  bool telling = false;
  size_t num_worded = 0;
  bool aligned = true;
  const size_t limit = std::min(following_.size(), lines.size() - first);
  while (num_equal < limit) {
    const Line& line = lines[first + num_equal];
    const Line& following = following_[num_equal];
    if (line.words != following.words) break;
    telling = telling || is_telling(line.words);
    if (num_word_bytes(line.words) > 0 && !is_annotation(line.words)) ++num_worded;
    aligned = aligned && line.columns == following.columns;
    ++num_equal;
  }
  // In another column it takes two lines that say something: a call and a brace end many blocks.
  if (telling && num_worded >= 2) return true;
  if (num_equal >= 2) return num_worded > 0 && aligned;
  return num_equal == 1 && telling && aligned;
}

std::optional<size_t> FollowingLines::look(const GrowingLine& line) const {
  if (following_.empty() || !line.complete || is_blank(line.content())) return std::nullopt;
  std::vector<Line> lines;
  lines.reserve(kMaxLines);
  for (const PassedLine& passed : passed_) lines.push_back(line_of(line.text, passed));
  lines.push_back(line_of(line.text, {line.begin, line.end}));
  for (size_t i = 0; i < lines.size(); ++i) {
    if (begins_copy(lines, i)) return trimmed_right(line.text.substr(0, lines[i].begin)).size();
  }
  return std::nullopt;
}

void FollowingLines::pass(const GrowingLine& line) {
  if (following_.empty() || is_blank(line.content())) return;
  if (passed_.size() + 1 == kMaxLines) passed_.erase(passed_.begin());
  passed_.push_back({line.begin, line.end});
}

bool FollowingLines::is_tail(const std::vector<Line>& lines, size_t first) const {
  if (begins_copy(lines, first)) return true;
  const size_t num_lines = lines.size() - first;
  if (num_lines > following_.size()) return false;
  const Line& next = following_.front();
  if (num_lines == 1 && closer_waits_ && lines[first].words == next.words &&
      lines[first].columns == next.columns) {
    return true;
  }
  static constexpr size_t kMinTailBytes = 2;
  for (size_t i = 0; i < num_lines; ++i) {
    const Line& line = lines[first + i];
    const Line& following = following_[i];
    const bool last = i + 1 == num_lines;
    // A line that was cut off in the middle.
    const bool part = last && following.words.starts_with(line.words) &&
                      num_word_bytes(line.words) >= kMinWordBytes;
    const bool closes = has_word(language_.block_closers, first_word(line.words)) ||
                        language_.block_style == BlockStyle::kTags;
    const bool whole = line.words == following.words;
    const bool outer_tag = line.words.starts_with("</") && line.columns < cursor_columns_;
    const bool alone =
        num_word_bytes(line.words) >= kMinTailBytes && !closes && !opens_something(line.words);
    const bool says_something = num_lines > 1 || part || outer_tag || alone;
    if (line.columns != following.columns || !(whole || part) || !says_something) return false;
  }
  return std::any_of(lines.begin() + static_cast<std::ptrdiff_t>(first),
                     lines.end(),
                     [](const Line& line) { return num_word_bytes(line.words) > 0; });
}

size_t FollowingLines::without_tail(std::string_view completion) const {
  if (following_.empty()) return completion.size();
  const std::vector<Line> lines = lines_of(completion);
  const size_t begin = lines.size() - std::min(lines.size(), kMaxLines);
  for (size_t i = begin; i < lines.size(); ++i) {
    if (lines[i].words.empty()) continue;
    if (is_tail(lines, i)) return trimmed_right(completion.substr(0, lines[i].begin)).size();
  }
  return completion.size();
}

}  // namespace fimd
