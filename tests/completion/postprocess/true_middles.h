// Holes cut out of files that people wrote: what a perfect model would answer there is known, and
// postprocess() is to leave it as it is.
//
//   kind                 the hole                                 what stays behind it
//   rest of a word       `na|me(x);`                              the next line
//   rest of a line       `x = |f(y);`                             the next line
//   a line               `|return x`                              its block's end
//   lines                two to five items of a block             the next item, or the block's end
//   a block              all of it                                its closer, if it has one
//   rest of a statement  a block, its closer, and what follows    the next statement
//   end of a file        from within a block on                   nothing
//   arguments            `f(|x, y)`                               `)` and the rest of the line
//   typed ahead          `f(|x, y);` where an editor typed `)`    `)` and the next line
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "completion/completion.h"
#include "completion/syntax/syntax_tree.h"

namespace fimd {

enum class HoleKind {
  kRestOfWord,
  kRestOfLine,
  kLine,
  kLines,
  kBlock,
  kRestOfStatement,
  kEndOfFile,
  kArguments,
  kTypedAhead,
};

inline constexpr size_t kNumHoleKinds = 9;

const char* to_string(HoleKind kind);

struct Hole {
  HoleKind kind = HoleKind::kLine;
  size_t begin = 0;  ///< the middle is [begin, end) of the file
  size_t end = 0;
  size_t file_end = 0;     ///< the file is cut off here
  std::string ahead = {};  ///< what an editor typed behind the cursor
};

/// At most `max_per_kind` of each kind, spread over the file. None where `view` has no tree.
std::vector<Hole> cut_holes(const SyntaxView& view, size_t max_per_kind);

enum class Verdict {
  kUnchanged,  ///< the file is what it was, but for blanks at the middle's end
  kSilent,     ///< nothing is shown
  kCut,        ///< a beginning of the middle is shown
  kDamaged,    ///< anything else is
};

inline constexpr size_t kNumVerdicts = 4;

const char* to_string(Verdict verdict);

struct Judgement {
  Verdict verdict = Verdict::kUnchanged;
  std::string shown;    ///< "-> " and how many bytes it replaces stand before it
  bool broken = false;  ///< the file has syntax errors with what is shown, and had none
};

/// What postprocess() makes of the true middle of `hole`; absent where that is not what would be
/// asked for: several lines where one is wanted. `errors`: count_syntax_errors() of the whole file.
std::optional<Judgement> judge(const SyntaxView& view, const Hole& hole);

}  // namespace fimd
