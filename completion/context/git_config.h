// What git's configuration says, as far as it decides which files are ignored.
//
//   [core]                      sections and keys in any case, spaces around "="
//       excludesFile = ~/a      values with quotes, escapes, comments, continued lines
//   [include] path = other      read where it stands; [includeIf "..."] as if its condition held
//
// Source: git-config(1), "SYNTAX" and "INCLUDES".
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

inline constexpr size_t kMaxGitConfigBytes = size_t{1} << 20;
inline constexpr int kMaxGitIncludeDepth = 10;  ///< as git's

struct GitConfigEntry {
  std::string name;  ///< "core.excludesfile"; a subsection between the two as it is written
  std::string value;
};

/// The entries of one file in its order, those before the first line that is none.
std::vector<GitConfigEntry> parse_git_config(std::string_view text);

/// The file that core.excludesFile names: the last value of `files`, each read after the one before
/// it, "~/" being `home`. Absent where none names one. What cannot be read says nothing.
std::optional<std::filesystem::path> git_excludes_file(
    const std::vector<std::filesystem::path>& files, const std::filesystem::path& home);

}  // namespace fimd
