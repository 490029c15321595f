#include "completion/site.h"

#include <algorithm>
#include <array>

#include "completion/syntax/brackets.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

constexpr size_t kMaxLevelColumns = 8;

// [begin, end) of what is read.
ByteRange window_around(std::string_view text, size_t near) {
  const size_t before = std::min(near, kMaxScanBytes / 2);
  size_t begin = near - before;
  if (begin > 0) begin = std::min(next_line_begin(text, begin), near);
  return {{begin}, {std::min(text.size(), begin + kMaxScanBytes)}};
}

// Lines that are continued are indented by chance, not by a level.
bool opens_level(std::string_view line) {
  const std::string_view text = trimmed_right(line);
  return !text.empty() && std::string_view("{([:>").find(text.back()) != std::string_view::npos;
}

}  // namespace

// A level is by how much a line is indented otherwise than the one above it, most of the time. One
// column more is a comment's second line, not a level. A blank line says nothing, save the one that
// the user is about to fill.
Indentation detect_indentation(std::string_view text, ByteOffset near, Indentation fallback) {
  const size_t at = std::min(near.value, text.size());
  const size_t own_line = line_begin(text, at);
  const ByteRange window = window_around(text, at);
  std::array<size_t, kMaxLevelColumns + 1> steps = {};
  size_t num_tabs = 0;
  size_t num_spaces = 0;
  size_t columns_above = 0;
  bool opened_above = false;
  const std::string_view read = text.substr(0, window.end.value);
  for (size_t begin = window.begin.value; begin < read.size();
       begin = next_line_begin(read, begin)) {
    const std::string_view line = line_at(read, begin);
    if (line.empty() || (is_blank(line) && begin != own_line)) continue;
    const size_t columns = indentation_of(line);
    if (line.front() == '\t') ++num_tabs;
    if (columns > 1 && line.front() == ' ') ++num_spaces;
    const size_t step = columns > columns_above ? columns - columns_above : columns_above - columns;
    const bool spaces = line.front() == ' ' && columns > 0;
    if (step > 1 && step <= kMaxLevelColumns && spaces) {
      steps[step] += opened_above && columns > columns_above ? 2 : 1;
    }
    opened_above = opens_level(line);
    columns_above = columns;
  }
  if (num_tabs > num_spaces) return {.tabs = true, .columns = fallback.columns};
  const auto best = std::ranges::max_element(steps);
  if (*best == 0) return fallback;
  return {.tabs = false, .columns = static_cast<size_t>(best - steps.begin())};
}

}  // namespace fimd
