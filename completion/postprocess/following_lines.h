// What a model writes again although it stands below the cursor already.
//
//   suffix         log(total);       counts alone: nothing else looks like it
//                  return total;     counts with the line above it, or as a completion's last line
//                  }                 never counts; the brackets decide (scope_watch.h) ...
//
// ... unless nothing before the cursor opened what it closes: then it waits for the completion's
// last line to be left out.
//
// Lines compare without the blanks around them. One that stands alone must also stand in the same
// column: the same call within a block that the completion opened is no repetition.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "completion/postprocess/site_brackets.h"
#include "completion/syntax/growing_text.h"

namespace fimd {

/// Thread: safe to read.
class FollowingLines {
 public:
  /// More than is ever needed to be sure.
  static constexpr size_t kMaxLines = 16;

  /// Borrows the site's text.
  explicit FollowingLines(const SiteBrackets& brackets);

  /// As in growing_text.h: where the completion begins to reproduce the lines. Looks at complete
  /// lines only, so once there is an answer there stays one.
  /// Cost: compares the line with those below the cursor, and kMaxLines that have passed with it.
  [[nodiscard]] std::optional<size_t> look(const GrowingLine& line) const;
  void pass(const GrowingLine& line);

  /// The same for `completion`, which is all there is, where nothing has passed.
  [[nodiscard]] std::optional<size_t> reproduced_at(std::string_view completion) const {
    return answer_for(completion, *this);
  }

  /// How much of `completion`, which is all there will be, does not reproduce them at its end.
  [[nodiscard]] size_t without_tail(std::string_view completion) const;

 private:
  struct Line {
    size_t begin = 0;
    std::string_view words;
    size_t columns = 0;
  };

  /// A line with text that has passed. It begins within the completion, which moves as it grows.
  struct PassedLine {
    size_t begin = 0;
    size_t end = 0;
  };

  [[nodiscard]] Line line_of(std::string_view completion, PassedLine line) const;
  [[nodiscard]] std::vector<Line> lines_of(std::string_view completion) const;
  [[nodiscard]] bool begins_copy(const std::vector<Line>& lines, size_t first) const;
  [[nodiscard]] bool is_tail(const std::vector<Line>& lines, size_t first) const;

  const Language& language_;
  std::vector<Line> following_;
  size_t cursor_columns_ = 0;
  bool closer_waits_ = false;       ///< the first line closes what nothing opened
  bool joins_line_ = false;         ///< a completion's first line continues one that has text
  std::vector<PassedLine> passed_;  ///< the last kMaxLines - 1
};

}  // namespace fimd
