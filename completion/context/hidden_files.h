// Which files no model may see, and why: the one place that decides.
//
// A file is judged by where it really lies, whatever folder an editor calls its workspace: by the
// name on its path (secrets.h), by the rules of the git repository around it (git_repository.h,
// ignore.h), and by every .fimdignore on the way up to the root of the file system. Where a
// symbolic link is on the path, both the path and what it leads to must pass. Without a repository
// .gitignore files count as .fimdignore does. What a .fimdignore above a repository hides, nothing
// in it takes back.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "completion/context/git_repository.h"
#include "completion/context/ignore.h"

namespace fimd {

enum class HiddenBecause {
  kNothing,     ///< it may be shown
  kSecretName,  ///< its name or folder says that it holds secrets
  kIgnored,     ///< .gitignore, .fimdignore or another of git's files names it; or nobody can tell
  kBinary,      ///< a NUL is in its text
};

/// "its name says that it holds secrets"; empty for kNothing.
std::string_view to_string(HiddenBecause reason);

/// Repositories whose rules are remembered; more are forgotten together and read again.
inline constexpr size_t kMaxRememberedRepositories = 32;

/// Thread: safe.
class HiddenFiles {
 public:
  explicit HiddenFiles(GitUser user = GitUser::of_process()) : user_(std::move(user)) {}

  /// `path` names a file, which need not exist. One that is not absolute is judged by its name
  /// alone. kBinary is for the caller, who has the text.
  /// Cost: some 50 us: looks at the files of rules above it; reads those that changed.
  [[nodiscard]] HiddenBecause look_at(std::string_view path);

 private:
  [[nodiscard]] bool is_ignored(const std::filesystem::path& path);
  IgnoreRules& rules_of(const std::filesystem::path& root, const IgnoreSources& sources);

  const GitUser user_;
  std::mutex mutex_;
  std::map<std::string, IgnoreRules> rules_;  ///< by root and sources; guarded by `mutex_`
};

}  // namespace fimd
