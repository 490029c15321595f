#include "completion/postprocess/postprocess.h"

#include <algorithm>
#include <array>

#include "completion/line_ending.h"
#include "completion/postprocess/decode_watch.h"
#include "completion/postprocess/rules.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

// Rules feed one another: a word removed may uncover a second one. Two rounds nearly always do.
constexpr int kMaxRounds = 5;

constexpr auto kRules = std::to_array<PostprocessRule*>({
    remove_echoed_lines,
    remove_echoed_words,
    join_cursor_column,
    remove_following_lines,
    indent_lines,
    align_right_text,
    trim_end,
    keep_parsing,
    drop_worthless,
});

std::string_view valid_part(std::string_view raw) {
  raw = raw.substr(0, raw.find('\0'));
  return raw.substr(0, find_invalid_utf8(raw).value_or(raw.size()));
}

std::optional<Completion> apply_rules(SiteBrackets& brackets,
                                      const DecodeWatch& watch,
                                      std::string_view raw,
                                      const Completion* passed = nullptr) {
  const std::string_view kept = valid_part(raw.substr(0, watch.end_of(raw).value_or(raw.size())));
  const Site& site = brackets.site();
  Draft draft = {.brackets = brackets,
                 .site = site,
                 .text = to_lf(kept),
                 .end = site.hole_end,
                 .passed = passed};
  const bool good = std::ranges::all_of(kRules, [&](PostprocessRule* rule) { return rule(draft); });
  if (!good) return std::nullopt;
  return Completion{.text = std::move(draft.text), .end = draft.end};
}

}  // namespace

std::optional<Completion> postprocess(const Site& site, std::string_view raw) {
  SiteBrackets brackets(site);
  return postprocess(brackets, raw);
}

std::optional<Completion> postprocess(SiteBrackets& brackets, std::string_view raw) {
  const DecodeWatch watch(brackets);
  auto suggestion = apply_rules(brackets, watch, raw);
  for (int i = 0; i < kMaxRounds && suggestion; ++i) {
    auto again = apply_rules(brackets, watch, suggestion->text, &*suggestion);
    const bool settled = again && again->text == suggestion->text && again->end == suggestion->end;
    if (settled) return suggestion;
    suggestion = std::move(again);
  }
  return std::nullopt;
}

}  // namespace fimd
