#include "completion/syntax/imports.h"

#include "completion/syntax/scope.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

// "import x", "#include <x>"; a word with a parenthesis ("require(") may stand anywhere.
bool is_import(const Language& language, std::string_view line) {
  return any_word(language.imports, [&](std::string_view word) {
    if (word.ends_with('(')) return line.find(word) != std::string_view::npos;
    if (!line.starts_with(word)) return false;
    const std::string_view rest = line.substr(word.size());
    return rest.empty() || !is_word_character(rest.front());
  });
}

bool begins_in_first_column(std::string_view line) {
  return !line.empty() && line.front() != ' ' && line.front() != '\t';
}

}  // namespace

std::vector<ByteRange> import_statements(const SyntaxView& view) {
  std::vector<ByteRange> imports;
  const std::string_view text = view.text.substr(0, kMaxImportScanBytes);
  size_t line = 0;
  while (line < text.size() && imports.size() < kMaxImports) {
    const std::string_view words = line_at(text, line);
    const size_t next = next_line_begin(text, line);
    const bool found = begins_in_first_column(words) && is_import(view.language, words) &&
                       lexical_context(view, {line}) == LexicalContext::kCode;
    if (!found) {
      line = next;
      continue;
    }
    BracketScan scan = scan_brackets(view.language, text.substr(line, next - line));
    size_t last = line;
    for (line = next; line < text.size() && !scan.open.empty();
         line = next_line_begin(text, line)) {
      last = line;
      scan = scan_brackets(view.language, line_at(text, line), scan);
    }
    const size_t begin = static_cast<size_t>(words.data() - text.data());
    imports.push_back({{begin}, {last + trimmed_right(line_at(text, last)).size()}});
  }
  return imports;
}

}  // namespace fimd
