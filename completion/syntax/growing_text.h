// A text that grows at its end, as a model writes it, seen line by line.
//
//   look(line)    an answer, absent for most lines; asked again whenever the line has grown
//   pass(line)    the line has ended and there was no answer: what follows is another line
//
// Whoever watches a text so keeps what it needs of the lines that have passed, and a token costs
// what the line costs that it is in, not what the text costs. An answer must stay one, though not
// the same, as the line grows. A line that look() has seen may be seen shorter afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "completion/syntax/text_lines.h"

namespace fimd {

struct GrowingLine {
  std::string_view text;  ///< up to where this line ends, its line end included
  size_t begin = 0;
  size_t end = 0;         ///< before its line end
  bool complete = false;  ///< its line end is there

  [[nodiscard]] std::string_view content() const { return text.substr(begin, end - begin); }

  /// With its line end.
  [[nodiscard]] std::string_view whole() const { return text.substr(begin); }
};

/// The line of `text` that begins at `begin`.
inline GrowingLine growing_line(std::string_view text, size_t begin) {
  const size_t end = line_end(text, begin);
  return {.text = text.substr(0, next_line_begin(text, begin)),
          .begin = begin,
          .end = end,
          .complete = end < text.size()};
}

/// Thread: compatible.
class GrowingText {
 public:
  /// Appends `piece`; the answer that `watch` gives for the shortest beginning of the text for
  /// which it has one. No more is to be appended then. All pieces are for the same `watch`.
  /// Cost: that of look() for each line of `piece`, and the first also with what stands before it;
  /// with an answer, of some look() more.
  template <typename Watch>
  std::optional<size_t> push(std::string_view piece, Watch& watch) {
    text_ += piece;
    while (true) {
      const GrowingLine line = growing_line(text_, line_begin_);
      if (look(line, watch)) return first_answer(line, watch);
      // Behind a CR there may come the LF of the same line end.
      const bool ended = line.complete && (line.text.size() < text_.size() || text_.back() == '\n');
      if (!ended) return std::nullopt;
      watch.pass(line);
      line_begin_ = line.text.size();
      if (line_begin_ == text_.size()) return std::nullopt;
    }
  }

  [[nodiscard]] const std::string& text() const { return text_; }

  /// How many bytes of lines were looked at, each as often as it was.
  [[nodiscard]] int64_t num_looked_at() const { return num_looked_at_; }

 private:
  template <typename Watch>
  std::optional<size_t> look(const GrowingLine& line, Watch& watch) {
    num_looked_at_ += static_cast<int64_t>(line.whole().size());
    return watch.look(line);
  }

  template <typename Watch>
  std::optional<size_t> first_answer(const GrowingLine& line, Watch& watch) {
    const auto answer_at = [&](size_t size_bytes) {
      return look(growing_line(line.text.substr(0, size_bytes), line.begin), watch);
    };
    size_t low = line.begin;
    size_t high = line.text.size();
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      if (answer_at(middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return answer_at(high);
  }

  std::string text_;
  size_t line_begin_ = 0;  ///< of the line that grows
  int64_t num_looked_at_ = 0;
};

/// The answer of `watch` for `text`, which is all there is.
template <typename Watch>
std::optional<size_t> answer_for(std::string_view text, Watch watch) {
  return GrowingText().push(text, watch);
}

}  // namespace fimd
