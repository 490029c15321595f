#include "completion/postprocess/postprocess.h"

#include <algorithm>
#include <array>

#include "completion/line_ending.h"
#include "completion/postprocess/decode_watch.h"
#include "completion/postprocess/rules.h"
#include "completion/syntax/text_lines.h"
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
    drop_unbalanced,
    drop_worthless,
});

// Where `raw` has the name of a special token as text, `<|cursor|>`, which neither the document has
// nor a literal.
size_t marker_begin(const SiteBrackets& brackets, std::string_view raw) {
  const SyntaxView& view = brackets.site().view;
  static constexpr size_t kMaxMarkerBytes = 40;
  for (size_t at = raw.find("<|"); at != std::string_view::npos; at = raw.find("<|", at + 1)) {
    const size_t end = raw.substr(at, kMaxMarkerBytes).find("|>");
    if (end == std::string_view::npos) continue;
    const std::string_view marker = raw.substr(at, end + 2);
    const bool name = std::ranges::all_of(marker.substr(2, end - 2), is_word_character);
    if (end <= 2 || !name || view.text.find(marker) != std::string_view::npos) continue;
    const BracketScan scan = scan_brackets(view.language, raw.substr(0, at), brackets.before());
    if (scan.context != LexicalContext::kString) return at;
  }
  return raw.size();
}

std::string_view valid_part(const SiteBrackets& brackets, std::string_view raw) {
  raw = raw.substr(0, raw.find('\0'));
  raw = raw.substr(0, marker_begin(brackets, raw));
  return raw.substr(0, find_invalid_utf8(raw).value_or(raw.size()));
}

std::optional<Completion> apply_rules(SiteBrackets& brackets,
                                      const DecodeWatch& watch,
                                      std::string_view raw,
                                      const Completion* passed = nullptr) {
  const Site& site = brackets.site();
  const std::string_view valid = valid_part(brackets, raw);
  const std::string_view kept = valid.substr(0, watch.settled_end_of(valid));
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
