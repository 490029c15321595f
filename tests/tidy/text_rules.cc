#include <algorithm>
#include <cctype>
#include <regex>

#include "tests/tidy/cpp_text.h"
#include "tests/tidy/rules.h"

namespace fimd {
namespace {

constexpr size_t kMaxColumns = 100;
constexpr size_t kMaxFileLines = 400;

bool is_ascii(std::string_view line) {
  return std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 128; });
}

// The text with fenced blocks and `code` blanked: a link is not looked for in them.
std::string markdown_prose(std::string_view text) {
  std::string prose;
  bool fenced = false;
  for (const std::string_view line : split_lines(text)) {
    const bool fence = line.starts_with("```");
    bool code = fenced || fence;
    for (const char c : line) {
      if (c == '`') code = !code;
      prose += code ? ' ' : c;
    }
    prose += '\n';
    fenced = fenced != fence;
  }
  return prose;
}

// Whether `path` is a file of the tree or one of its folders.
bool exists(const SourceTree& tree, const std::string& path) {
  if (path.empty() || tree.contains(path)) return true;
  const std::string folder = path.ends_with('/') ? path : path + "/";
  const auto next = tree.lower_bound(folder);
  return next != tree.end() && next->first.starts_with(folder);
}

}  // namespace

Findings check_columns(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_code(path)) continue;
    int number = 0;
    for (const std::string_view line : split_lines(text)) {
      ++number;
      if (line.size() <= kMaxColumns) continue;
      findings.push_back({path, number, "has " + std::to_string(line.size()) + " columns"});
    }
  }
  return findings;
}

Findings check_file_lines(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    const size_t num_lines = is_code(path) ? split_lines(text).size() : 0;
    if (num_lines <= kMaxFileLines) continue;
    findings.push_back({path, 0, "has " + std::to_string(num_lines) + " lines"});
  }
  return findings;
}

Findings check_ascii(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_code(path)) continue;
    int number = 0;
    for (const std::string_view line : split_lines(text)) {
      ++number;
      if (!is_ascii(line)) findings.push_back({path, number, "is not ASCII; write an escape"});
    }
  }
  return findings;
}

Findings check_whitespace(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (is_data(path)) continue;
    if (!text.ends_with('\n')) findings.push_back({path, 0, "does not end with a newline"});
    if (text.ends_with("\n\n")) findings.push_back({path, 0, "ends with an empty line"});
    int number = 0;
    bool fenced = false;  // what a Markdown file quotes, such as a diff, may end in blanks
    for (const std::string_view line : split_lines(text)) {
      ++number;
      if (path.ends_with(".md") && line.starts_with("```")) fenced = !fenced;
      if (line.find('\t') != std::string_view::npos) {
        findings.push_back({path, number, "has a tab"});
      }
      if ((line.ends_with(' ') && !fenced) || line.ends_with('\r')) {
        findings.push_back({path, number, "ends with a blank or a carriage return"});
      }
    }
  }
  return findings;
}

Findings check_file_names(const SourceTree& tree) {
  // "-inl.h" is Highway's name for a header that is compiled once per instruction set; a file of an
  // Emacs package begins with the package's name, as its functions do.
  static const std::regex kOurs(
      "[a-z0-9_]+-inl\\.h|fimd-[a-z0-9-]+\\.el|[a-z0-9_]+\\.(h|cc|cu|cuh|cmake|py|sh|js|ts|lua|el|"
      "scm|json|jsonl|txt|"
      "md|svg)");
  static const std::regex kGiven(
      "CMakeLists\\.txt|CMakePresets\\.json|README\\.md|ARCHITECTURE\\.md|LICENSE|dev|run|"
      "package(-lock)?\\.json|"
      "\\.(clang-format|clang-tidy|editorconfig|gitignore|gitattributes)");
  Findings findings;
  for (const auto& [path, text] : tree) {
    const std::string name = path.substr(path.rfind('/') + 1);
    if (is_data(path) || std::regex_match(name, kOurs) || std::regex_match(name, kGiven)) continue;
    findings.push_back({path, 0, "is not snake_case with an extension that we know"});
  }
  return findings;
}

Findings check_machine_paths(const SourceTree& tree) {
  // "docs/work/x" is a path of ours. The slashes are in brackets, so that this file keeps its rule.
  static const std::regex kPlace(
      "(^|[^A-Za-z0-9_.}])([/](work|root)[/]|[/](home|Users)[/][A-Za-z0-9_.-]+/)");
  Findings findings;
  for (const auto& [path, text] : tree) {
    int number = 0;
    for (const std::string_view line : split_lines(text)) {
      ++number;
      if (!std::regex_search(line.begin(), line.end(), kPlace)) continue;
      findings.push_back({path, number, "names a path of one machine"});
    }
  }
  return findings;
}

Findings check_markdown_links(const SourceTree& tree) {
  static const std::regex kLink("\\]\\(([^)# ]*)[^)]*\\)");
  static const std::regex kElsewhere("[a-z]+:.*");
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!path.ends_with(".md")) continue;
    const std::string prose = markdown_prose(text);
    for (std::sregex_iterator link(prose.begin(), prose.end(), kLink), end; link != end; ++link) {
      const std::string target = (*link)[1];
      if (target.empty() || std::regex_match(target, kElsewhere)) continue;
      const auto folder = std::filesystem::path(path).parent_path();
      if (exists(tree, (folder / target).lexically_normal().generic_string())) continue;
      const int line = line_of(prose, static_cast<size_t>(link->position()));
      findings.push_back({path, line, "links to " + target + ", which does not exist"});
    }
  }
  return findings;
}

}  // namespace fimd
