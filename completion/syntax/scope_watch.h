// Where a completion leaves the scope that it was asked for: the reason to stop decoding.
//
// The scope is the block that the cursor stands in, or the one that begins there, and what the text
// before the cursor began around it and the suffix does not end. A model that has finished it goes
// on with the next function and the rest of the file; the watch looks at the last line after every
// token and says how much of the text belongs to the scope.
//
//   what leaves it                                          what is kept
//   a closer that the suffix has already                    what precedes it
//   the line that closes the last bracket around the        that line: `}, [id]);`
//   block that the suffix lacks
//   a line indented less than the block, but for clauses    what precedes it, and the `end`s that
//   of its statement and `end`s that the suffix lacks       the suffix lacks
//   at the top level: the end of the first item that        the item
//   goes over several lines
//
// Of a text that ends before all that is closed, the block itself is kept: settled_end().
//
// Blocks that the completion opens itself and closes again leave nothing. Brackets and indentation
// decide, so that no token waits for a parse and text in mid-air is no obstacle.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "completion/syntax/bracket_gap.h"
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

  /// The same for `completion`, where nothing has passed.
  [[nodiscard]] std::optional<size_t> scope_end(std::string_view completion) const {
    return answer_for(completion, *this);
  }

  /// The same for `completion`, which is all there will be: where the scope was not left, because
  /// more brackets or blocks are open around its own block, the end of that block.
  [[nodiscard]] std::optional<size_t> settled_end(std::string_view completion) const;

 private:
  [[nodiscard]] std::optional<size_t> end_by_lines(const GrowingLine& line) const;
  [[nodiscard]] std::optional<size_t> line_leaves(const GrowingLine& line) const;
  [[nodiscard]] bool continues() const;
  [[nodiscard]] std::optional<size_t> end_of_left(const GrowingLine& line) const;
  [[nodiscard]] bool has_left(const GapScan::Piece& piece) const;
  [[nodiscard]] bool is_level(const GapScan::Piece& piece) const;
  [[nodiscard]] bool continues_statement(std::string_view words, size_t columns) const;
  [[nodiscard]] bool closes_own_block(std::string_view line) const;
  void note_own_end(const GrowingLine& line, const GapScan::Piece& piece);

  const Language& language_;
  GapScan brackets_;
  size_t block_index_;            ///< of the innermost brace before the cursor, or kUnmatched
  size_t floor_columns_ = 0;      ///< lines that are indented less have left
  size_t item_columns_ = 0;       ///< those indented as much end an item, at the top level
  size_t header_columns_ = 0;     ///< of the line that the block belongs to
  size_t outer_columns_ = 0;      ///< of the outermost block that the suffix does not end
  bool at_top_level_ = false;     ///< in the first column, whatever encloses it
  bool closed_after_ = false;     ///< the suffix has the block's `end`
  bool continued_after_ = false;  ///< the suffix goes on with the block's statement
  bool after_deeper_ = false;  ///< a line has passed that was indented more than an item, or open
  std::optional<size_t> left_end_;    ///< unless the next line goes on with the statement
  std::optional<size_t> closer_end_;  ///< behind the block's own closer and its kBlockEnds
  /// Of the first line that leaves nothing open and closes as much around the block as any does.
  std::optional<size_t> own_end_;
  size_t num_own_left_ = SIZE_MAX;  ///< there: brackets around the block, or columns of its header
};

}  // namespace fimd
