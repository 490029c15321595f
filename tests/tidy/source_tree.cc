#include "tests/tidy/source_tree.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>

#include "kernels/base/check.h"

namespace fimd {
namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  FIMD_CHECK(file.is_open(), path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

// The plain names in .gitignore ("/build/" is "build"); we use no patterns there.
std::set<std::string> ignored_names(const std::filesystem::path& root) {
  std::set<std::string> names = {".git"};
  const std::string text = read_text(root / ".gitignore");
  for (std::string_view line : split_lines(text)) {
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.ends_with('/')) line.remove_suffix(1);
    if (!line.empty()) names.emplace(line);
  }
  return names;
}

}  // namespace

bool is_data(std::string_view path) {
  constexpr std::array<std::string_view, 5> kFolders = {
      "tests/golden/", "tests/fuzz/corpus/", "engine/models/", "docs/demo/", "docs/images/"};
  return !path.ends_with(".md") && std::ranges::any_of(kFolders, [&](std::string_view folder) {
    return path.starts_with(folder);
  });
}

bool is_header(std::string_view path) {
  return path.ends_with(".h") || path.ends_with(".cuh");
}

bool is_cpp(std::string_view path) {
  return is_header(path) || path.ends_with(".cc") || path.ends_with(".cu");
}

bool is_cmake(std::string_view path) {
  return path.ends_with("CMakeLists.txt") || path.ends_with(".cmake");
}

bool is_code(std::string_view path) {
  constexpr std::array<std::string_view, 2> kScripts = {"dev", ".ci/run"};
  return !is_data(path) && (is_cpp(path) || is_cmake(path) || path.ends_with(".py") ||
                            path.ends_with(".sh") || std::ranges::count(kScripts, path) > 0);
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

SourceTree read_source_tree(const std::filesystem::path& root) {
  const std::set<std::string> ignored = ignored_names(root);
  SourceTree tree;
  std::filesystem::recursive_directory_iterator entry(root);
  for (; entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    if (ignored.contains(entry->path().filename().string())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      const std::string path = entry->path().lexically_relative(root).generic_string();
      tree[path] = is_data(path) ? "" : read_text(entry->path());
    }
  }
  return tree;
}

}  // namespace fimd
