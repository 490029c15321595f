#include "completion/postprocess/decode_watch.h"

#include <algorithm>

#include "completion/postprocess/right_text.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

// Whether a line end may come next: not within an expression.
bool is_finished(std::string_view line) {
  const std::string_view text = trimmed_right(line);
  return !text.empty() && std::string_view("=+-*%&|^<,.([\\").find(text.back()) == text.npos;
}

size_t suffix_begin(const Site& site) {
  return std::min(site.hole_end.value + closing_text(site).size(), site.view.text.size());
}

bool opens_brace_before(const Site& site, const BracketScan& before) {
  for (size_t i = before.open.size(); i > 0; --i) {
    const OpenBracket& bracket = before.open[i - 1];
    if (bracket.closer != '}' || bracket.literal != nullptr) continue;
    return bracket.offset >= line_begin(site.view.text, site.cursor.value);
  }
  return false;
}

// Whether a suggestion may begin with a line end.
bool begins_next_line(const Site& site) {
  return is_blank(rest_of_line(site.view.text, site.hole_end.value)) &&
         is_finished(line_before(site));
}

}  // namespace

DecodeWatch::DecodeWatch(SiteBrackets& brackets)
    : first_watches_(brackets), watches_(first_watches_) {}

DecodeWatch::Watches::Watches(SiteBrackets& brackets)
    : scope_(brackets.site().view,
             brackets.site().cursor,
             {suffix_begin(brackets.site())},
             brackets.gap(suffix_begin(brackets.site()))),
      following_(brackets),
      inline_brace_(opens_brace_before(brackets.site(), brackets.before())),
      single_line_(!brackets.site().multi_line),
      may_begin_line_(begins_next_line(brackets.site())) {}

// Lines that have passed were blank: others would have ended it.
std::optional<size_t> DecodeWatch::Watches::end_of_line(const GrowingLine& line) const {
  if (!single_line_ || !line.complete) return std::nullopt;
  const bool has_text = line.content().find_first_not_of(" \t") != std::string_view::npos;
  return has_text || !may_begin_line_ ? std::optional(line.end) : std::nullopt;
}

// Absent unless it is on the completion's first line, and the cursor within a brace of its own.
std::optional<DecodeWatch::InlineEnd> DecodeWatch::Watches::inline_end(const GrowingLine& line,
                                                                       size_t end) const {
  if (!inline_brace_ || line.text.substr(0, end).find('\n') != std::string_view::npos) {
    return std::nullopt;
  }
  const size_t begin = std::min(line.begin, end);
  const auto left = scope_.brackets().look(line.text.substr(begin, end - begin));
  return InlineEnd{.end = end, .num_open = left.scan.open.size()};
}

std::optional<size_t> DecodeWatch::Watches::end_of_scope(const GrowingLine& line) const {
  auto left = inline_end_;
  if (!left) {
    const auto end = scope_.look(line);
    if (!end) return std::nullopt;
    left = inline_end(line, *end);
    if (!left) return end;
  }
  const auto unbalanced = scope_.brackets().look(line.whole()).unbalanced;
  if (unbalanced) return trimmed_right(line.text.substr(0, line.begin + *unbalanced)).size();
  // `{ a: b }` is closed: on to the first line end where all that came after it is closed too.
  const bool ended_before = left->end < line.begin && !inline_end_;
  if (ended_before) return line_end(line.text, left->end);
  if (!line.complete) return std::nullopt;
  const size_t num_open = scope_.brackets().look(line.content()).scan.open.size();
  return num_open <= left->num_open ? std::optional(line.end) : std::nullopt;
}

std::optional<size_t> DecodeWatch::Watches::look(const GrowingLine& line) {
  std::optional<size_t> first;
  for (const auto end :
       {end_of_scope(line), following_.look(line), repetition_.look(line), end_of_line(line)}) {
    if (end) first = std::min(first.value_or(*end), *end);
  }
  return first;
}

void DecodeWatch::Watches::pass(const GrowingLine& line) {
  if (!inline_end_) {
    if (const auto end = scope_.look(line)) inline_end_ = inline_end(line, *end);
  }
  scope_.pass(line);
  following_.pass(line);
  repetition_.pass(line);
}

}  // namespace fimd
