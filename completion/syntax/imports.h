// Where a file says what it uses: its import statements, which context for a prompt begins with.
//
// An import is a line that begins with one of the language's words for it (languages.h) in its
// first column, together with the lines that its brackets go on over. That finds the same as a
// grammar's nodes would, in any language and in a file that does not parse; a tree only rules out
// what stands in a string or a comment.
#pragma once

#include <vector>

#include "completion/syntax/syntax_tree.h"

namespace fimd {

/// Imports stand at the beginning; licences and include guards before them are shorter than this.
inline constexpr size_t kMaxImportScanBytes = size_t{64} << 10;
/// More than a prompt has room for.
inline constexpr size_t kMaxImports = 256;

/// In the order of the text, without line ends. Total, as in scope.h.
std::vector<ByteRange> import_statements(const SyntaxView& view);

}  // namespace fimd
