// Brackets, quotes and comments of a text, found by a scanner that needs no tree.
//
// Decoding asks after every token whether the text so far closes a bracket that is closed already,
// or left the block that it began in. Text that stops in mid-air is what a tree is worst at and
// brackets are best at, so these answers come from a scan of the language's lexical rules
// (languages.h). They are rules of thumb: a macro or an exotic literal can fool them, which costs a
// suggestion its end, never correctness elsewhere.
//
//   f(a[1], "(", |     open: (     unmatched: none
//
// Scans begin in code, at most kMaxScanBytes before the cursor, at a line's beginning, and end as
// far behind it; delimiters of several characters are not recognised across two scanned pieces.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "completion/syntax/languages.h"

namespace fimd {

/// How far from the cursor a bracket still counts: some 6,000 lines, scanned in about a
/// millisecond. Farther ones are as good as balanced.
inline constexpr size_t kMaxScanBytes = size_t{256} << 10;

/// How many brackets a closer may leave unclosed before it is taken for a stray one.
inline constexpr size_t kMaxSkippedOpeners = 64;

enum class LexicalContext { kCode, kComment, kString };

struct OpenBracket {
  char closer = ')';
  size_t offset = 0;
  const QuoteRule* literal = nullptr;  ///< what the closer leads back into: interpolation
};

/// A closer whose opener precedes the scanned text.
struct OuterCloser {
  static constexpr size_t kUnmatched = static_cast<size_t>(-1);
  size_t offset = 0;
  size_t open_index = kUnmatched;  ///< into the scan's `open` as it was before; kUnmatched: none
};

/// What a scan knows after the text that it has seen; also where the next one goes on.
struct BracketScan {
  LexicalContext context = LexicalContext::kCode;
  bool line_comment = false;               ///< kComment: ends with the line
  int comment_depth = 0;                   ///< kComment: of block comments, nested ones counted
  const QuoteRule* literal = nullptr;      ///< kString
  bool after_value = false;                ///< a slash would divide; known of languages with regex
  std::vector<OpenBracket> open;           ///< outermost first
  size_t num_inherited = 0;                ///< the first of `open`: not opened in the last text
  std::vector<OuterCloser> outer_closers;  ///< of the last text, in order
};

/// How many of `scan.outer_closers` nothing opened.
size_t num_unmatched(const BracketScan& scan);

/// `from` moved on over `text`. Offsets found in `text` count from its beginning.
BracketScan scan_brackets(const Language& language, std::string_view text, BracketScan from = {});

/// The scan of what precedes `offset`, beginning within kMaxScanBytes.
BracketScan scan_before(const Language& language, std::string_view text, size_t offset);

}  // namespace fimd
