// How broken a text is, and whether a completion made it more so.
//
// The parser of a file that does not parse says where: an ERROR node spans what it could not use,
// a MISSING one stands where it had to invent a token. Their number before and after a completion
// tells a suggestion that fits from one that does not, without knowing why.
#pragma once

#include <optional>
#include <string_view>

#include "completion/syntax/syntax_tree.h"

namespace fimd {

/// Counting stops here: a file so broken has no use for the exact number.
inline constexpr int kMaxSyntaxErrors = 1000;

/// ERROR and MISSING nodes that touch `range`. 0 without a tree.
/// Cost: visits only what contains errors, and its siblings.
int count_syntax_errors(const SyntaxView& view, ByteRange range);

struct ErrorChange {
  int before = 0;
  int after = 0;
};

/// Of the whole text, if `inserted` replaced `replaced`. Absent without a tree, and when the parse
/// of the new text spends `budget`.
std::optional<ErrorChange> errors_of_replacement(const SyntaxView& view,
                                                 ByteRange replaced,
                                                 std::string_view inserted,
                                                 const ParseBudget& budget);

}  // namespace fimd
