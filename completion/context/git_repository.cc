#include "completion/context/git_repository.h"

#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <system_error>

#include "completion/context/git_config.h"
#include "kernels/base/file.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

fs::path variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The path that a small file of git's holds after `key`; empty: it holds none.
fs::path path_in(const fs::path& file, std::string_view key) {
  static constexpr size_t kMaxBytes = 8192;  // PATH_MAX is 4096
  const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.is_open()) return {};
  const auto text = read_all(opened.number(), file.string(), kMaxBytes);
  if (!text || !text->starts_with(key)) return {};
  std::string path = text->substr(key.size());
  while (path.ends_with('\n') || path.ends_with('\r')) path.pop_back();
  return path.empty() ? fs::path() : file.parent_path() / path;
}

/// The folder of git's own files for the work tree `root`; empty: it is no work tree.
fs::path git_folder(const fs::path& root) {
  std::error_code error;
  fs::path folder = root / ".git";
  if (!fs::is_directory(folder, error)) folder = path_in(folder, "gitdir: ");
  return !folder.empty() && fs::exists(folder / "HEAD", error) ? folder : fs::path();
}

}  // namespace

GitUser GitUser::of_process() {
  GitUser user = {.home = variable("HOME")};
  fs::path config = variable("XDG_CONFIG_HOME");
  if (config.empty()) config = user.home / ".config";
  user.default_excludes = config / "git/ignore";
  if (variable("GIT_CONFIG_NOSYSTEM").empty()) {
    const fs::path system = variable("GIT_CONFIG_SYSTEM");
    user.config_files.push_back(system.empty() ? "/etc/gitconfig" : system);
  }
  if (const fs::path global = variable("GIT_CONFIG_GLOBAL"); !global.empty()) {
    user.config_files.push_back(global);
  } else {
    user.config_files.push_back(config / "git/config");
    user.config_files.push_back(user.home / ".gitconfig");
  }
  return user;
}

std::optional<GitRepository> repository_around(const fs::path& path, const GitUser& user) {
  fs::path root = path;
  fs::path own;
  while (own.empty()) {
    if (root == root.parent_path()) return std::nullopt;
    root = root.parent_path();
    own = git_folder(root);
  }
  // A worktree shares these with its repository.
  const fs::path shared = path_in(own / "commondir", "");
  const fs::path& common = shared.empty() ? own : shared;
  std::vector<fs::path> config_files = user.config_files;
  config_files.push_back(common / "config");
  const fs::path excludes =
      git_excludes_file(config_files, user.home).value_or(user.default_excludes);
  return GitRepository{.root = root, .exclude_files = {excludes, common / "info/exclude"}};
}

}  // namespace fimd
