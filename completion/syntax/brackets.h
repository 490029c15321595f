// Brackets, quotes and comments of a text, found by a scanner that needs no tree.
//
// Decoding asks after every token whether the text so far closes a bracket that is closed already,
// or left the block that it began in. Text that stops in mid-air is what a tree is worst at and
// brackets are best at, so these answers come from a scan of the language's lexical rules
// (languages.h). They are rules of thumb: a macro or an exotic literal can fool them, which costs a
// suggestion its end, never correctness elsewhere.
//
//   scan      f(a[1], "(", |     open: ( ...     unmatched: none
//   gap       prefix | completion | suffix
//
// Of the brackets open at the end of the prefix, the suffix closes some; only the others are the
// completion's to close. What the suffix closes is matched from the innermost outwards, and by
// indentation where a closer begins a line.
//
// Scans begin in code, at most kMaxScanBytes before the cursor, at a line's beginning, and end as
// far behind it; delimiters of several characters are not recognised across two scanned pieces.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "completion/syntax/languages.h"

namespace fimd {

/// How far from the cursor a bracket still counts: some 6,000 lines, scanned in about a
/// millisecond. Farther ones are as good as balanced.
inline constexpr size_t kMaxScanBytes = size_t{256} << 10;

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

/// `from` moved on over `text`. Offsets found in `text` count from its beginning.
BracketScan scan_brackets(const Language& language, std::string_view text, BracketScan from = {});

/// The scan of what precedes `offset`, beginning within kMaxScanBytes.
BracketScan scan_before(const Language& language, std::string_view text, size_t offset);

/// The brackets around a completion.
/// Thread: safe to read.
class BracketGap {
 public:
  /// `suffix`: what will stand after the completion, without what the completion replaces.
  BracketGap(const Language& language, std::string_view prefix, std::string_view suffix);

  /// The same where the scan of the prefix is known.
  BracketGap(const Language& language,
             BracketScan before,
             std::string_view prefix,
             std::string_view suffix);

  /// Where `completion` first closes what it did not open and what the suffix closes, or nothing
  /// opened at all.
  [[nodiscard]] std::optional<size_t> unbalanced_closer(std::string_view completion) const;

  /// The closers of what `completion` opened and left open, innermost first.
  [[nodiscard]] std::string missing_closers(std::string_view completion) const;

  /// The scan of the prefix.
  [[nodiscard]] const BracketScan& before() const { return before_; }

  /// Whether the suffix closes before().open[index].
  [[nodiscard]] bool is_closed_after(size_t index) const { return closed_after_[index]; }

  [[nodiscard]] const Language& language() const { return language_; }

 private:
  const Language& language_;
  BracketScan before_;
  std::vector<bool> closed_after_;  ///< of before_.open
};

/// A completion scanned piece by piece; pieces end where a line does.
/// Thread: safe to read.
class GapScan {
 public:
  /// What a piece does, which comes after those that have passed.
  struct Piece {
    BracketScan scan;                  ///< after it
    std::vector<OuterCloser> closers;  ///< of what the completion did not open
    std::optional<size_t> unbalanced;  ///< BracketGap::unbalanced_closer(), in the piece
    size_t num_outer = 0;              ///< of scan.open: not opened by the completion
    size_t num_left = 0;               ///< of them, those that may be closed in their turn
  };

  explicit GapScan(std::shared_ptr<const BracketGap> gap);

  /// Cost: reads `piece`, and copies the brackets that are open.
  [[nodiscard]] Piece look(std::string_view piece) const;

  /// `piece` has nothing unbalanced.
  void pass(std::string_view piece);

  /// After what has passed.
  [[nodiscard]] const BracketScan& scan() const { return scan_; }

  [[nodiscard]] const BracketGap& gap() const { return *gap_; }

 private:
  std::shared_ptr<const BracketGap> gap_;
  BracketScan scan_;
  size_t num_outer_;
  size_t num_left_;
};

}  // namespace fimd
