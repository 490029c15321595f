#include "completion/context/git_repository.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

TEST(GitRepository, IsTheNearestOneAroundAFile) {
  TempFolder folder;
  const GitUser user = {.home = folder.path(), .default_excludes = folder.path() / "default"};
  const auto root_of = [&](const std::string& path) {
    const auto found = repository_around(folder.path() / path, user);
    return found ? found->root.lexically_relative(folder.path()).native() : "none";
  };
  folder.write("outer/.git/HEAD", "");
  folder.write("outer/a/inner/.git/HEAD", "");
  fs::create_directories(folder.path() / "outer/a/empty/.git");
  folder.write("outer/a/text/.git", "no folder of git's\n");
  EXPECT_EQ(root_of("none/a.c"), "none");
  EXPECT_EQ(root_of("outer/a.c"), "outer");
  EXPECT_EQ(root_of("outer/a/b/c/d.c"), "outer") << "need not exist";
  EXPECT_EQ(root_of("outer/a/inner/b.c"), "outer/a/inner");
  EXPECT_EQ(root_of("outer/a/empty/b.c"), "outer");
  EXPECT_EQ(root_of("outer/a/text/b.c"), "outer");
}

TEST(GitRepository, KnowsItsFilesOfRules) {
  TempFolder folder;
  const GitUser user = {.home = "/u",
                        .default_excludes = "/u/.config/git/ignore",
                        .config_files = {folder.path() / "global"}};
  folder.write("main/.git/HEAD", "");
  const auto files = [&](const char* path) {
    return repository_around(folder.path() / path, user)->exclude_files;
  };
  const fs::path exclude = folder.path() / "main/.git/info/exclude";
  EXPECT_EQ(files("main/a.c"), (std::vector<fs::path>{user.default_excludes, exclude}));
  folder.write("global", "[core]\nexcludesFile = ~/global_ignore\n");
  EXPECT_EQ(files("main/a.c"), (std::vector<fs::path>{"/u/global_ignore", exclude}));
  folder.write("main/.git/config", "[core]\nexcludesFile = /own_ignore\n");
  EXPECT_EQ(files("main/a.c"), (std::vector<fs::path>{"/own_ignore", exclude}));
  // A worktree, and a submodule.
  folder.write("main/.git/worktrees/w/HEAD", "");
  folder.write("main/.git/worktrees/w/commondir", "../..\n");
  folder.write("w/.git", "gitdir: " + (folder.path() / "main/.git/worktrees/w").native() + "\n");
  EXPECT_TRUE(
      fs::equivalent(files("w/a.c")[1].parent_path().parent_path(), folder.path() / "main/.git"));
  EXPECT_EQ(files("w/a.c")[0], "/own_ignore");
  folder.write("main/.git/modules/s/HEAD", "");
  folder.write("main/s/.git", "gitdir: ../.git/modules/s\n");
  EXPECT_EQ(files("main/s/a.c")[1].lexically_normal(),
            folder.path() / "main/.git/modules/s/info/exclude");
}

}  // namespace
}  // namespace fimd
