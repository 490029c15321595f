// The git repository that a file lies in, and the files of rules that speak for all of it.
//
// It is the nearest one: above a folder that holds ".git" (a folder with a HEAD, or in worktrees
// and submodules a file that names one) nothing is looked at, as git does. Source: gitignore(5),
// gitrepository-layout(5).
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace fimd {

/// Where git looks for the user's own settings.
struct GitUser {
  std::filesystem::path home;                       ///< may be empty: there is none
  std::filesystem::path default_excludes;           ///< where no core.excludesFile is set
  std::vector<std::filesystem::path> config_files;  ///< the weakest first

  /// From HOME, XDG_CONFIG_HOME, GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM and GIT_CONFIG_NOSYSTEM.
  static GitUser of_process();
};

struct GitRepository {
  std::filesystem::path root;
  /// core.excludesFile, then info/exclude, which wins. Neither need exist.
  std::vector<std::filesystem::path> exclude_files;
};

/// The repository around `path`, which is absolute and plain, and need not exist.
std::optional<GitRepository> repository_around(const std::filesystem::path& path,
                                               const GitUser& user);

}  // namespace fimd
