// Where a completion leaves the scope that it was asked for: the reason to stop decoding.
//
// The scope is the block that the cursor stands in, or the one that begins there. A model that has
// finished it goes on with the next function and the rest of the file; the watch looks at the last
// line after every token and says how much of the text belongs to the scope.
//
//   what leaves it                                        what is kept
//   a closer that the suffix has already                  what precedes it
//   braces: the block's `}`, if the suffix lacks it       the `}` and closers, `;`, `,` after it
//   a line indented less than the block                   what precedes it, and its own `end`
//   at the top level: the end of the first item that      the item
//   goes over several lines
//
// Blocks that the completion opens itself and closes again leave nothing. Brackets and indentation
// decide, so that no token waits for a parse and text in mid-air is no obstacle.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "completion/syntax/brackets.h"
#include "completion/syntax/growing_text.h"
#include "completion/syntax/syntax_tree.h"

namespace fimd {

/// Thread: safe to read.
class ScopeWatch {
 public:
  /// `view.text` up to `cursor` precedes the completion, and from `suffix_begin` on follows it:
  /// between the two stands what the completion replaces. Borrows nothing of `view`.
  ScopeWatch(const SyntaxView& view, ByteOffset cursor, ByteOffset suffix_begin);

  /// The same where the gap between the two is known.
  ScopeWatch(const SyntaxView& view,
             ByteOffset cursor,
             ByteOffset suffix_begin,
             std::shared_ptr<const BracketGap> gap);

  /// As in growing_text.h: the bytes of the completion that belong to the scope; absent while it
  /// has not been left. What was once answered stays so.
  /// Cost: that of GapScan::look() for the line.
  [[nodiscard]] std::optional<size_t> look(const GrowingLine& line) const;
  void pass(const GrowingLine& line);

  /// The same for `completion`, which is all there is, where nothing has passed.
  [[nodiscard]] std::optional<size_t> scope_end(std::string_view completion) const {
    return answer_for(completion, *this);
  }

  /// The scan of what has passed.
  [[nodiscard]] const GapScan& brackets() const { return brackets_; }

 private:
  [[nodiscard]] std::optional<size_t> end_by_brackets(const GrowingLine& line) const;
  [[nodiscard]] std::optional<size_t> end_by_lines(const GrowingLine& line) const;
  [[nodiscard]] std::optional<size_t> line_leaves(const GrowingLine& line) const;
  [[nodiscard]] bool continues() const;
  [[nodiscard]] bool closes_own_block(std::string_view line) const;

  const Language& language_;
  GapScan brackets_;
  size_t block_index_;         ///< of the innermost brace before the cursor, or kUnmatched
  size_t floor_columns_ = 0;   ///< lines that are indented less have left
  size_t item_columns_ = 0;    ///< those indented as much end an item, at the top level
  bool at_top_level_ = false;  ///< in the first column, whatever encloses it
  bool closed_after_ = false;  ///< the suffix has the block's `end`
  bool after_deeper_ = false;  ///< a line has passed that was indented more than an item, or open
};

}  // namespace fimd
