#include "tests/support/apply_diff.h"

#include <cstdio>

#include "kernels/base/check.h"

namespace fimd {
namespace {

/// Takes a line with its end off `text`.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line =
      text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
  text.remove_prefix(line.size());
  return line;
}

struct HunkRange {
  int first_line = 0;
  int num_lines = 1;
};

/// `-12,3`; the count may be left out.
HunkRange parse_range(const char* text, const char* format) {
  HunkRange range;
  FIMD_CHECK(std::sscanf(text, format, &range.first_line, &range.num_lines) >= 1, text);
  return range;
}

}  // namespace

std::string apply_diff(std::string_view text, std::string_view diff) {
  if (diff.empty()) return std::string(text);
  FIMD_CHECK(take_line(diff).starts_with("--- a/"));
  FIMD_CHECK(take_line(diff).starts_with("+++ b/"));
  const std::string header(take_line(diff));
  const HunkRange old_range = parse_range(header.c_str(), "@@ -%d,%d");
  const HunkRange new_range = parse_range(header.c_str() + header.find('+'), "+%d,%d");

  std::string result;
  const int first_line = old_range.first_line - (old_range.num_lines > 0 ? 1 : 0);
  for (int line = 0; line < first_line; ++line) result += take_line(text);
  int num_old = 0;
  int num_new = 0;
  while (!diff.empty()) {
    const char mark = diff.front();
    diff.remove_prefix(1);
    std::string_view line = take_line(diff);
    if (diff.starts_with("\\ No newline at end of file\n")) {
      line.remove_suffix(1);
      take_line(diff);
    }
    FIMD_CHECK(mark == ' ' || mark == '-' || mark == '+', mark);
    if (mark != '+') {
      FIMD_CHECK(take_line(text) == line, line);
      ++num_old;
    }
    if (mark != '-') {
      result += line;
      ++num_new;
    }
  }
  FIMD_CHECK(num_old == old_range.num_lines && num_new == new_range.num_lines, header);
  return result.append(text);
}

}  // namespace fimd
