#include "editors/cli/find_program.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

TEST(FindProgram, TakesTheFirstExecutableFileOnThePath) {
  TempFolder folder;
  const auto put = [&](const std::string& name, fs::perms permissions) {
    fs::create_directories((folder.path() / name).parent_path());
    folder.write(name, "");
    fs::permissions(folder.path() / name, permissions);
  };
  put("a/nvim", fs::perms::owner_read);
  put("b/nvim", fs::perms::owner_all);
  put("c/nvim", fs::perms::owner_all);
  fs::create_directories(folder.path() / "d/emacs");
  const std::string root = folder.path().string();
  const std::string path =
      "relative:" + root + "/none::" + root + "/a:" + root + "/d:" + root + "/b:" + root + "/c";
  EXPECT_EQ(find_program("nvim", path), folder.path() / "b/nvim");
  EXPECT_EQ(find_program("emacs", path), "") << "a folder";
  EXPECT_EQ(find_program("vim", path), "");
  EXPECT_EQ(find_program("nvim", ""), "");
}

}  // namespace
}  // namespace fimd
