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

// What the end of a line says about the one below it.
enum class Opens {
  kNothing,  ///< that is deeper by chance: continued
  kBracket,  ///< deeper by a level, or by as much as people indent what they continue
  kBlock,    ///< deeper by a level
};

Opens opened_by(std::string_view line) {
  const std::string_view text = trimmed_right(line);
  if (text.empty()) return Opens::kNothing;
  if (std::string_view("{:").find(text.back()) != std::string_view::npos) return Opens::kBlock;
  return std::string_view("([>").find(text.back()) != std::string_view::npos ? Opens::kBracket
                                                                             : Opens::kNothing;
}

/// How often lines are so many columns deeper, or less deep, than the line above.
using Steps = std::array<size_t, kMaxLevelColumns + 1>;

// The columns of a level by these; 0 if there are none. Few people use others than 2, 4 and 8.
size_t most_likely(const Steps& steps) {
  size_t best = 0;
  size_t most = 0;
  for (size_t columns = 2; columns < steps.size(); ++columns) {
    const bool usual = (columns & (columns - 1)) == 0;
    const size_t weight = (usual ? 4 : 1) * steps.at(columns);
    if (weight > most) {
      most = weight;
      best = columns;
    }
  }
  return best;
}

}  // namespace

// A level is by how much the first line of a block is indented under its header, most of the time;
// in a file that shows no block, by how much lines differ from those above them. One column more is
// a comment's second line, not a level. A blank line says nothing, save the one that the user is
// about to fill.
Indentation detect_indentation(std::string_view text, ByteOffset near, Indentation fallback) {
  const size_t at = std::min(near.value, text.size());
  const size_t own_line = line_begin(text, at);
  const ByteRange window = window_around(text, at);
  Steps blocks = {};
  Steps brackets = {};
  Steps others = {};
  size_t num_tabs = 0;
  size_t num_spaces = 0;
  size_t columns_above = 0;   // of what the line above belongs to
  size_t header_columns = 0;  // of the line that began the parentheses that are open
  int num_open = 0;           // of them
  Opens opened_above = Opens::kNothing;
  const std::string_view read = text.substr(0, window.end.value);
  for (size_t begin = window.begin.value; begin < read.size();
       begin = next_line_begin(read, begin)) {
    const std::string_view line = line_at(read, begin);
    if (line.empty() || (is_blank(line) && begin != own_line)) continue;
    const size_t columns = indentation_of(line);
    if (line.front() == '\t') ++num_tabs;
    if (columns > 1 && line.front() == ' ') ++num_spaces;
    const bool deeper = columns > columns_above;
    const size_t step = deeper ? columns - columns_above : columns_above - columns;
    if (step > 1 && step <= kMaxLevelColumns && line.front() == ' ') {
      if (deeper && opened_above == Opens::kBlock) ++blocks[step];
      if (deeper && opened_above == Opens::kBracket) ++brackets[step];
      ++others[step];
    }
    if (num_open == 0) header_columns = columns;
    const auto change = std::ranges::count(line, '(') - std::ranges::count(line, ')');
    num_open = std::max(0, num_open + static_cast<int>(change));
    opened_above = opened_by(line);
    // The end of a header of several lines, `    int b) {`, opens a block under its first.
    columns_above = opened_above == Opens::kBlock ? header_columns : columns;
    if (opened_above == Opens::kBlock) num_open = 0;
  }
  // What the cursor's line begins with was typed last.
  const std::string_view own_blanks = text.substr(own_line, at - own_line);
  const bool own_tab = num_tabs > 0 && own_blanks.starts_with('\t');
  const bool mixed = 8 * std::min(num_tabs, num_spaces) > num_tabs + num_spaces;
  if (own_tab || num_tabs > num_spaces) {
    return {.tabs = true, .columns = fallback.columns, .mixed = mixed};
  }
  for (const Steps& steps : {blocks, brackets, others}) {
    const size_t columns = most_likely(steps);
    if (columns > 0) return {.tabs = false, .columns = columns, .mixed = mixed};
  }
  return fallback;
}

}  // namespace fimd
