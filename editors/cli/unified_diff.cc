#include "editors/cli/unified_diff.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

namespace fimd {
namespace {

constexpr size_t kContextLines = 3;

// git's default colours.
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kCyan = "\x1b[36m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kReset = "\x1b[m";

/// Lines with their ends; the last may lack one.
std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t line_bytes = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, line_bytes));
    text.remove_prefix(line_bytes);
  }
  return lines;
}

/// The name as a header line spells it. Names with control characters, quotes or backslashes are
/// quoted as git does; after one with spaces a tab says where it ends.
std::string header_name(char side, const std::string& document_name) {
  const std::filesystem::path path = std::filesystem::path(document_name).lexically_normal();
  const std::string name = std::string(1, side) + "/" + path.relative_path().string();
  const auto needs_quotes = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '"' || c == '\\';
  };
  if (std::none_of(name.begin(), name.end(), needs_quotes)) {
    return name.find(' ') == std::string::npos ? name : name + "\t";
  }
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') {
      quoted.append("\\").append(1, c);
    } else if (needs_quotes(c)) {
      std::array<char, 5> octal = {};
      std::snprintf(octal.data(), octal.size(), "\\%03o", static_cast<unsigned>(c));
      quoted += octal.data();
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

/// `start,count` of a hunk's header. An empty range is named by the line before it.
std::string hunk_range(size_t first_line, size_t num_lines) {
  if (num_lines == 1) return std::to_string(first_line + 1);
  return std::to_string(num_lines == 0 ? first_line : first_line + 1) + "," +
         std::to_string(num_lines);
}

class DiffWriter {
 public:
  explicit DiffWriter(DiffStyle style) : style_(style) {}

  void header(std::string_view color, const std::string& text) { paint(color, text, "\n"); }

  void line(char mark, std::string_view color, std::string_view line) {
    const bool has_end = line.ends_with('\n');
    if (has_end) line.remove_suffix(1);
    paint(color, std::string(1, mark).append(line), "\n");
    if (!has_end) text_ += "\\ No newline at end of file\n";
  }

  std::string take() { return std::move(text_); }

 private:
  void paint(std::string_view color, std::string_view text, std::string_view end) {
    const bool painted = style_.color && !color.empty();
    if (painted) text_ += color;
    text_ += text;
    if (painted) text_ += kReset;
    text_ += end;
  }

  DiffStyle style_;
  std::string text_;
};

/// What an edit changes, in whole lines: [begin, end) of the old text gives way to `added`.
struct LineEdit {
  size_t begin;
  size_t end;
  std::string added;
};

LineEdit whole_lines(std::string_view text, ByteRange range, std::string_view replacement) {
  const size_t begin = range.begin.value == 0 ? 0 : text.rfind('\n', range.begin.value - 1) + 1;
  const size_t line_end = text.find('\n', range.end.value);
  const size_t end = line_end == std::string_view::npos ? text.size() : line_end + 1;
  std::string added(text.substr(begin, range.begin.value - begin));
  added.append(replacement).append(text.substr(range.end.value, end - range.end.value));
  return {begin, end, std::move(added)};
}

/// `edit` without the lines at its beginning and end that stay as they are.
LineEdit trim(std::string_view text, const LineEdit& edit) {
  const auto removed = split_lines(text.substr(edit.begin, edit.end - edit.begin));
  const auto added = split_lines(edit.added);
  const size_t most = std::min(removed.size(), added.size());
  size_t first_bytes = 0;
  size_t num_first = 0;
  while (num_first < most && removed[num_first] == added[num_first]) {
    first_bytes += added[num_first++].size();
  }
  size_t last_bytes = 0;
  size_t num_last = 0;
  while (num_first + num_last < most &&
         removed[removed.size() - 1 - num_last] == added[added.size() - 1 - num_last]) {
    last_bytes += added[added.size() - 1 - num_last++].size();
  }
  return {edit.begin + first_bytes,
          edit.end - last_bytes,
          edit.added.substr(first_bytes, edit.added.size() - last_bytes - first_bytes)};
}

/// The beginning of the line that is kContextLines before the line beginning at `offset`.
size_t context_begin(std::string_view text, size_t offset) {
  for (size_t line = 0; line < kContextLines && offset > 0; ++line) {
    offset = offset == 1 ? 0 : text.rfind('\n', offset - 2) + 1;
  }
  return offset;
}

/// The end of the kContextLines lines that begin at `offset`.
size_t context_end(std::string_view text, size_t offset) {
  for (size_t line = 0; line < kContextLines && offset < text.size(); ++line) {
    offset = std::min(text.find('\n', offset), text.size() - 1) + 1;
  }
  return offset;
}

}  // namespace

std::string unified_diff(const TextDocument& document,
                         ByteRange range,
                         std::string_view replacement,
                         DiffStyle style) {
  const std::string_view text = document.text();
  const LineEdit edit = trim(text, whole_lines(text, range, replacement));
  const size_t begin = context_begin(text, edit.begin);
  const size_t end = context_end(text, edit.end);
  const auto before = split_lines(text.substr(begin, edit.begin - begin));
  const auto removed = split_lines(text.substr(edit.begin, edit.end - edit.begin));
  const auto added = split_lines(edit.added);
  const auto after = split_lines(text.substr(edit.end, end - edit.end));
  if (removed.empty() && added.empty()) return {};

  const auto first_line =
      static_cast<size_t>(std::count(text.begin(), text.begin() + std::ptrdiff_t(begin), '\n'));
  const size_t num_context = before.size() + after.size();
  DiffWriter diff(style);
  diff.header(kBold, "--- " + header_name('a', document.name()));
  diff.header(kBold, "+++ " + header_name('b', document.name()));
  diff.header(kCyan,
              "@@ -" + hunk_range(first_line, num_context + removed.size()) + " +" +
                  hunk_range(first_line, num_context + added.size()) + " @@");
  for (const std::string_view line : before) diff.line(' ', {}, line);
  for (const std::string_view line : removed) diff.line('-', kRed, line);
  for (const std::string_view line : added) diff.line('+', kGreen, line);
  for (const std::string_view line : after) diff.line(' ', {}, line);
  return diff.take();
}

}  // namespace fimd
