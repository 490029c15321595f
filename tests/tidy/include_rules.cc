#include <array>
#include <optional>

#include "tests/tidy/cpp_text.h"
#include "tests/tidy/rules.h"

namespace fimd {
namespace {

struct Include {
  int line;
  std::string_view path;
  bool quoted;
};

// The #include lines of the code; those within a string or a comment are none.
std::vector<Include> find_includes(const std::string& text) {
  const CppText cpp = split_cpp(text);
  const auto code = split_lines(cpp.code);
  const auto lines = split_lines(text);
  std::vector<Include> includes;
  for (size_t i = 0; i < code.size(); ++i) {
    if (!code[i].starts_with("#include")) continue;
    const size_t open = lines[i].find_first_of("\"<");
    const size_t close = lines[i].find_first_of("\">", open + 1);
    if (open == std::string_view::npos || close == std::string_view::npos) continue;
    includes.push_back({.line = static_cast<int>(i) + 1,
                        .path = lines[i].substr(open + 1, close - open - 1),
                        .quoted = lines[i][open] == '"'});
  }
  return includes;
}

// A folder's place on the arrow, lowest first; a file outside of it (a test) has none.
std::optional<int> rank_of(std::string_view path) {
  static constexpr std::array<std::string_view, 6> kFolders = {
      "kernels/base/", "kernels/", "engine/", "completion/", "lsp/", "editors/"};
  for (int rank = 0; rank < static_cast<int>(kFolders.size()); ++rank) {
    if (path.starts_with(kFolders[static_cast<size_t>(rank)])) return rank;
  }
  return std::nullopt;
}

}  // namespace

Findings check_include_paths(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_cpp(path)) continue;
    for (const Include& include : find_includes(text)) {
      const std::string target(include.path);
      const bool ours = tree.contains(target);
      // Highway's own headers are quoted in its documentation: they are re-included per target.
      if (include.quoted && !ours && !target.starts_with("hwy/")) {
        findings.push_back({path, include.line, "includes \"" + target + "\", not a root path"});
      }
      if (!include.quoted && ours) {
        findings.push_back({path, include.line, "includes our " + target + " in <>"});
      }
      if (ours && !target.ends_with(".h") && !target.ends_with(".cuh")) {
        findings.push_back({path, include.line, "includes " + target + ", no header"});
      }
    }
  }
  return findings;
}

Findings check_include_arrow(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    const auto own_rank = is_cpp(path) ? rank_of(path) : std::nullopt;
    if (!own_rank) continue;
    for (const Include& include : find_includes(text)) {
      const bool test = include.path.starts_with("tests/");
      if (!test && rank_of(include.path).value_or(0) <= *own_rank) continue;
      findings.push_back(
          {path, include.line, "includes " + std::string(include.path) + " against the arrow"});
    }
  }
  return findings;
}

Findings check_own_header(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!path.ends_with(".cc") && !path.ends_with(".cu")) continue;
    const std::string header = path.substr(0, path.rfind('.')) + ".h";
    if (!tree.contains(header)) continue;
    const auto includes = find_includes(text);
    if (!includes.empty() && includes.front().path == header) continue;
    findings.push_back({path, 0, "does not include " + header + " first"});
  }
  return findings;
}

}  // namespace fimd
