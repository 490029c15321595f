// The repository as the rules see it: every file's path, and the text of what people write.
//
// The folder is walked, not asked of git, so that an unpacked archive is checked as well. What
// .gitignore names is left out. Data (checkpoints, goldens, the demo's input) appears with its path
// and no text: no rule of style applies to it, but a link may point at it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

/// Text by path; paths are relative to the root and separated by '/'.
using SourceTree = std::map<std::string, std::string>;

/// Reads the repository at `root`. Aborts if a file cannot be read.
SourceTree read_source_tree(const std::filesystem::path& root);

/// Checkpoints, goldens and the demo's input, whose line ends in blanks before the cursor.
bool is_data(std::string_view path);

/// C++ and CUDA, headers included.
bool is_cpp(std::string_view path);

bool is_header(std::string_view path);

/// CMakeLists.txt and *.cmake.
bool is_cmake(std::string_view path);

/// What people write to be run or compiled: is_cpp, is_cmake, Python and shell.
bool is_code(std::string_view path);

/// The lines of `text` without their line feeds; no last empty line after a final line feed.
std::vector<std::string_view> split_lines(std::string_view text);

}  // namespace fimd
