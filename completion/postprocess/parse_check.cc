#include <algorithm>
#include <optional>
#include <vector>

#include "completion/postprocess/right_text.h"
#include "completion/postprocess/rules.h"
#include "completion/syntax/brackets.h"
#include "completion/syntax/syntax_errors.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

// Of one suggestion: a parse after an edit takes a fraction of a millisecond in a usual file, and
// some 50 in one of megabytes, however small the edit.
constexpr size_t kMaxParses = 12;
constexpr size_t kMaxParsedBytesOfAll = size_t{4} << 20;
// Some 10 ms. Counted rather than timed: the same suggestion meets the same fate every day.
constexpr int64_t kMaxChecks = 2000;

class ParseCheck {
 public:
  explicit ParseCheck(const Draft& draft)
      : draft_(draft),
        num_left_(std::clamp(
            kMaxParsedBytesOfAll / (draft.site.view.text.size() + 1), size_t{1}, kMaxParses)) {}

  // Absent: nobody knows.
  std::optional<bool> parses(std::string_view text) {
    if (num_left_ == 0) return std::nullopt;
    --num_left_;
    const auto change = errors_of_replacement(
        draft_.site.view, {draft_.site.cursor, draft_.end}, text, {.max_checks = kMaxChecks});
    if (!change) return std::nullopt;
    return change->after == 0;
  }

 private:
  const Draft& draft_;
  size_t num_left_;
};

// What closes the brackets that `text` leaves open. One that ends its line is closed on a line of
// its own, in the column where that line begins.
std::string closers_of(const Draft& draft, std::string_view text) {
  const BracketScan scan = scan_brackets(draft.site.view.language, text, draft.brackets.before());
  if (scan.context != LexicalContext::kCode) return "";
  std::string closers;
  for (size_t i = scan.open.size(); i > scan.num_inherited; --i) {
    const OpenBracket& bracket = scan.open[i - 1];
    const size_t begin = line_begin(text, bracket.offset);
    const size_t end = line_end(text, bracket.offset);
    if (end < text.size() && is_blank(text.substr(bracket.offset + 1, end - bracket.offset - 1))) {
      const size_t first = text.find_first_not_of(" \t", begin);
      closers += '\n';
      closers += begin == 0 ? indentation_before(draft.site) : text.substr(begin, first - begin);
    }
    closers += bracket.closer;
  }
  return closers;
}

// The text closed in the ways that languages end a statement.
std::vector<std::string> closed_forms(const Draft& draft, std::string_view text) {
  std::vector<std::string> forms = {std::string(text)};
  const std::string closers = closers_of(draft, text);
  if (closers.empty()) return forms;
  forms.push_back(std::string(text) + closers);
  forms.push_back(std::string(text) + closers + ";");
  return forms;
}

}  // namespace

bool keep_parsing(Draft& draft) {
  const SharedTree& tree = draft.site.view.tree;
  if (tree == nullptr || ts_node_has_error(ts_tree_root_node(tree.get()))) return true;
  const Completion* passed = draft.passed;
  if (passed != nullptr && passed->text == draft.text && passed->end == draft.end) return true;
  ParseCheck check(draft);
  std::string_view text = draft.text;
  while (!is_blank(text)) {
    for (const std::string& form : closed_forms(draft, text)) {
      const auto parses = check.parses(form);
      // Without an answer for the whole the brackets' word stands; any other must prove itself.
      if (!parses) return form == draft.text;
      if (!*parses) continue;
      draft.text = form;
      return true;
    }
    const size_t last = line_begin(text, text.size());
    text = trimmed_right(text.substr(0, last));
  }
  return false;
}

}  // namespace fimd
