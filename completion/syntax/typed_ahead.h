// What editors type ahead of the user, to the right of the cursor: the closers of what the user has
// just opened, and what ends a statement or an item behind them.
//
//   f(^)    "^"    <b^>    g({^});    [[a, ^],
//
// The questions differ in which characters they admit, and why:
// - is_typed_ahead() admits all of them; its callers compare the text itself.
// - closing_of() admits no '>', because brackets.h does not count it (it compares, too), so nothing
//   could tell whether a completion has written it again; and blanks, because it is about a line.
// - may_stand_behind() admits one character of punctuation behind the closers, no more: what ends a
//   statement and is followed by closers was written on purpose.
// - kBlockEnds has neither '>' nor quotes, because a block is code and ends in a bracket.
#pragma once

#include <cstddef>
#include <string_view>

namespace fimd {

inline constexpr std::string_view kClosingBrackets = ")]}";

/// What may follow a block's closer in the same statement.
inline constexpr std::string_view kBlockEnds = ")]};,";

/// By one key: "(", "{" and a quote may nest.
inline constexpr size_t kMaxAheadOfKey = 4;
/// On one line; what is longer was written.
inline constexpr size_t kMaxAheadOfLine = 16;

/// Whether `text` has nothing but closers of brackets, tags and quotes, ';' and ','.
bool is_typed_ahead(std::string_view text);

/// Whether `text` has nothing but these, blanks and line ends.
bool is_closing(std::string_view text);

/// `rest`, the rest of a line, without the blanks at its end, if all of it closes or ends
/// something: ");", "\"]", "},". Empty when it has anything else.
std::string_view closing_of(std::string_view rest);

/// Whether `rest`, the rest of a line, may stay as it is behind a suggestion: nothing but closers,
/// then at most one of ":{;,".
bool may_stand_behind(std::string_view rest);

}  // namespace fimd
