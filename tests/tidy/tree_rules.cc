#include <algorithm>
#include <array>
#include <regex>
#include <set>

#include "tests/tidy/cpp_text.h"
#include "tests/tidy/rules.h"

namespace fimd {
namespace {

// Tests of several files together, which mirror no single source.
constexpr std::array<std::string_view, 2> kIntegrationTests = {"tests/engine/model/golden_test.cc",
                                                               "tests/tidy/tidy_test.cc"};

bool is_source(std::string_view path) {
  return path.ends_with(".cc") || path.ends_with(".cu");
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

std::string stem_of(const std::string& path) {
  const std::string name = path.substr(folder_of(path).size());
  return name.substr(0, name.find('.'));
}

// Whether a source or header called `stem` lies in `folder` or below it. Below, because one test
// covers an operation in all columns: tests/kernels/linear_test.cc, kernels/cpu/linear.cc.
bool has_source(const SourceTree& tree, const std::string& folder, const std::string& stem) {
  return std::ranges::any_of(tree, [&](const auto& file) {
    return is_cpp(file.first) && file.first.starts_with(folder) && stem_of(file.first) == stem;
  });
}

// The sources that the CMakeLists.txt files name, relative to themselves or to the root.
std::set<std::string> listed_sources(const SourceTree& tree) {
  static const std::regex kSource("(\\$\\{PROJECT_SOURCE_DIR\\}/)?([A-Za-z0-9_./-]+\\.(cc|cu))");
  std::set<std::string> sources;
  for (const auto& [path, text] : tree) {
    if (!is_cmake(path)) continue;
    for (std::sregex_iterator name(text.begin(), text.end(), kSource), end; name != end; ++name) {
      const std::string folder = (*name)[1].matched ? "" : folder_of(path);
      const std::filesystem::path source = folder + (*name)[2].str();
      sources.insert(source.lexically_normal().generic_string());
    }
  }
  return sources;
}

bool is_included(const SourceTree& tree, const std::string& header) {
  const std::string quoted = "#include \"" + header + "\"";
  return std::ranges::any_of(tree, [&](const auto& file) {
    return is_cpp(file.first) && file.second.find(quoted) != std::string::npos;
  });
}

}  // namespace

Findings check_test_places(const SourceTree& tree) {
  static const std::string kTests = "tests/";
  static const std::string kSuffix = "_test";
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_source(path) || !path.starts_with(kTests)) continue;
    std::string stem = stem_of(path);
    if (!stem.ends_with(kSuffix) || std::ranges::count(kIntegrationTests, path) > 0) continue;
    stem.resize(stem.size() - kSuffix.size());
    const std::string folder = folder_of(path);
    // Beside it: what only tests use (tests/tidy, tests/support) is tested where it stands.
    if (has_source(tree, folder.substr(kTests.size()), stem) || has_source(tree, folder, stem)) {
      continue;
    }
    findings.push_back({path, 0, "mirrors no source: no " + stem + ".* in the mirrored folder"});
  }
  return findings;
}

Findings check_dead_files(const SourceTree& tree) {
  const std::set<std::string> listed = listed_sources(tree);
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (is_source(path) && !listed.contains(path)) {
      findings.push_back({path, 0, "is in no CMakeLists.txt"});
    }
    if (is_header(path) && !is_included(tree, path)) {
      findings.push_back({path, 0, "is included by no file"});
    }
  }
  return findings;
}

Findings check_globbing(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_cmake(path)) continue;
    for (const std::string_view word : {"GLOB", "GLOB_RECURSE"}) {
      for (size_t at = find_word(text, word, 0); at != std::string::npos;
           at = find_word(text, word, at + 1)) {
        findings.push_back({path, line_of(text, at), "globs; list the sources"});
      }
    }
  }
  return findings;
}

}  // namespace fimd
