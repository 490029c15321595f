#include "completion/context/hidden_files.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

struct HiddenFilesTest : testing::Test {
  HiddenBecause look_at(const std::string& path) {
    return files.look_at(folder.path().native() + "/" + path);
  }

  bool is_ignored(const std::string& path) { return look_at(path) == HiddenBecause::kIgnored; }

  TempFolder folder;

  HiddenFiles files{GitUser{.home = folder.path() / "home",
                            .default_excludes = folder.path() / "home/.config/git/ignore",
                            .config_files = {folder.path() / "home/.gitconfig"}}};
};

TEST_F(HiddenFilesTest, AreJudgedByTheirOwnRepository) {
  folder.write("p1/.git/HEAD", "");
  folder.write("p2/.git/HEAD", "");
  folder.write("p2/.gitignore", "priv/\n");
  folder.write("p2/src/.gitignore", "*.gen.py\n");
  EXPECT_EQ(look_at("p2/priv/q.py"), HiddenBecause::kIgnored);
  EXPECT_EQ(look_at("p1/priv/q.py"), HiddenBecause::kNothing);
  EXPECT_EQ(look_at("p2/src/deep/a.gen.py"), HiddenBecause::kIgnored);
  EXPECT_EQ(look_at("p2/a.gen.py"), HiddenBecause::kNothing);
  for (const char* spelled : {"p2/./priv/q.py",
                              "p2//priv//q.py",
                              "p1/../p2/priv/q.py",
                              "/p2/src/../priv/./q.py",
                              "none/../p2/priv/q.py"}) {
    EXPECT_TRUE(is_ignored(spelled)) << spelled;
  }
}

TEST_F(HiddenFilesTest, AreNotJudgedByTheRepositoryAboveTheirOwn) {
  folder.write(".git/HEAD", "");
  folder.write(".gitignore", "*\n");  // as of people who keep their settings in one
  folder.write("work/.git/HEAD", "");
  EXPECT_TRUE(is_ignored("a.c"));
  EXPECT_FALSE(is_ignored("work/a.c"));
}

TEST_F(HiddenFilesTest, FollowGitsOtherFilesOfRules) {
  folder.write("p/.git/HEAD", "");
  folder.write("p/.git/info/exclude", "mine.py\n*.both\n");
  folder.write("home/.config/git/ignore", "*.scratch\n!a.both\n");
  EXPECT_TRUE(is_ignored("p/deep/mine.py"));
  EXPECT_TRUE(is_ignored("p/a.scratch"));
  EXPECT_TRUE(is_ignored("p/a.both")) << "info/exclude wins";
  folder.write("home/.gitconfig", "[core]\n\texcludesFile = ~/rules\n");
  fs::create_symlink("other", folder.path() / "home/rules");
  folder.write("home/other", "*.tmp.py\n");
  EXPECT_TRUE(is_ignored("p/a.tmp.py"));
  EXPECT_FALSE(is_ignored("p/a.scratch"));
  folder.write("p/.gitignore", "!mine.py\n!b.tmp.py\n");
  EXPECT_FALSE(is_ignored("p/deep/mine.py")) << ".gitignore wins";
  EXPECT_FALSE(is_ignored("p/b.tmp.py"));
}

TEST_F(HiddenFilesTest, FollowEveryFimdignoreAboveThem) {
  folder.write(".fimdignore", "customer/\n*.notes\n");
  folder.write("p/.git/HEAD", "");
  folder.write("p/.gitignore", "!a.notes\nbuilt.py\n");
  folder.write("p/.fimdignore", "!built.py\n");
  EXPECT_TRUE(is_ignored("customer/.git/HEAD"));
  EXPECT_TRUE(is_ignored("p/customer/a.c"));
  EXPECT_TRUE(is_ignored("p/a.notes")) << "nothing takes it back";
  EXPECT_FALSE(is_ignored("p/built.py"));
}

TEST_F(HiddenFilesTest, NeedNoRepository) {
  folder.write("w/.gitignore", "*.log\n");
  folder.write("w/.fimdignore", "private.py\n");
  EXPECT_TRUE(is_ignored("w/a/b/c.log"));
  EXPECT_TRUE(is_ignored("w/a/private.py"));
  EXPECT_FALSE(is_ignored("w/a/public.py"));
  EXPECT_FALSE(is_ignored("c.log"));
}

TEST_F(HiddenFilesTest, AreJudgedWhereSymbolicLinksLeadToo) {
  folder.write("p/.git/HEAD", "");
  folder.write("p/.gitignore", "priv/\n/link\n");
  folder.write("p/priv/a.py", "");
  folder.write("p/shown/a.py", "");
  folder.write("keys/.ssh/work", "");
  fs::create_directory_symlink("priv", folder.path() / "p/alias");
  fs::create_directory_symlink("shown", folder.path() / "p/fine");
  fs::create_directory_symlink("shown", folder.path() / "p/link");
  fs::create_directory_symlink("p", folder.path() / "elsewhere");
  fs::create_symlink("../keys/.ssh/work", folder.path() / "p/notes.txt");
  fs::create_symlink("endless", folder.path() / "p/endless");
  EXPECT_TRUE(is_ignored("p/alias/a.py"));
  EXPECT_TRUE(is_ignored("p/alias/new.py"));
  EXPECT_TRUE(is_ignored("elsewhere/priv/a.py"));
  EXPECT_TRUE(is_ignored("p/link/a.py")) << "the link itself is named";
  EXPECT_FALSE(is_ignored("p/fine/a.py"));
  EXPECT_FALSE(is_ignored("elsewhere/fine/a.py"));
  EXPECT_EQ(look_at("p/notes.txt"), HiddenBecause::kSecretName);
  EXPECT_TRUE(is_ignored("p/endless")) << "nobody can tell";
}

TEST_F(HiddenFilesTest, AreKnownByTheirNamesAnywhere) {
  EXPECT_EQ(look_at(".ssh/work_key"), HiddenBecause::kSecretName);
  EXPECT_EQ(look_at(".kube/config"), HiddenBecause::kSecretName);
  EXPECT_EQ(look_at("a/.config/gh/hosts.yml"), HiddenBecause::kSecretName);
  HiddenFiles files;
  EXPECT_EQ(files.look_at(".env-prod"), HiddenBecause::kSecretName);
  EXPECT_EQ(files.look_at("Untitled-1"), HiddenBecause::kNothing);
  EXPECT_EQ(files.look_at(""), HiddenBecause::kNothing);
  EXPECT_EQ(files.look_at("/" + std::string(kMaxIgnorePathBytes, 'a')), HiddenBecause::kIgnored);
  EXPECT_EQ(files.look_at(std::string_view("/a\0b", 4)), HiddenBecause::kIgnored);
}

TEST_F(HiddenFilesTest, ForgetRepositoriesBeyondTheirLimit) {
  for (size_t i = 0; i < 2 * kMaxRememberedRepositories; ++i) {
    const std::string root = "p" + std::to_string(i);
    folder.write(root + "/.git/HEAD", "");
    folder.write(root + "/.gitignore", "a.py\n");
    EXPECT_TRUE(is_ignored(root + "/a.py"));
    EXPECT_FALSE(is_ignored(root + "/b.py"));
  }
}

}  // namespace
}  // namespace fimd
