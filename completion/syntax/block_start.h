// Whether the cursor stands where a block begins that has nothing in it yet: where several lines
// are wanted.
//
//   def area(self):      while (true) {     for i = 1, 10 do      <ul>
//       ^                  ^                  ^                     ^
//                        }                  end                   </ul>
//
// The header is the last text before the cursor; its language says by what it opens a block
// (languages.h). The block is empty when the next text is not indented under the header. This
// holds while the user types and nothing parses, so only the header's place, code or comment, is
// asked of the tree.
#pragma once

#include <cstddef>
#include <optional>

#include "completion/syntax/syntax_tree.h"

namespace fimd {

struct BlockStart {
  size_t header_columns = 0;  ///< the header line's indentation
  bool flat = false;          ///< its items stand in the header's column (Language::flat_blocks)
};

/// Absent when the cursor stands anywhere else. Total, as in scope.h.
std::optional<BlockStart> empty_block_at(const SyntaxView& view, ByteOffset offset);

}  // namespace fimd
