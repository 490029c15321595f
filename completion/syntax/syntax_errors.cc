#include "completion/syntax/syntax_errors.h"

#include <algorithm>
#include <string>

namespace fimd {

int count_syntax_errors(const SyntaxView& view, ByteRange range) {
  if (view.tree == nullptr) return 0;
  TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(view.tree.get()));
  int num_errors = 0;
  bool more = true;
  while (more && num_errors < kMaxSyntaxErrors) {
    const TSNode node = ts_tree_cursor_current_node(&cursor);
    const bool touches =
        ts_node_start_byte(node) <= range.end.value && ts_node_end_byte(node) >= range.begin.value;
    if (touches && (ts_node_is_error(node) || ts_node_is_missing(node))) ++num_errors;
    const bool descend = touches && ts_node_has_error(node);
    if (descend && ts_tree_cursor_goto_first_child(&cursor)) continue;
    while (more && !ts_tree_cursor_goto_next_sibling(&cursor)) {
      more = ts_tree_cursor_goto_parent(&cursor);
    }
  }
  ts_tree_cursor_delete(&cursor);
  return num_errors;
}

std::optional<ErrorChange> errors_of_replacement(const SyntaxView& view,
                                                 ByteRange replaced,
                                                 std::string_view inserted,
                                                 const ParseBudget& budget) {
  if (view.tree == nullptr) return std::nullopt;
  const size_t end = std::min(replaced.end.value, view.text.size());
  const size_t begin = std::min(replaced.begin.value, end);
  std::string text(view.text);
  text.replace(begin, end - begin, inserted);
  SyntaxTree tree(view);
  tree.edit(view.text, {{begin}, {end}}, inserted);
  if (!tree.parse(text, budget)) return std::nullopt;
  const SyntaxView edited = {.text = text, .language = view.language, .tree = tree.snapshot()};
  return ErrorChange{.before = count_syntax_errors(view, {{0}, {view.text.size()}}),
                     .after = count_syntax_errors(edited, {{0}, {text.size()}})};
}

}  // namespace fimd
