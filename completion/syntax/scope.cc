#include "completion/syntax/scope.h"

#include <algorithm>

#include "completion/syntax/text_lines.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

ByteRange make_range(size_t begin, size_t end) {
  return {{begin}, {end}};
}

bool is_line_comment(const SyntaxView& view, TSNode comment) {
  const std::string_view opener = view.language.block_comment_open;
  return opener.empty() || !view.text.substr(ts_node_start_byte(comment)).starts_with(opener);
}

// Whether `offset`, which is not before the node's beginning, is still within it.
bool is_inside(const SyntaxView& view, TSNode node, uint8_t kinds, size_t offset) {
  if (offset < ts_node_end_byte(node)) return true;
  return (kinds & kCommentNode) != 0 && is_line_comment(view, node);
}

// The body by the grammar's own name, or else what opens a block on the path below `index`.
std::optional<size_t> body_begin(const SyntaxView& view,
                                 const Grammar& grammar,
                                 const std::vector<TSNode>& path,
                                 size_t index) {
  // More children than any header has.
  static constexpr uint32_t kMaxHeaderNodes = 32;
  const TSNode body = ts_node_child_by_field_name(path[index], "body", 4);
  for (uint32_t i = 0; i < kMaxHeaderNodes && !ts_node_is_null(body); ++i) {
    const TSNode child = ts_node_child(path[index], i);
    if (ts_node_is_null(child) || ts_node_is_error(child)) break;
    if (ts_node_eq(child, body)) return ts_node_start_byte(body);
  }
  // Nobody knows how far a header with an error goes.
  if (!ts_node_is_null(body)) return std::nullopt;
  for (size_t i = index + 1; i < path.size(); ++i) {
    const size_t begin = ts_node_start_byte(path[i]);
    const bool in_braces =
        view.language.block_style == BlockStyle::kBraces && view.text.substr(begin, 1) == "{";
    if (in_braces || (grammar.kinds_of(path[i]) & kBlockNode) != 0) return begin;
  }
  return std::nullopt;
}

// In a language of indentation the tree ends a block with its last statement, so what follows it
// on lines of its own belongs to it by column.
struct Anchor {
  size_t offset = 0;        // of the byte whose path tells the scopes
  size_t num_columns = 0;   // scopes that begin at this column or a later one are left
  bool by_columns = false;  // else a scope is left where its node ends
};

Anchor anchor_of(const SyntaxView& view, size_t offset) {
  if (view.language.block_style != BlockStyle::kIndentation) return {.offset = offset - 1};
  const size_t end = trimmed_right(view.text.substr(0, offset)).size();
  return {.offset = end == 0 ? 0 : end - 1,
          .num_columns = indentation_at(view.text, offset),
          .by_columns = true};
}

std::vector<Scope> tree_scopes(const SyntaxView& view, size_t offset) {
  std::vector<Scope> scopes;
  const Grammar* grammar = grammar_of(view.language);
  if (grammar == nullptr || offset == 0) return scopes;
  const Anchor anchor = anchor_of(view, offset);
  const auto path = path_to(view.tree, anchor.offset);
  for (size_t i = 0; i < path.size(); ++i) {
    const uint8_t kinds = grammar->kinds_of(path[i]);
    if ((kinds & (kFunctionNode | kTypeNode)) == 0) continue;
    const bool wrapped = i > 0 && (grammar->kinds_of(path[i - 1]) & kWrapperNode) != 0;
    const size_t begin = ts_node_start_byte(path[wrapped ? i - 1 : i]);
    const size_t end = ts_node_end_byte(path[i]);
    const bool left = anchor.by_columns
                          ? indentation_of(line_at(view.text, begin)) >= anchor.num_columns
                          : offset >= end;
    const auto body = body_begin(view, *grammar, path, i);
    const size_t header_end = body.value_or(line_end(view.text, begin));
    if (left || offset < std::min(header_end, end)) continue;
    const size_t header_bytes =
        trimmed_right(view.text.substr(begin, std::min(header_end, end) - begin)).size();
    scopes.push_back(
        {.kind = (kinds & kFunctionNode) != 0 ? Scope::Kind::kFunction : Scope::Kind::kType,
         .whole = make_range(begin, end),
         .signature = make_range(begin, begin + header_bytes)});
  }
  return scopes;
}

bool begins_comment(const Language& language, std::string_view line) {
  return any_word(language.line_comments,
                  [&](std::string_view opener) { return line.starts_with(opener); });
}

// The lines above that are indented less and less: in formatted code they begin what encloses.
std::vector<Scope> indentation_scopes(const SyntaxView& view, size_t offset) {
  std::vector<Scope> scopes;
  size_t columns = indentation_at(view.text, offset);
  size_t begin = line_begin(view.text, offset);
  const size_t limit = offset - std::min(offset, kMaxScanBytes);
  while (columns > 0 && begin > limit && scopes.size() < kMaxEnclosingScopes) {
    begin = line_begin(view.text, begin - 1);
    const std::string_view line = line_at(view.text, begin);
    const std::string_view words = trimmed(line);
    const size_t line_columns = indentation_of(line);
    // A line of closers or a comment begins nothing.
    const bool begins_scope = !words.empty() && (is_word_character(words[0]) || words[0] == '@' ||
                                                 words[0] == '<' || words[0] == '"');
    if (line_columns >= columns || !begins_scope || begins_comment(view.language, words)) continue;
    columns = line_columns;
    const size_t first = begin + line.find(words);
    scopes.push_back({.whole = make_range(first, line_end(view.text, offset)),
                      .signature = make_range(first, first + words.size())});
  }
  std::ranges::reverse(scopes);
  return scopes;
}

ByteRange brace_block(const SyntaxView& view, size_t offset) {
  const BracketScan before = scan_before(view.language, view.text, offset);
  size_t num_open = before.open.size();
  while (num_open > 0 && before.open[num_open - 1].closer != '}') --num_open;
  if (num_open == 0) return make_range(0, view.text.size());
  const size_t begin = before.open[num_open - 1].offset + 1;
  const std::string_view rest = view.text.substr(offset, kMaxScanBytes);
  for (const OuterCloser& closer : scan_brackets(view.language, rest, before).outer_closers) {
    if (closer.open_index < num_open) return make_range(begin, offset + closer.offset);
  }
  return make_range(begin, offset + rest.size());
}

std::optional<ByteRange> node_block(const Grammar& grammar, const std::vector<TSNode>& path) {
  for (size_t i = path.size(); i > 0 && !ts_node_is_error(path[i - 1]); --i) {
    if ((grammar.kinds_of(path[i - 1]) & kBlockNode) == 0) continue;
    return make_range(ts_node_start_byte(path[i - 1]), ts_node_end_byte(path[i - 1]));
  }
  return std::nullopt;
}

ByteRange indentation_block(std::string_view text, size_t offset) {
  const size_t columns = indentation_at(text, offset);
  const size_t first_limit = offset - std::min(offset, kMaxScanBytes);
  size_t begin = line_begin(text, offset);
  while (begin > first_limit) {
    const size_t above = line_begin(text, begin - 1);
    const std::string_view line = line_at(text, above);
    if (!is_blank(line) && indentation_of(line) < columns) break;
    begin = above;
  }
  size_t end = next_text_line(text, offset);
  const size_t last_limit = std::min(text.size(), offset + kMaxScanBytes);
  while (end < last_limit && indentation_of(line_at(text, end)) >= columns) {
    end = next_text_line(text, end);
  }
  return make_range(begin, end);
}

}  // namespace

LexicalContext lexical_context(const SyntaxView& view, ByteOffset offset) {
  const size_t at = std::min(offset.value, view.text.size());
  const Grammar* grammar = grammar_of(view.language);
  if (at == 0) return LexicalContext::kCode;
  if (view.tree == nullptr || grammar == nullptr) {
    return scan_before(view.language, view.text, at).context;
  }
  const auto path = path_to(view.tree, at - 1);
  if (path.empty()) return LexicalContext::kCode;  // blanks before the first token
  // A literal that does not end turns what follows it inside out. Where an item has an error, its
  // beginning is all that is sure.
  const TSNode item = path[std::min<size_t>(1, path.size() - 1)];
  if (ts_node_has_error(item)) {
    const size_t begin = ts_node_start_byte(item);
    return at - begin > kMaxScanBytes
               ? scan_before(view.language, view.text, at).context
               : scan_brackets(view.language, view.text.substr(begin, at - begin)).context;
  }
  auto context = LexicalContext::kCode;
  for (const TSNode& node : path) {
    const uint8_t kinds = grammar->kinds_of(node);
    if (!is_inside(view, node, kinds, at)) continue;
    if ((kinds & kCommentNode) != 0) {
      const char before = view.text[at - 1];
      const bool ended = is_line_comment(view, node) && (before == '\n' || before == '\r');
      return ended ? context : LexicalContext::kComment;
    }
    if ((kinds & kStringNode) != 0) context = LexicalContext::kString;
    if ((kinds & kInterpolationNode) != 0) context = LexicalContext::kCode;
  }
  return context;
}

bool ends_number(std::string_view text, ByteOffset offset) {
  const std::string_view before = text.substr(0, offset.value);
  size_t begin = before.size();
  // Longer than any number; a line of digits needs no other answer.
  static constexpr size_t kMaxNumberBytes = 64;
  const size_t limit = begin - std::min(begin, kMaxNumberBytes);
  while (begin > limit && (is_word_character(before[begin - 1]) || before[begin - 1] == '.')) {
    --begin;
  }
  // In "x.5" and "a[0].1" the point belongs to what precedes it.
  while (begin < before.size() && before[begin] == '.') ++begin;
  return begin < before.size() && is_ascii_digit(before[begin]);
}

std::vector<Scope> enclosing_scopes(const SyntaxView& view, ByteOffset offset) {
  const size_t at = std::min(offset.value, view.text.size());
  std::vector<Scope> scopes = tree_scopes(view, at);
  if (scopes.empty()) scopes = indentation_scopes(view, at);
  const size_t num_extra = scopes.size() - std::min(scopes.size(), kMaxEnclosingScopes);
  scopes.erase(scopes.begin(), scopes.begin() + static_cast<std::ptrdiff_t>(num_extra));
  return scopes;
}

ByteRange enclosing_block(const SyntaxView& view, ByteOffset offset) {
  const size_t at = std::min(offset.value, view.text.size());
  if (view.language.block_style == BlockStyle::kBraces) return brace_block(view, at);
  const Grammar* grammar = grammar_of(view.language);
  if (view.language.block_style == BlockStyle::kIndentation || grammar == nullptr) {
    return indentation_block(view.text, at);
  }
  // A block may begin or end at the cursor.
  const auto ending = node_block(*grammar, path_to(view.tree, at - std::min<size_t>(at, 1)));
  const auto beginning = node_block(*grammar, path_to(view.tree, at));
  if (!ending && !beginning) return indentation_block(view.text, at);
  if (!ending || !beginning) return ending ? *ending : *beginning;
  return ending->begin.value > beginning->begin.value ? *ending : *beginning;
}

std::optional<ByteRange> next_sibling(const SyntaxView& view, ByteOffset offset) {
  const size_t at = std::min(offset.value, view.text.size());
  const size_t line = next_text_line(view.text, at);
  const std::string_view words = line_at(view.text, line);
  const size_t begin = line + std::min(words.find_first_not_of(" \t\f\v"), words.size());
  if (begin >= enclosing_block(view, {at}).end.value) return std::nullopt;
  const auto path = path_to(view.tree, begin);
  for (size_t i = 1; i < path.size(); ++i) {  // the root may begin there too
    if (ts_node_start_byte(path[i]) != begin || ts_node_is_error(path[i])) continue;
    return make_range(begin, ts_node_end_byte(path[i]));
  }
  return make_range(begin, line + trimmed_right(words).size());
}

size_t indentation_at(std::string_view text, size_t offset) {
  const size_t begin = line_begin(text, offset);
  const std::string_view line = line_at(text, offset);
  return indentation_of(is_blank(line) ? text.substr(begin, offset - begin) : line);
}

size_t next_text_line(std::string_view text, size_t offset) {
  const size_t limit = std::min(text.size(), offset + kMaxScanBytes);
  size_t line = next_line_begin(text, offset);
  while (line < limit && is_blank(line_at(text, line))) line = next_line_begin(text, line);
  return line < limit ? line : text.size();
}

}  // namespace fimd
