#include "completion/postprocess/repetition.h"

#include <algorithm>
#include <array>
#include <vector>

#include "completion/syntax/text_lines.h"
#include "engine/utf8.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

constexpr size_t kMaxLinePeriod = 8;      // longer blocks are copied with differences
constexpr size_t kNumCopies = 3;          // of lines with words
constexpr size_t kNumBareCopies = 8;      // of lines without: rows of a table, closers
constexpr size_t kMaxRunPeriod = 80;      // bytes; a long phrase
constexpr size_t kMinRunBytes = 18;       // of words
constexpr size_t kMinBareRunBytes = 160;  // of numbers and rulers, two lines wide
constexpr size_t kMaxBlankLines = 3;

bool is_letter(char c) {
  return is_ascii_letter(c) || !is_ascii(c);
}

bool has_words(std::string_view text) {
  return std::ranges::count_if(text, is_letter) >= 3;
}

struct Piece {
  size_t begin = 0;
  std::string_view text;  // without blanks at its end
};

// The lines of `completion` that are certain, those with text.
std::vector<Piece> complete_lines(std::string_view completion) {
  std::vector<Piece> lines;
  for (size_t begin = 0; begin < completion.size();) {
    const size_t end = line_end(completion, begin);
    if (end == completion.size()) break;
    const std::string_view text = trimmed_right(completion.substr(begin, end - begin));
    if (!text.empty()) lines.push_back({.begin = begin, .text = text});
    begin = next_line_begin(completion, begin);
  }
  return lines;
}

std::optional<size_t> end_by_lines(const std::vector<Piece>& lines) {
  std::array<size_t, kMaxLinePeriod + 1> equal = {};  // lines so far that equal the one a period up
  for (size_t i = 0; i < lines.size(); ++i) {
    for (size_t period = 1; period <= std::min(i, kMaxLinePeriod); ++period) {
      equal[period] = lines[i].text == lines[i - period].text ? equal[period] + 1 : 0;
      if (equal[period] < (kNumCopies - 1) * period) continue;
      const bool words = std::any_of(lines.begin() + static_cast<std::ptrdiff_t>(i + 1 - period),
                                     lines.begin() + static_cast<std::ptrdiff_t>(i + 1),
                                     [](const Piece& line) { return has_words(line.text); });
      if (!words && equal[period] < (kNumBareCopies - 1) * period) continue;
      const Piece& last = lines[i - equal[period]];
      return last.begin + last.text.size();
    }
  }
  return std::nullopt;
}

// Where a run of `period` bytes that has gone on for `num_equal` more is one.
bool is_run(std::string_view unit, size_t num_equal) {
  const bool has_digit = std::ranges::any_of(unit, is_ascii_digit);
  const size_t num_bytes = unit.size() + num_equal;
  static constexpr size_t kShortUnit = 10;
  const size_t copies = unit.size() < kShortUnit ? 6 : 4;
  if (has_words(unit) && !has_digit) {
    return num_bytes >= std::max(kMinRunBytes, copies * unit.size());
  }
  return num_bytes >= std::max(kMinBareRunBytes, kNumBareCopies * unit.size());
}

std::optional<size_t> run_end(std::string_view line) {
  if (line.size() < kMinRunBytes) return std::nullopt;
  std::array<size_t, kMaxRunPeriod + 1> equal = {};
  for (size_t i = 1; i < line.size(); ++i) {
    for (size_t period = 1; period <= std::min(i, kMaxRunPeriod); ++period) {
      equal[period] = line[i] == line[i - period] ? equal[period] + 1 : 0;
      if (equal[period] < 2 * period) continue;
      if (!is_run(line.substr(i + 1 - period, period), equal[period])) continue;
      return character_start(line, i + 1 - equal[period]);
    }
  }
  return std::nullopt;
}

std::optional<size_t> end_by_runs(std::string_view completion) {
  size_t num_blank = 0;
  size_t end_of_text = 0;
  for (size_t begin = 0; begin < completion.size();) {
    const size_t end = line_end(completion, begin);
    const std::string_view line = completion.substr(begin, end - begin);
    if (const auto run = run_end(line)) return begin + *run;
    if (!is_blank(line)) {
      num_blank = 0;
      end_of_text = begin + line.size();
    } else if (end < completion.size() && ++num_blank > kMaxBlankLines) {
      return end_of_text;
    }
    begin = next_line_begin(completion, begin);
    if (begin == end) break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<size_t> repetition_end(std::string_view completion) {
  const auto by_lines = end_by_lines(complete_lines(completion));
  const auto by_runs = end_by_runs(completion);
  if (by_lines && by_runs) return std::min(*by_lines, *by_runs);
  return by_lines ? by_lines : by_runs;
}

}  // namespace fimd
