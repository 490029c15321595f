// What surrounds a place in a text: the questions that completion asks of syntax.
//
// Every function is total: it answers for any language, with a tree, with one full of errors or
// with none, for any bytes and any offset (one past the end means the end). A tree makes answers
// better; where it is absent or its nodes make no sense around the cursor, brackets and
// indentation answer.
//
//   class Stack:                 enclosing_scopes: Stack, then push
//       def push(self, item):    signature: "def push(self, item):"
//           ^                    enclosing_block: from the line below the signature to its end
//       def pop(self): ...       next_sibling of a cursor in the class's block
#pragma once

#include <optional>
#include <vector>

#include "completion/syntax/brackets.h"
#include "completion/syntax/syntax_tree.h"
#include "completion/text_document.h"

namespace fimd {

/// Deeper nesting is generated or broken; the innermost scopes are the ones that matter.
inline constexpr size_t kMaxEnclosingScopes = 16;

/// Whether text typed at `offset` would be code, a comment or (a part of) a string. Code within a
/// string, as in "${here}", is code.
LexicalContext lexical_context(const SyntaxView& view, ByteOffset offset);

/// Whether the word or literal that ends at `offset` is a number.
bool ends_number(std::string_view text, ByteOffset offset);

struct Scope {
  enum class Kind { kFunction, kType, kOther };
  Kind kind = Kind::kOther;
  ByteRange whole;      ///< with its decorators
  ByteRange signature;  ///< from the beginning of `whole` up to the body, without blanks
};

/// The functions and types whose bodies contain `offset`, outermost first; without a tree, the
/// lines that it is indented under.
std::vector<Scope> enclosing_scopes(const SyntaxView& view, ByteOffset offset);

/// The inside of the innermost block around `offset`, without its delimiters; the whole text at
/// the top level. In languages of braces what stands between them is a block.
ByteRange enclosing_block(const SyntaxView& view, ByteOffset offset);

/// What stands on the next line with text after `offset`'s line, within the enclosing block; to the
/// end of that line when no tree knows better.
std::optional<ByteRange> next_sibling(const SyntaxView& view, ByteOffset offset);

/// Columns that a line at `offset` is indented: what is typed of a line so far blank counts.
size_t indentation_at(std::string_view text, size_t offset);

/// The beginning of the first line with text after the one of `offset`; the text's size when there
/// is none within kMaxScanBytes.
size_t next_text_line(std::string_view text, size_t offset);

}  // namespace fimd
