#include "tests/completion/postprocess/true_middles.h"

#include <algorithm>
#include <array>

#include "completion/postprocess/postprocess.h"
#include "completion/syntax/brackets.h"
#include "completion/syntax/syntax_errors.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/trigger.h"

namespace fimd {
namespace {

constexpr size_t kMaxItems = 5;
constexpr size_t kMaxMiddleBytes = 2500;
constexpr size_t kMinWordBytes = 4;

struct Item {
  size_t begin = 0;
  size_t end = 0;
};

// Where the line ends that `offset` is on, if only separators stand between.
std::optional<size_t> end_of_item(std::string_view text, size_t offset) {
  const std::string_view rest = trimmed_right(rest_of_line(text, offset));
  if (rest.find_first_not_of(",; \t") != std::string_view::npos) return std::nullopt;
  return offset + rest.size();
}

bool begins_its_line(std::string_view text, size_t offset) {
  const size_t begin = line_begin(text, offset);
  return is_blank(text.substr(begin, offset - begin));
}

class Cutter {
 public:
  explicit Cutter(const SyntaxView& view) : view_(view), grammar_(grammar_of(view.language)) {}

  std::vector<Hole> cut() {
    if (view_.tree == nullptr || grammar_ == nullptr) return {};
    visit(ts_tree_root_node(view_.tree.get()));
    return std::move(holes_);
  }

 private:
  // `statement` is the innermost node around it that begins its line; `top` the file's own item.
  struct Around {
    std::optional<Item> statement;
    std::optional<Item> top;
    int depth = 0;
  };

  void visit(TSNode root) { visit(root, {}); }

  void visit(TSNode node, Around around) {
    if (around.depth > 200) return;
    const uint8_t kinds = grammar_->kinds_of(node);
    if ((kinds & (kCommentNode | kStringNode)) != 0) return;
    const auto own = item_of(node);
    if (own && around.depth > 0 && is_top(node)) around.top = own;
    if (own && around.depth > 0) around.statement = own;
    cut_items(node, around);
    cut_brackets(node);
    const uint32_t num_children = ts_node_child_count(node);
    if (num_children == 0) cut_leaf(node);
    ++around.depth;
    for (uint32_t i = 0; i < num_children; ++i) visit(ts_node_child(node, i), around);
  }

  [[nodiscard]] std::optional<Item> item_of(TSNode node) const {
    const size_t begin = ts_node_start_byte(node);
    const size_t own_end = begin + trimmed_right(text_of(node)).size();
    const auto end = end_of_item(view_.text, own_end);
    if (!end || begin >= own_end || !begins_its_line(view_.text, begin)) return std::nullopt;
    return Item{begin, *end};
  }

  [[nodiscard]] std::string_view text_of(TSNode node) const {
    const size_t begin = ts_node_start_byte(node);
    return view_.text.substr(begin, ts_node_end_byte(node) - begin);
  }

  // Whether what comes behind the node is another thing, for which nobody asked within it.
  [[nodiscard]] bool is_top(TSNode node) const {
    return view_.language.block_style == BlockStyle::kIndentation ||
           column_of(ts_node_start_byte(node)) == 0;
  }

  [[nodiscard]] size_t column_of(size_t offset) const {
    return offset - line_begin(view_.text, offset);
  }

  void add(HoleKind kind, size_t begin, size_t end, std::string ahead = {}) {
    add({.kind = kind,
         .begin = begin,
         .end = end,
         .file_end = view_.text.size(),
         .ahead = std::move(ahead)});
  }

  void add(const Hole& hole) {
    const std::string_view middle = view_.text.substr(hole.begin, hole.end - hole.begin);
    const bool continued = middle.ends_with('\\');  // a macro's line
    if (middle.size() > kMaxMiddleBytes || num_word_bytes(middle) == 0 || continued) return;
    holes_.push_back(hole);
  }

  // The items of a block: children that have lines of their own.
  void cut_items(TSNode node, const Around& around) {
    std::vector<Item> items;
    const uint32_t num_children = ts_node_named_child_count(node);
    for (uint32_t i = 0; i < num_children; ++i) {
      const TSNode child = ts_node_named_child(node, i);
      const auto item = item_of(child);
      if (!item || (!items.empty() && item->begin < items.back().end)) continue;
      if (!items.empty() && column_of(item->begin) != column_of(items.front().begin)) return;
      const bool comment = (grammar_->kinds_of(child) & kCommentNode) != 0;
      if (comment && items.empty()) continue;
      items.push_back(*item);
    }
    for (size_t i = 0; i < items.size(); ++i) {
      const std::string_view text =
          view_.text.substr(items[i].begin, items[i].end - items[i].begin);
      if (text.find('\n') == std::string_view::npos) {
        add(HoleKind::kLine, items[i].begin, items[i].end);
      }
      const size_t last = i + 1 + (items[i].begin % (kMaxItems - 1));
      if (around.depth > 0 && last < items.size() && column_of(items[i].begin) > 0 &&
          is_balanced(items[i].begin, items[last].end)) {
        add(HoleKind::kLines, items[i].begin, items[last].end);
      }
      if (around.depth > 1 && around.top && around.top->begin < items[i].begin) {
        add({.kind = HoleKind::kEndOfFile,
             .begin = items[i].begin,
             .end = around.top->end,
             .file_end = around.top->end});
      }
    }
    if (items.empty() || around.depth == 0 || column_of(items.front().begin) == 0) return;
    const bool has_header = line_begin(view_.text, ts_node_start_byte(node)) <
                                line_begin(view_.text, items.front().begin) ||
                            (grammar_->kinds_of(node) & kBlockNode) != 0;
    if (!has_header) return;
    if (is_balanced(items.front().begin, items.back().end)) {
      add(HoleKind::kBlock, items.front().begin, items.back().end);
    }
    if (around.statement && around.statement->end > items.back().end &&
        around.statement->begin < items.front().begin) {
      add(HoleKind::kRestOfStatement, items.front().begin, around.statement->end);
    }
  }

  void cut_brackets(TSNode node) {
    const std::string_view text = text_of(node);
    if (text.size() < 3 || text.find('\n') != std::string_view::npos) return;
    const size_t begin = ts_node_start_byte(node);
    static constexpr std::array<std::string_view, 3> kPairs = {"()", "[]", "{}"};
    for (const std::string_view pair : kPairs) {
      if (text.front() != pair[0] || text.back() != pair[1]) continue;
      const uint32_t num_children = ts_node_child_count(node);
      if (num_children < 2 || text_of(ts_node_child(node, 0)).size() != 1) continue;
      const size_t inner = begin + 1 + text.substr(1).find_first_not_of(" \t");
      const size_t end = begin + trimmed_right(text.substr(0, text.size() - 1)).size();
      if (end <= inner) continue;
      add(HoleKind::kArguments, inner, end);
      cut_typed_ahead(inner);
    }
  }

  // Where the middle closes just what its line has opened.
  void cut_typed_ahead(size_t begin) {
    const size_t line = line_begin(view_.text, begin);
    const size_t end = line + trimmed_right(line_at(view_.text, begin)).size();
    const BracketScan opened = scan_brackets(view_.language, view_.text.substr(line, begin - line));
    const BracketScan closed =
        scan_brackets(view_.language, view_.text.substr(begin, end - begin), opened);
    const bool code = opened.context == LexicalContext::kCode &&
                      (closed.context == LexicalContext::kCode || closed.line_comment);
    if (!code || opened.open.empty() || !closed.open.empty() ||
        closed.outer_closers.size() != opened.open.size()) {
      return;
    }
    std::string ahead;
    for (size_t i = opened.open.size(); i > 0; --i) ahead += opened.open[i - 1].closer;
    add(HoleKind::kTypedAhead, begin, end, ahead);
  }

  [[nodiscard]] bool is_balanced(size_t begin, size_t end) const {
    const auto middle = scan_brackets(view_.language, view_.text.substr(begin, end - begin));
    return middle.open.empty() && middle.outer_closers.empty();
  }

  void cut_leaf(TSNode leaf) {
    const std::string_view text = text_of(leaf);
    const size_t begin = ts_node_start_byte(leaf);
    if (text.empty() || begins_its_line(view_.text, begin)) return;
    const size_t end =
        line_begin(view_.text, begin) + trimmed_right(line_at(view_.text, begin)).size();
    if (text.find('\n') != std::string_view::npos || end < begin + text.size()) return;
    // Where a literal goes on below, nobody knows that it began.
    const BracketScan rest = scan_brackets(view_.language, view_.text.substr(begin, end - begin));
    if (rest.context == LexicalContext::kString) return;
    add(HoleKind::kRestOfLine, begin, end);
    const bool word = std::ranges::all_of(text, is_word_character);
    if (word && text.size() >= kMinWordBytes)
      add(HoleKind::kRestOfWord, begin + text.size() / 2, end);
  }

  const SyntaxView& view_;
  const Grammar* grammar_;
  std::vector<Hole> holes_;
};

int num_errors(const SyntaxView& view) {
  return count_syntax_errors(view, {{0}, {view.text.size()}});
}

}  // namespace

const char* to_string(HoleKind kind) {
  switch (kind) {
    case HoleKind::kRestOfWord: return "rest of word";
    case HoleKind::kRestOfLine: return "rest of line";
    case HoleKind::kLine: return "line";
    case HoleKind::kLines: return "lines";
    case HoleKind::kBlock: return "block";
    case HoleKind::kRestOfStatement: return "rest of statement";
    case HoleKind::kEndOfFile: return "end of file";
    case HoleKind::kArguments: return "arguments";
    case HoleKind::kTypedAhead: return "typed ahead";
  }
  return "unknown";
}

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kUnchanged: return "unchanged";
    case Verdict::kSilent: return "silent";
    case Verdict::kCut: return "cut";
    case Verdict::kDamaged: return "damaged";
  }
  return "unknown";
}

std::vector<Hole> cut_holes(const SyntaxView& view, size_t max_per_kind) {
  const std::vector<Hole> all = Cutter(view).cut();
  std::vector<Hole> chosen;
  for (size_t kind = 0; kind < kNumHoleKinds; ++kind) {
    std::vector<Hole> holes;
    std::ranges::copy_if(all, std::back_inserter(holes), [&](const Hole& hole) {
      return hole.kind == static_cast<HoleKind>(kind);
    });
    const size_t count = std::min(holes.size(), max_per_kind);
    for (size_t i = 0; i < count; ++i) chosen.push_back(holes[i * holes.size() / count]);
  }
  return chosen;
}

std::optional<Judgement> judge(const SyntaxView& view, const Hole& hole) {
  const std::string_view whole = view.text.substr(0, hole.file_end);
  const std::string_view middle = whole.substr(hole.begin, hole.end - hole.begin);
  const std::string text =
      std::string(whole.substr(0, hole.begin)) + hole.ahead + std::string(whole.substr(hole.end));
  SyntaxTree tree(view.language);
  const bool parsed = tree.parse(text, {});
  const SyntaxView holed = {
      .text = text, .language = view.language, .tree = parsed ? tree.snapshot() : nullptr};
  const TriggerDecision decision = decide_trigger(holed, {hole.begin}, TriggerKind::kManual, {});
  const bool lines = middle.find('\n') != std::string_view::npos;
  if (lines && !decision.multi_line) return std::nullopt;
  const bool rest = hole.kind == HoleKind::kRestOfLine || hole.kind == HoleKind::kRestOfWord;
  if (rest && decision.multi_line) return std::nullopt;
  const Site site = {.view = holed,
                     .cursor = {hole.begin},
                     .hole_end = {hole.begin},
                     .multi_line = decision.multi_line,
                     .indentation = detect_indentation(
                         text, {hole.begin}, detect_indentation(view.text, {hole.begin}, {}))};
  const auto completion = postprocess(site, middle);
  Judgement judgement;
  if (!completion) {
    judgement.verdict = Verdict::kSilent;
    return judgement;
  }
  judgement.shown = completion->text;
  const std::string accepted =
      text.substr(0, hole.begin) + completion->text + text.substr(completion->end.value);
  const bool equal = trimmed_right(accepted) == trimmed_right(whole);
  if (equal) return judgement;
  judgement.verdict = middle.starts_with(completion->text) && completion->end.value == hole.begin
                          ? Verdict::kCut
                          : Verdict::kDamaged;
  const SyntaxView edited = {
      .text = accepted, .language = view.language, .tree = parse_once(view.language, accepted, {})};
  const SyntaxView original = {
      .text = whole, .language = view.language, .tree = parse_once(view.language, whole, {})};
  judgement.broken = num_errors(original) == 0 && num_errors(edited) > 0;
  return judgement;
}

}  // namespace fimd
