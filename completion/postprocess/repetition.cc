#include "completion/postprocess/repetition.h"

#include <algorithm>

#include "completion/syntax/text_lines.h"
#include "engine/utf8.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

constexpr size_t kNumCopies = 3;          // of lines with words
constexpr size_t kNumItems = 8;           // of lines that a comma ends: arguments may be alike
constexpr size_t kNumItemsOfLine = 12;    // of words with a comma
constexpr size_t kMinNumberBytes = 24;    // of a number that repeats itself: 1.0.0.0.0
constexpr size_t kNumBareCopies = 8;      // of lines without: rows of a table, closers
constexpr size_t kMinRunBytes = 18;       // of words
constexpr size_t kMinBareRunBytes = 160;  // of numbers and rulers, two lines wide
constexpr size_t kMaxBlankLines = 3;

bool is_letter(char c) {
  return is_ascii_letter(c) || !is_ascii(c);
}

bool has_words(std::string_view text) {
  return std::ranges::count_if(text, is_letter) >= 3;
}

// Where a run of `period` bytes that has gone on for `num_equal` more is one.
bool is_run(std::string_view unit, size_t num_equal) {
  const bool has_digit = std::ranges::any_of(unit, is_ascii_digit);
  const size_t num_bytes = unit.size() + num_equal;
  const bool in_number = has_digit && unit.find_first_not_of("0123456789.") == unit.npos &&
                         unit.find('.') != unit.npos;
  if (in_number) return num_bytes >= std::max(kMinNumberBytes, kNumBareCopies * unit.size());
  static constexpr size_t kShortUnit = 10;
  const bool item = unit.find(',') != unit.npos;
  const size_t copies = item ? kNumItemsOfLine : unit.size() < kShortUnit ? 6 : 4;
  if (has_words(unit) && !has_digit) {
    return num_bytes >= std::max(kMinRunBytes, copies * unit.size());
  }
  return num_bytes >= std::max(kMinBareRunBytes, kNumBareCopies * unit.size());
}

}  // namespace

size_t RepetitionWatch::equal_lines(std::string_view text, const Piece& last, size_t period) const {
  if (period > lines_.size()) return 0;
  const Piece& above = lines_[lines_.size() - period];
  const bool equal =
      text.substr(last.begin, last.size_bytes) == text.substr(above.begin, above.size_bytes);
  return equal ? equal_lines_[period] + 1 : 0;
}

std::optional<size_t> RepetitionWatch::end_by_lines(const GrowingLine& line) const {
  const Piece last = {.begin = line.begin, .size_bytes = trimmed_right(line.content()).size()};
  if (!line.complete || last.size_bytes == 0) return std::nullopt;
  for (size_t period = 1; period <= kMaxLinePeriod; ++period) {
    const size_t num_equal = equal_lines(line.text, last, period);
    if (num_equal < (kNumCopies - 1) * period) continue;
    bool words = has_words(line.content());
    for (size_t i = 1; i < period && !words; ++i) {
      const Piece& piece = lines_[lines_.size() - i];
      words = has_words(line.text.substr(piece.begin, piece.size_bytes));
    }
    if (!words && num_equal < (kNumBareCopies - 1) * period) continue;
    const bool item = trimmed(line.content()).ends_with(',');
    if (item && num_equal < kNumItems - 1) continue;
    const Piece& first = lines_[lines_.size() - num_equal];
    return first.begin + first.size_bytes;
  }
  return std::nullopt;
}

std::optional<size_t> RepetitionWatch::run_end(std::string_view line) {
  if (line.size() < num_seen_) {
    num_seen_ = 0;
    equal_bytes_.fill(0);
    run_end_.reset();
  }
  for (size_t i = num_seen_; i < line.size() && !run_end_; ++i) {
    for (size_t period = 1; period <= std::min(i, kMaxRunPeriod) && !run_end_; ++period) {
      size_t& equal = equal_bytes_[period];
      equal = line[i] == line[i - period] ? equal + 1 : 0;
      if (equal < 2 * period || !is_run(line.substr(i + 1 - period, period), equal)) continue;
      size_t end = i + 1 - equal;
      while (end > 0 && is_utf8_continuation(line[end])) --end;
      run_end_ = end;
    }
    num_seen_ = i + 1;
  }
  return run_end_;
}

std::optional<size_t> RepetitionWatch::end_by_runs(const GrowingLine& line) {
  if (const auto run = run_end(line.content())) return line.begin + *run;
  const bool is_blank_line = line.complete && is_blank(line.content());
  return is_blank_line && num_blank_ == kMaxBlankLines ? std::optional(end_of_text_) : std::nullopt;
}

std::optional<size_t> RepetitionWatch::look(const GrowingLine& line) {
  const auto by_lines = end_by_lines(line);
  const auto by_runs = end_by_runs(line);
  if (by_lines && by_runs) return std::min(*by_lines, *by_runs);
  return by_lines ? by_lines : by_runs;
}

void RepetitionWatch::pass(const GrowingLine& line) {
  num_seen_ = 0;
  equal_bytes_.fill(0);
  if (is_blank(line.content())) {
    ++num_blank_;
    return;
  }
  num_blank_ = 0;
  end_of_text_ = line.end;
  const Piece last = {.begin = line.begin, .size_bytes = trimmed_right(line.content()).size()};
  for (size_t period = 1; period <= kMaxLinePeriod; ++period) {
    equal_lines_[period] = equal_lines(line.text, last, period);
  }
  lines_.push_back(last);
}

std::optional<size_t> repetition_end(std::string_view completion) {
  return answer_for(completion, RepetitionWatch());
}

}  // namespace fimd
