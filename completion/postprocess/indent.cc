#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "completion/postprocess/right_text.h"
#include "completion/postprocess/rules.h"
#include "completion/syntax/block_start.h"
#include "completion/syntax/brackets.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

constexpr std::array<size_t, 4> kUnits = {2, 4, 8, 3};  // columns of a level, usual ones first

// Blanks mean something else than depth there.
constexpr std::string_view kUntouched = "makefile plaintext markdown";

struct CodeLine {
  size_t begin = 0;
  size_t num_blanks = 0;  // bytes
  size_t columns = 0;     // a tab is one level
  bool has_tabs = false;
  bool movable = false;  // begins in code
  bool outer = false;    // after what the text did not open is closed, or has its own column
};

size_t columns_of(std::string_view blanks, size_t tab_columns) {
  size_t columns = 0;
  for (const char c : blanks) columns += c == '\t' ? tab_columns - columns % tab_columns : 1;
  return columns;
}

std::string blanks_of(const Indentation& indentation, size_t columns) {
  if (!indentation.tabs || indentation.columns == 0) return std::string(columns, ' ');
  return std::string(columns / indentation.columns, '\t') +
         std::string(columns % indentation.columns, ' ');
}

// The lines of `draft` after its first that have text.
std::vector<CodeLine> further_lines(const Draft& draft, BracketScan scan, size_t tab_columns) {
  const Language& language = draft.site.view.language;
  const std::string_view text = draft.text;
  std::vector<CodeLine> lines;
  const size_t num_open = scan.open.size();
  bool left = false;
  for (size_t begin = 0; begin < text.size();) {
    const size_t next = next_line_begin(text, begin);
    const std::string_view line = text.substr(begin, next - begin);
    const bool movable = scan.context != LexicalContext::kString;
    scan = scan_brackets(language, line, std::move(scan));
    left = left || !scan.outer_closers.empty() || scan.open.size() < num_open;
    if (begin > 0 && !is_blank(line)) {
      const size_t num_blanks = line.find_first_not_of(" \t");
      const std::string_view blanks = line.substr(0, num_blanks);
      const char last = trimmed_right(line).back();
      const bool label = line[num_blanks] == '#' || last == ':';
      lines.push_back({.begin = begin,
                       .num_blanks = num_blanks,
                       .columns = columns_of(blanks, tab_columns),
                       .has_tabs = blanks.find('\t') != std::string_view::npos,
                       .movable = movable,
                       .outer = left || label});
    }
    begin = next;
  }
  return lines;
}

// Whether a brace at the end of `text` begins a list of values rather than a block.
bool opens_list(std::string_view text) {
  if (!text.ends_with('{')) return false;
  const std::string_view before = trimmed_right(text.substr(0, text.size() - 1));
  return last_word(before) == "return" ||
         (!before.empty() && std::string_view("=(,[{").find(before.back()) != before.npos);
}

// What a bracket or a list begins is indented as people like.
bool opens_level(const Language& language, std::string_view line) {
  const std::string_view text = trimmed(line);
  const bool comment = any_word(language.line_comments,
                                [&](std::string_view opener) { return text.starts_with(opener); });
  if (text.empty() || comment || opens_list(text)) return false;
  return std::string_view("{:").find(text.back()) != std::string_view::npos ||
         has_word("then do else begin", last_word(text)) ||
         has_word("def class module", first_word(text));
}

// How the lines of a text were meant: `base` is where the cursor's line begins, `unit` a level.
struct Scheme {
  size_t base = 0;
  size_t unit = 0;
};

// A model that does not write the file's levels writes its own, from the cursor's line or from
// the margin on. The first further line tells, as it is known how deep it should be.
Scheme scheme_of(const std::vector<CodeLine>& lines,
                 size_t base,
                 const Indentation& file,
                 bool opens) {
  const size_t level = file.columns;
  const Scheme same = {.base = base, .unit = level};
  const auto first = std::ranges::find_if(lines, [](const CodeLine& line) { return line.movable; });
  if (first == lines.end() || level == 0) return same;
  const size_t expected = base + (opens ? level : 0);
  if (first->columns == expected || first->outer) return same;
  const auto divides = [&](size_t from, size_t unit) {
    return std::ranges::all_of(lines, [&](const CodeLine& line) {
      return !line.movable || line.columns < from || (line.columns - from) % unit == 0;
    });
  };
  for (const size_t unit : kUnits) {
    if (opens && first->columns == base + unit && divides(base, unit)) {
      return {.base = base, .unit = unit};
    }
  }
  // Deeper than the cursor's line without a reason that shows: a continuation, or a header of a
  // kind not known here. Only blanks of the wrong sort are sure to be counted otherwise.
  const bool foreign = file.tabs && !first->has_tabs;
  if (!opens && first->columns > base && !foreign) return same;
  const size_t num_levels = base / level;
  for (const size_t unit : kUnits) {
    const size_t own_base = num_levels * unit;
    if (first->columns == own_base + (opens ? unit : 0) && base % level == 0 && divides(0, unit)) {
      return {.base = own_base, .unit = unit};
    }
  }
  return same;
}

// By how much every line must move right, of lines that forgot where the block stands and begin in
// the margin.
size_t missing_columns(const std::vector<CodeLine>& lines, size_t base) {
  const auto first = std::ranges::find_if(lines, [](const CodeLine& line) { return line.movable; });
  return first != lines.end() && !first->outer && first->columns == 0 ? base : 0;
}

size_t moved(size_t columns, const Scheme& scheme, size_t base, size_t level) {
  if (columns >= scheme.base) return base + (columns - scheme.base) * level / scheme.unit;
  const size_t up = (scheme.base - columns) * level / scheme.unit;
  return base - std::min(base, up);
}

}  // namespace

bool join_cursor_column(Draft& draft) {
  const std::string_view before = line_before(draft.site);
  const size_t blanks = std::min(draft.text.find_first_not_of(" \t"), draft.text.size());
  const size_t cursor_columns = indentation_of(before);
  if (!is_blank(before)) {
    const bool apart = before.back() == ' ' || before.back() == '\t';
    const bool code = draft.brackets.context() == LexicalContext::kCode;
    if (apart && code && blanks < draft.text.size() && draft.text[blanks] != '\n') {
      draft.text.erase(0, blanks);
    }
    return !draft.text.empty();
  }
  if (before.empty()) return true;
  // A cursor that is not deep enough yet may be completed to where its block begins.
  const auto block = empty_block_at(draft.site.view, draft.site.cursor);
  const size_t level = draft.site.indentation.columns;
  const size_t wanted = block && !block->flat ? block->header_columns + level : cursor_columns;
  const std::string lead = std::string(before) + draft.text.substr(0, blanks);
  if (cursor_columns < wanted && indentation_of(lead) == wanted) return true;
  const size_t text = std::min(draft.text.find_first_not_of(" \t\n"), draft.text.size());
  draft.text.erase(0, text);
  return !draft.text.empty();
}

bool indent_lines(Draft& draft) {
  const Language& language = draft.site.view.language;
  const Indentation& indentation = draft.site.indentation;
  const size_t level = indentation.columns;
  if (level == 0 || has_word(kUntouched, language.id)) return true;
  const BracketScan& scan = draft.brackets.before();
  if (scan.context == LexicalContext::kString) return true;
  const std::vector<CodeLine> lines = further_lines(draft, scan, level);
  if (lines.empty()) return true;
  const size_t base = columns_of(indentation_before(draft.site), level);
  const std::string first_line =
      std::string(line_before(draft.site)) + draft.text.substr(0, draft.text.find('\n'));
  const Scheme scheme = scheme_of(lines, base, indentation, opens_level(language, first_line));
  const bool own_scheme = scheme.unit != level || scheme.base != base;
  const bool braces = language.block_style == BlockStyle::kBraces;
  const size_t shift =
      own_scheme || !braces || scan.open.empty() ? 0 : missing_columns(lines, base);
  std::string text;
  size_t copied = 0;
  for (const CodeLine& line : lines) {
    const bool wrong_blanks =
        line.has_tabs != indentation.tabs && line.columns > 0 && !indentation.mixed;
    if (!line.movable || !(wrong_blanks || own_scheme || shift > 0)) continue;
    const bool in_margin = line.columns == 0 && draft.text[line.begin] == '#';
    const size_t columns =
        in_margin ? 0 : moved(line.columns, scheme, base, level) + (line.outer ? 0 : shift);
    text.append(draft.text, copied, line.begin - copied);
    text += blanks_of(indentation, columns);
    copied = line.begin + line.num_blanks;
  }
  text.append(draft.text, copied);
  draft.text = std::move(text);
  return true;
}

}  // namespace fimd
