// The brackets around a completion: which of them it may close.
//
//   prefix | completion | suffix
//
// Of the brackets open at the end of the prefix, the suffix closes some; only the others are the
// completion's to close. Those are the innermost ones, if the closers of the suffix are just those
// of the others: the file then lacks nothing but what is being written. One more closer at their
// beginning awaits a bracket that the completion opens: `for (x : {1, |` before a body. In any
// other file what the suffix closes is matched from the innermost outwards, and by indentation
// where a closer begins a line.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "completion/syntax/brackets.h"

namespace fimd {

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

  /// Where `completion`, which is all there will be, first closes what it did not open and what the
  /// suffix closes, or nothing opened at all. That a line closes and opens again, `) and f(`, is
  /// neither.
  [[nodiscard]] std::optional<size_t> unbalanced_closer(std::string_view completion) const;

  /// The closers of what `completion` opened and left open, innermost first.
  [[nodiscard]] std::string missing_closers(std::string_view completion) const;

  /// The scan of the prefix.
  [[nodiscard]] const BracketScan& before() const { return before_; }

  /// Whether the suffix closes before().open[index].
  [[nodiscard]] bool is_closed_after(size_t index) const { return closed_after_[index]; }

  /// The suffix closes none of before().open from this index on.
  [[nodiscard]] size_t owed_from() const;

  /// How many brackets the suffix closes that the completion is to open.
  [[nodiscard]] size_t num_awaited() const { return num_awaited_; }

  /// How many closers the suffix has that nothing before them opened.
  [[nodiscard]] size_t num_stray() const { return num_stray_; }

  [[nodiscard]] const Language& language() const { return language_; }

 private:
  const Language& language_;
  BracketScan before_;
  std::vector<bool> closed_after_;  ///< of before_.open
  size_t num_awaited_ = 0;
  size_t num_stray_ = 0;
};

/// A completion scanned piece by piece; pieces end where a line does.
/// Thread: safe to read.
class GapScan {
 public:
  /// What a piece does, which comes after those that have passed.
  struct Piece {
    BracketScan scan;                  ///< after it
    std::vector<OuterCloser> closers;  ///< of what the completion did not open
    std::optional<size_t> unbalanced;  ///< BracketGap::unbalanced_closer(), once it is sure
    size_t num_outer = 0;              ///< of scan.open: not opened by the completion
    size_t num_left = 0;               ///< of them, those that may be closed in their turn
  };

  explicit GapScan(std::shared_ptr<const BracketGap> gap);

  /// `complete`: the line of `piece` does not go on.
  /// Cost: reads `piece`, and copies the brackets that are open.
  [[nodiscard]] Piece look(std::string_view piece, bool complete) const;

  /// What look() said of the next piece, complete; it has nothing unbalanced.
  void pass(Piece piece);

  /// After what has passed.
  [[nodiscard]] const BracketScan& scan() const { return scan_; }

  [[nodiscard]] const BracketGap& gap() const { return *gap_; }

 private:
  [[nodiscard]] bool may_open_again(std::string_view piece,
                                    const OuterCloser& closer,
                                    const Piece& result,
                                    bool complete) const;

  std::shared_ptr<const BracketGap> gap_;
  BracketScan scan_;
  size_t num_outer_;
  size_t num_left_;
};

}  // namespace fimd
