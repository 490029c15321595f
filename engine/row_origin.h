// Behind which tokens the rows of a sequence's suffix were computed, and how far that is from the
// tokens that stand before them now.
//
//   then   BOS begin  P      hole  S  end     rows of S have seen P
//   now    BOS begin  P T    hole  S  end     and are moved behind T, which they have not seen
//
// A row of keys and values depends on what its token attended to, so a moved row is not what would
// be computed in its new place. The difference is counted in tokens: the drift of a row is how many
// of the tokens before it are gone or new. It is bounded from above in two ways, of which the lower
// counts: by what lies between the common beginning and the common end of then and now (so what is
// typed and deleted again leaves no drift), and by the sum of this over the moves that the row made
// (so a token here and a line there count as what they are). A row whose drift is 0 is exact, up to
// the rounding of the rotation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fimd {

/// Rows [begin, the next origin's begin, or the end) of a sequence.
struct RowOrigin {
  int64_t begin = 0;
  std::vector<int32_t> before;  ///< the tokens before row `begin` when it was computed
  int64_t drift_then = 0;       ///< the largest of the rows that were before it then
  int64_t differing = 0;        ///< tokens of `before` and of what is before it now, at most

  [[nodiscard]] int64_t drift() const { return drift_then + differing; }
};

/// Ascending by begin. Rows before the first are exact.
using RowOrigins = std::vector<RowOrigin>;

/// How many tokens of the two lie between their common beginning and their common end.
int64_t count_differing(std::span<const int32_t> a, std::span<const int32_t> b);

/// Moves the origin's rows from behind `old_before` to behind `new_before`.
void move_behind(std::span<const int32_t> old_before,
                 std::span<const int32_t> new_before,
                 RowOrigin& origin);

/// The origins of rows [begin, end) of a sequence that has `tokens`: those of `origins` that cover
/// them, cut to the range, and one for the exact rows at its beginning.
RowOrigins origins_within(const RowOrigins& origins,
                          std::span<const int32_t> tokens,
                          int64_t begin,
                          int64_t end);

}  // namespace fimd
