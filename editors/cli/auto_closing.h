// The closers that editors type ahead, as VS Code's defaults have it.
//
//   f|          key "("   f(|)        the closer is inserted behind the cursor
//   f(x|)       key ")"   f(x)|       a closer that was inserted so is typed over
//   f(|)        delete    f|          both go
//   {|}         key "\n  " {\n  |\n}   the closer goes to a line of its own
//   {\n  x|\n}  key "\n"   {\n  x\n|}   which a line end leads to, if "}" is next
//
// Brackets are closed where the text ends or a blank, a line end or one of ;:.,=}])> follows;
// quotes where, besides, no word character precedes, or only a literal's prefix: f"|".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

/// What one key does to a text: replaces [begin, end) by `text`; the cursor stands `cursor_bytes`
/// into it then.
struct KeyEdit {
  size_t begin = 0;
  size_t end = 0;
  std::string text;
  size_t cursor_bytes = 0;
};

class AutoClosing {
 public:
  /// `key` typed at `cursor` of `text`; `next` is what the typist types then.
  KeyEdit type(std::string_view text, size_t cursor, std::string_view key, std::string_view next);

  /// The backspace key, with a character of `size_bytes` before the cursor.
  KeyEdit erase(std::string_view text, size_t cursor, size_t size_bytes);

  /// An accepted suggestion's text, which types over the closers that it has too.
  KeyEdit insert(std::string_view text, size_t cursor, std::string_view inserted);

 private:
  /// Whether the character at `offset` was inserted by type(); forgets it.
  bool take(size_t offset);
  KeyEdit type_line_end(std::string_view text,
                        size_t cursor,
                        std::string_view key,
                        std::string_view next);
  void shift(const KeyEdit& edit);

  std::vector<size_t> inserted_;  ///< offsets of the closers, innermost last
};

}  // namespace fimd
