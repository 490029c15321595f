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

// Whether a suggestion may begin with a line end.
bool begins_next_line(const Site& site) {
  return is_blank(rest_of_line(site.view.text, site.hole_end.value)) &&
         is_finished(line_before(site));
}

}  // namespace

DecodeWatch::DecodeWatch(SiteBrackets& brackets)
    : closing_(closing_text(brackets.site())), first_watches_(brackets), watches_(first_watches_) {}

size_t DecodeWatch::settled_end_of(std::string_view completion) const {
  const size_t end = end_of(completion).value_or(completion.size());
  const ScopeWatch& scope = first_watches_.scope();
  const auto settled = scope.settled_end(completion.substr(0, end));
  if (!settled) return end;
  // Unless what is cut off is needed, because its last closers are there already.
  const auto closed =
      scope.settled_end(std::string(completion.substr(0, end)) + std::string(closing_));
  return closing_.empty() || closed.value_or(end) < end ? *settled : end;
}

DecodeWatch::Watches::Watches(SiteBrackets& brackets)
    : scope_(brackets.site().view,
             brackets.site().cursor,
             {suffix_begin(brackets.site())},
             brackets.gap(suffix_begin(brackets.site()))),
      following_(brackets),
      single_line_(!brackets.site().multi_line),
      may_begin_line_(begins_next_line(brackets.site())) {}

// Lines that have passed were blank: others would have ended it.
std::optional<size_t> DecodeWatch::Watches::end_of_line(const GrowingLine& line) const {
  if (!single_line_ || !line.complete) return std::nullopt;
  const bool has_text = line.content().find_first_not_of(" \t") != std::string_view::npos;
  return has_text || !may_begin_line_ ? std::optional(line.end) : std::nullopt;
}

std::optional<size_t> DecodeWatch::Watches::look(const GrowingLine& line) {
  std::optional<size_t> first;
  for (const auto end :
       {scope_.look(line), following_.look(line), repetition_.look(line), end_of_line(line)}) {
    if (end) first = std::min(first.value_or(*end), *end);
  }
  return first;
}

void DecodeWatch::Watches::pass(const GrowingLine& line) {
  scope_.pass(line);
  following_.pass(line);
  repetition_.pass(line);
}

}  // namespace fimd
