// Whether a model has begun to repeat itself, which it does not stop by itself.
//
//   lines    A B A B A B            the same lines three times over
//   runs     very very very very    a few words over and over within a line
//   blanks   four empty lines
//
// Tables of numbers and rulers of dashes repeat and are right; only what has words counts early.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "completion/syntax/growing_text.h"

namespace fimd {

/// As in growing_text.h: how much of the completion precedes the first repetition. Once there is an
/// answer there stays one.
/// Thread: compatible.
class RepetitionWatch {
 public:
  /// Cost: compares each byte with some 80 before it, once as the line grows.
  std::optional<size_t> look(const GrowingLine& line);
  void pass(const GrowingLine& line);

 private:
  static constexpr size_t kMaxLinePeriod = 8;  // longer blocks are copied with differences
  static constexpr size_t kMaxRunPeriod = 80;  // bytes; a long phrase

  /// A line with text, without blanks at its end.
  struct Piece {
    size_t begin = 0;
    size_t size_bytes = 0;
  };

  [[nodiscard]] size_t equal_lines(std::string_view text, const Piece& last, size_t period) const;
  [[nodiscard]] std::optional<size_t> end_by_lines(const GrowingLine& line) const;
  [[nodiscard]] std::optional<size_t> end_by_runs(const GrowingLine& line);
  std::optional<size_t> run_end(std::string_view line);

  std::vector<Piece> lines_;  ///< that have passed
  /// By period: how many lines so far equal the one a period up.
  std::array<size_t, kMaxLinePeriod + 1> equal_lines_ = {};
  size_t num_blank_ = 0;    ///< lines at the end of what has passed
  size_t end_of_text_ = 0;  ///< before them

  size_t num_seen_ = 0;  ///< bytes of the line that grows
  /// By period: how many bytes up to there equal the one a period before.
  std::array<size_t, kMaxRunPeriod + 1> equal_bytes_ = {};
  std::optional<size_t> run_end_;  ///< in that line
};

/// Its answer for `completion`, which is all there is.
std::optional<size_t> repetition_end(std::string_view completion);

}  // namespace fimd
