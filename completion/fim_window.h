// What of a file a fill-in-the-middle prompt shows: as much around the hole as its tokens allow.
//
//   prefix ........|<- lines ->|own line| hole |own line|<- lines ->|........ suffix
//
// What follows the hole is worth less than what precedes it, so the suffix is cut first, from its
// far end and at line boundaries, down to kSuffixShare of the budget; then the prefix likewise. The
// hole's own line goes last: its part after the hole first, then the part before it, between two
// words or, in a long one, between two characters.
//
// Text is counted once, in pieces and no further than the budget may reach, so a window of a file
// of 50 MB costs as much as one of 50 kB; a counter may be a round trip away. Then windows are cut
// by sums. The sum over pieces is not the count of the whole: tokens may join where two pieces
// meet, as line feeds do. In four vocabularies and 812 windows of code the whole counted 0.5 % less
// and never more, but a vocabulary can be made in which it does: whoever has a hard limit leaves a
// margin.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/base/result.h"

namespace fimd {

/// The two sides of a hole.
struct FimWindow {
  std::string_view prefix;
  std::string_view suffix;
};

/// Tokens of each piece as it would count in a prompt; never more than its bytes.
using TokenCounter =
    std::function<Result<std::vector<int32_t>>(std::span<const std::string_view> pieces)>;

/// `count_tokens` of `pieces`, checked: it may come from another process.
/// Errors: those of `count_tokens`; kInternal, it does not answer one number for each piece.
Result<std::vector<int32_t>> count_pieces(std::span<const std::string_view> pieces,
                                          const TokenCounter& count_tokens);

/// 1 / this of the budget is the suffix's even when the prefix could fill it all: a model that sees
/// nothing of what follows writes it a second time.
inline constexpr int64_t kSuffixShare = 8;

/// Code has 3 to 4 bytes a token, deeply indented code 6. Text with more than this makes a window
/// shorter than its budget.
inline constexpr int64_t kMaxBytesPerToken = 8;

/// Pieces of a line are no longer: where a long line may be cut.
inline constexpr size_t kMaxPieceBytes = 64;

/// How far a side of a window of `budget_tokens` reaches into a text of `text_bytes`, at most.
size_t fim_reach_bytes(int64_t budget_tokens, size_t text_bytes);

/// The text around a hole, counted. It borrows the text.
/// Thread: safe to read.
class FimRuler {
 public:
  /// Counts what windows of at most `budget_tokens` into `whole` (valid UTF-8) may show. Where
  /// `whole` has no more bytes than that, the bytes are taken for tokens.
  /// Errors: those of count_pieces().
  /// Cost: one call of `count_tokens` at most, with some 9 bytes for each token of the budget.
  static Result<FimRuler> measure(const FimWindow& whole,
                                  int64_t budget_tokens,
                                  const TokenCounter& count_tokens);

  /// The window of at most `budget_tokens`, by sums. Its prefix has at most `most_prefix_bytes`:
  /// what lies beyond is as if it were not there.
  [[nodiscard]] FimWindow cut(int64_t budget_tokens,
                              size_t most_prefix_bytes = std::string_view::npos) const;

  /// The tokens of the pieces that the window with so many bytes on either side touches; absent
  /// when it shows more than was counted.
  [[nodiscard]] std::optional<int64_t> count(size_t prefix_bytes, size_t suffix_bytes) const;

 private:
  /// Pieces from the hole outwards; of the own line first.
  struct Side {
    std::vector<size_t> ends;   ///< distances from the hole
    std::vector<int64_t> sums;  ///< tokens up to there
    size_t num_own = 0;         ///< pieces of the own line
    bool has_own_line = false;  ///< all of it

    [[nodiscard]] int64_t tokens(size_t num_pieces) const {
      return num_pieces == 0 ? 0 : sums[num_pieces - 1];
    }

    [[nodiscard]] size_t bytes(size_t num_pieces) const {
      return num_pieces == 0 ? 0 : ends[num_pieces - 1];
    }

    /// The most pieces in [first, last], `first` at least, that have at most `limit_tokens` beyond
    /// those of `first`.
    [[nodiscard]] size_t longest(size_t first, size_t last, int64_t limit_tokens) const;
  };

  static Side split(std::string_view text, bool backward, size_t reach_bytes);

  FimWindow whole_;
  Side prefix_;
  Side suffix_;
};

/// The window into `whole` (valid UTF-8) that has at most `budget_tokens` tokens, by sums.
/// Errors, Cost: those of FimRuler::measure().
Result<FimWindow> cut_fim_window(const FimWindow& whole,
                                 int64_t budget_tokens,
                                 const TokenCounter& count_tokens);

}  // namespace fimd
