#include <algorithm>
#include <utility>

#include "completion/postprocess/following_lines.h"
#include "completion/postprocess/right_text.h"
#include "completion/postprocess/rules.h"
#include "completion/syntax/brackets.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"

namespace fimd {
namespace {

bool is_subsequence(std::string_view part, std::string_view text) {
  for (const char c : text) {
    if (!part.empty() && part.front() == c) part.remove_prefix(1);
  }
  return part.empty();
}

// Finds which part of the text to the right a completion has written again: the shortest without
// which the rest of the line leads where it led before, brackets and quotes alike.
class Aligner {
 public:
  Aligner(const Draft& draft, std::string_view right)
      : language_(strict(draft.site.view.language)),
        before_(draft.brackets.before()),
        right_(right),
        target_(scan_line(right)),
        below_(draft.brackets.gap(line_end(draft.site.view.text, draft.site.hole_end.value))),
        below_text_(below_text(draft.site)) {}

  [[nodiscard]] bool fits(std::string_view text, size_t num_replaced) const {
    const std::string_view rest = right_.substr(num_replaced);
    return !comments_out(text, rest) && leads_to_target(std::string(text) + std::string(rest));
  }

  // Whether the line then leaves open just what the lines below close.
  [[nodiscard]] bool completes_line(std::string_view text, size_t num_replaced) const {
    const std::string_view rest = right_.substr(num_replaced);
    if (comments_out(text, rest)) return false;
    const BracketScan end = scan_line(std::string(text) + std::string(rest));
    if (end.context != LexicalContext::kCode || num_unmatched(end) > 0) return false;
    if (end.open.size() != end.num_inherited) return false;
    for (size_t i = 0; i < before_.open.size(); ++i) {
      if (below_->is_closed_after(i) != (i < end.num_inherited)) return false;
    }
    return true;
  }

  // The same if what `text` leaves open were closed.
  [[nodiscard]] bool fits_when_closed(std::string_view text, size_t num_replaced) const {
    const BracketScan own = scan(text);
    if (own.open.size() <= own.num_inherited || own.context != LexicalContext::kCode) return false;
    std::string closed(text);
    for (size_t i = own.open.size(); i > own.num_inherited; --i) closed += own.open[i - 1].closer;
    return fits(closed, num_replaced);
  }

  // Whether the text to the right closes what nothing opened before the cursor.
  [[nodiscard]] bool right_waits() const {
    return num_unmatched(target_) > 0 ||
           (before_.context == LexicalContext::kCode && target_.context != LexicalContext::kCode);
  }

  // Whether `text` opens what the first `num_replaced` bytes to the right close, and closes it.
  [[nodiscard]] bool completes(std::string_view text, size_t num_replaced) const {
    const BracketScan end = scan(std::string(text) + std::string(right_.substr(num_replaced)));
    return end.context == before_.context && num_unmatched(end) == 0 &&
           end.open.size() <= target_.open.size();
  }

  // Whether the cursor is within a literal. What follows it was read as part of it, or of code that
  // it has not.
  [[nodiscard]] bool in_literal() const {
    return before_.context == LexicalContext::kString ||
           std::ranges::any_of(before_.open, &OpenBracket::literal);
  }

  // How many brackets of the file stand without their partner, if the line leads to code.
  [[nodiscard]] std::optional<size_t> num_alone(std::string_view text, size_t num_replaced) const {
    BracketScan line = scan_line(std::string(text) + std::string(right_.substr(num_replaced)));
    if (line.context != LexicalContext::kCode) return std::nullopt;
    const size_t num_closers = num_unmatched(line);
    const BracketScan end = scan_brackets(language_, below_text_, std::move(line));
    return num_closers + num_unmatched(end) + end.open.size();
  }

  [[nodiscard]] const BracketScan& before() const { return before_; }

 private:
  [[nodiscard]] BracketScan scan(std::string_view text) const {
    return scan_brackets(language_, text, before_);
  }

  static std::string_view below_text(const Site& site) {
    return site.view.text.substr(line_end(site.view.text, site.hole_end.value), kMaxScanBytes);
  }

  // Behind any comment that ends with the line.
  [[nodiscard]] BracketScan scan_line(std::string_view text) const {
    BracketScan end = scan(text);
    if (end.line_comment) end.context = LexicalContext::kCode;
    return end;
  }

  // A closer that may stand alone would hide one too many.
  static Language strict(Language language) {
    language.unpaired = {};
    return language;
  }

  // Whether `rest` would be part of a comment that `text` ends with.
  [[nodiscard]] bool comments_out(std::string_view text, std::string_view rest) const {
    return !rest.empty() && before_.context == LexicalContext::kCode &&
           scan(text).context == LexicalContext::kComment;
  }

  [[nodiscard]] bool leads_to_target(std::string_view text) const {
    const BracketScan end = scan_line(text);
    return end.context == target_.context && end.literal == target_.literal &&
           num_unmatched(end) == num_unmatched(target_) &&
           std::ranges::equal(
               end.open, target_.open, {}, &OpenBracket::closer, &OpenBracket::closer);
  }

  Language language_;
  const BracketScan& before_;
  std::string_view right_;
  BracketScan target_;
  std::shared_ptr<const BracketGap> below_;  // what closes what is open behind the line
  std::string_view below_text_;              // the lines below, as far as they are scanned
};

// Whether a line end of the text precedes its last `num_bytes` and blanks.
bool begins_last_line(std::string_view text, size_t num_bytes) {
  const std::string_view head = text.substr(0, text.size() - num_bytes);
  return is_blank(head.substr(line_begin(head, head.size()))) && head.find('\n') != head.npos;
}

// ";" written although one stands to the right.
size_t with_separators(std::string_view text, std::string_view right, size_t num_replaced) {
  const std::string_view words = trimmed_right(text);
  const size_t at = right.find_first_not_of(" \t", num_replaced);
  if (words.empty() || at == std::string_view::npos) return num_replaced;
  const bool separates = right[at] == ';' || right[at] == ',';
  return separates && words.back() == right[at] ? at + 1 : num_replaced;
}

// The end of `text` that is the beginning of what stands to the right: "b)" before "b)".
size_t overlap(const Aligner& aligner, std::string_view text, std::string_view right) {
  for (size_t size = std::min(text.size(), right.size()); size >= 2; --size) {
    const std::string_view shared = right.substr(0, size);
    if (is_blank(shared) || !text.ends_with(shared)) continue;
    const size_t begin = text.size() - size;
    const bool cuts_word =
        is_word_character(shared.front()) && begin > 0 && is_word_character(text[begin - 1]);
    if (!cuts_word && aligner.fits(text.substr(0, begin), 0)) return size;
  }
  return 0;
}

void replace_right(Draft& draft, std::string_view right, size_t num_replaced) {
  // Not to write it is the smaller edit, unless it begins a line.
  const std::string_view written = right.substr(0, num_replaced);
  const bool at_end = draft.text.ends_with(written) && !begins_last_line(draft.text, num_replaced);
  if (at_end) {
    draft.text.resize(draft.text.size() - num_replaced);
  } else {
    draft.end.value += num_replaced;
  }
}

// Replaces the shortest beginning of `closing` that `suits` and that `text` contains.
bool replace_least(Draft& draft,
                   const std::string& text,
                   std::string_view closing,
                   const auto& suits) {
  for (size_t i = 0; i <= closing.size(); ++i) {
    if (!suits(i)) continue;
    const size_t replaced = with_separators(text, closing, i);
    if (!is_subsequence(closing.substr(0, replaced), text)) continue;
    if (replaced > 0) {
      draft.text = text;
      replace_right(draft, closing, replaced);
    }
    return true;
  }
  return false;
}

// The same with what leaves the fewest brackets alone, where the completion may end a literal that
// the text to the right was read as part of.
bool end_literal(Draft& draft,
                 const std::string& text,
                 std::string_view closing,
                 const Aligner& aligner) {
  if (!aligner.in_literal()) return false;
  std::optional<size_t> best;
  size_t least = std::string_view::npos;
  for (size_t i = 0; i <= closing.size(); ++i) {
    const auto alone = aligner.num_alone(text, i);
    if (!alone || *alone >= least || !is_subsequence(closing.substr(0, i), text)) continue;
    least = *alone;
    best = i;
  }
  return best && replace_least(draft, text, closing, [&](size_t i) { return i == *best; });
}

// The text to the right may wait for what is opened only now: a call's end that was left over.
bool end_what_waits(Draft& draft,
                    const std::string& text,
                    std::string_view closing,
                    const Aligner& aligner) {
  for (size_t left = closing.size() + 1; left > 0 && aligner.right_waits(); --left) {
    const size_t num_replaced = left - 1;
    if (!text.ends_with(closing.substr(0, num_replaced))) continue;
    if (!aligner.completes(text, num_replaced)) continue;
    if (num_replaced > 0) {
      draft.text = text;
      replace_right(draft, closing, num_replaced);
    }
    return true;
  }
  return false;
}

// Whether the line, which was code, ends within a literal that ends with its line.
bool leaves_literal_open(const Draft& draft) {
  const BracketScan& before = draft.brackets.before();
  if (before.context != LexicalContext::kCode) return false;
  std::string line = draft.text.substr(0, draft.text.find('\n'));
  if (line.size() == draft.text.size()) {
    line += rest_of_line(draft.site.view.text, draft.end.value);
  }
  const BracketScan scan = scan_brackets(draft.site.view.language, line, before);
  return scan.context == LexicalContext::kString && !scan.literal->multi_line;
}

// Whether a blank stays between a suggestion and what follows it on the line: as there is one
// before the cursor in `f( a )`.
bool keeps_apart(const Site& site, char next) {
  const bool spaced =
      kClosingBrackets.find(next) != std::string_view::npos && line_before(site).ends_with(' ');
  return is_word_character(next) || next == '}' || spaced;
}

}  // namespace

bool remove_following_lines(Draft& draft) {
  const FollowingLines following(draft.brackets);
  draft.text.resize(following.without_tail(draft.text));
  return !draft.text.empty();
}

bool align_right_text(Draft& draft) {
  const std::string_view right =
      trimmed_right(rest_of_line(draft.site.view.text, draft.site.hole_end.value));
  if (right.empty()) return true;
  const Aligner aligner(draft, right);
  const std::string text(trimmed_right(draft.text));
  if (const size_t size = overlap(aligner, text, right)) {
    draft.text = text;
    replace_right(draft, right, size);
    return !draft.text.empty();
  }
  const std::string_view closing = closing_text(draft.site).substr(0, kMaxAheadOfLine);
  const bool aligned =
      end_literal(draft, text, closing, aligner) || end_what_waits(draft, text, closing, aligner) ||
      replace_least(
          draft, text, closing, [&](size_t i) { return aligner.completes_line(text, i); }) ||
      replace_least(draft, text, closing, [&](size_t i) {
        return aligner.fits(text, i) || aligner.fits_when_closed(text, i);
      });
  if (aligned) return !draft.text.empty();
  // Nothing fits: a bracket that is closed nowhere yet, or one closer too many.
  const bool closes_more =
      !closing.empty() && is_subsequence(closing, text) &&
      scan_brackets(draft.site.view.language, text, aligner.before()).context ==
          LexicalContext::kCode;
  const size_t hole_end = draft.site.hole_end.value;
  if (closes_more && !draft.brackets.gap(hole_end + closing.size())->unbalanced_closer(text)) {
    draft.text = text;
    replace_right(draft, closing, closing.size());
    return !draft.text.empty();
  }
  const auto closer = draft.brackets.gap(hole_end)->unbalanced_closer(text);
  if (closer) draft.text = text.substr(0, *closer);
  return !draft.text.empty();
}

bool drop_unbalanced(Draft& draft) {
  const Language& language = draft.site.view.language;
  if (leaves_literal_open(draft)) return false;
  const std::string_view behind = draft.site.view.text.substr(draft.end.value, kMaxScanBytes);
  BracketScan scan = scan_brackets(language, draft.text, draft.brackets.before());
  const size_t num_closers = num_unmatched(scan);
  scan = scan_brackets(language, behind, std::move(scan));
  return num_closers + num_unmatched(scan) <=
         draft.brackets.gap(draft.site.hole_end.value)->num_stray();
}

bool trim_end(Draft& draft) {
  const size_t size = trimmed_right(draft.text).size();
  const std::string_view right =
      rest_of_line(draft.site.view.text, std::max(draft.end.value, draft.site.hole_end.value));
  const std::string blanks = draft.text.substr(size);
  const bool line_ended = blanks.find('\n') != std::string::npos;
  draft.text.resize(size);
  if (is_blank(right) || size == 0) return size > 0;
  // What follows on the line stays on a line of its own, or a word apart.
  const bool begins_line = draft.text.front() == '\n' || is_blank(line_before(draft.site));
  const bool ends_block = trimmed(right).starts_with('}') && draft.text.front() == '\n';
  if ((line_ended && begins_line) || ends_block) {
    draft.text += '\n';
    draft.text += indentation_before(draft.site);
  } else if (!blanks.empty() && !line_ended && keeps_apart(draft.site, right.front())) {
    draft.text += ' ';
  }
  return true;
}

}  // namespace fimd
