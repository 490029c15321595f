#include "completion/postprocess/decode_watch.h"

#include <algorithm>
#include <utility>

#include "completion/postprocess/repetition.h"
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
    : language_(brackets.site().view.language),
      gap_(brackets.gap(suffix_begin(brackets.site()))),
      scope_(brackets.site().view, brackets.site().cursor, {suffix_begin(brackets.site())}, gap_),
      inline_brace_(opens_brace_before(brackets.site(), brackets.before())),
      following_(brackets),
      single_line_(!brackets.site().multi_line),
      may_begin_line_(begins_next_line(brackets.site())) {}

std::optional<size_t> DecodeWatch::end_of_line(std::string_view completion) const {
  if (!single_line_) return std::nullopt;
  const size_t begin = may_begin_line_ ? completion.find_first_not_of(" \t\r\n") : 0;
  const size_t end = completion.find_first_of("\r\n", begin);
  return end == std::string_view::npos ? std::nullopt : std::optional(end);
}

std::optional<size_t> DecodeWatch::end_of_scope(std::string_view completion) const {
  const auto end = scope_.scope_end(completion);
  if (!end || !inline_brace_ || completion.substr(0, *end).find('\n') != std::string_view::npos) {
    return end;
  }
  const auto unbalanced = gap_->unbalanced_closer(completion);
  if (unbalanced) return trimmed_right(completion.substr(0, *unbalanced)).size();
  // `{ a: b }` is closed: on to the first line end where all that came after it is closed too.
  BracketScan scan = scan_brackets(language_, completion.substr(0, *end), gap_->before());
  const size_t num_open = scan.open.size();
  size_t scanned = *end;
  for (size_t at = line_end(completion, scanned); at < completion.size();) {
    scan = scan_brackets(language_, completion.substr(scanned, at - scanned), std::move(scan));
    if (scan.open.size() <= num_open) return at;
    scanned = at;
    at = line_end(completion, next_line_begin(completion, at));
  }
  return std::nullopt;
}

std::optional<size_t> DecodeWatch::first_end(std::string_view completion) const {
  std::optional<size_t> first;
  for (const auto end : {end_of_scope(completion),
                         following_.reproduced_at(completion),
                         repetition_end(completion),
                         end_of_line(completion)}) {
    if (end) first = std::min(first.value_or(*end), *end);
  }
  return first;
}

// Each watch keeps to its answer, but one that speaks later may want to keep less. So the answer is
// that of the shortest text that has one, which is looked for only once: when decoding ends.
std::optional<size_t> DecodeWatch::end_of(std::string_view completion) const {
  if (!first_end(completion)) return std::nullopt;
  size_t low = 0;
  size_t high = completion.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (first_end(completion.substr(0, middle))) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return first_end(completion.substr(0, high));
}

}  // namespace fimd
