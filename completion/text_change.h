// What changed between two versions of a text, found by comparing them.
//
//   before   self.it^       f(^)        [begin, old_end) became [begin, new_end);
//   after    self.item^     f(x^)       what surrounds it is the same
//
// One range tells any number of edits: from the first to the last of them. Where text is repeated,
// several ranges tell the same: an `a` behind `aa` may be the first, the second or the third.
#pragma once

#include <cstddef>
#include <string_view>

namespace fimd {

struct TextChange {
  size_t begin = 0;
  size_t old_end = 0;
  size_t new_end = 0;

  [[nodiscard]] bool is_empty() const { return begin == old_end && begin == new_end; }
};

/// The smallest change that makes `after` of `before`; of several, the one that begins last. Of
/// equal texts, an empty one at their end.
/// Cost: compares the texts once.
TextChange find_change(std::string_view before, std::string_view after);

struct TextAtCursor {
  std::string_view text;
  size_t cursor = 0;  ///< at most the text's size
};

/// Whether a change is what typing does: some smallest change surrounds both cursors, or begins or
/// ends at them. So it is with what editors add, such as closers and indentation, with deleting,
/// and with closers that are typed over. Equal texts with the cursor at the same place count too.
bool continues_typing(const TextAtCursor& before, const TextAtCursor& after);

}  // namespace fimd
