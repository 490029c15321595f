// git itself says what a .gitignore means: each table runs through `git check-ignore` too.
#include "completion/context/ignore.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/run_command.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

using Strings = std::vector<std::string>;

CommandResult git(const TempFolder& folder, const Strings& arguments, std::string input = {}) {
  Strings command = {"/usr/bin/env", "git", "-C", folder.path().string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_command(command,
                     {.input = std::move(input),
                      .environment = {{"GIT_CONFIG_GLOBAL", "/dev/null"},
                                      {"GIT_CONFIG_NOSYSTEM", "1"},
                                      {"GIT_CEILING_DIRECTORIES", folder.path().parent_path()}}});
}

// Every file there is to be asked about.
constexpr std::string_view kFiles =
    "a.c\na.o\nb.c\nfoo\nfoobar\n#hash\n!bang\nx y\ntrail \na[1]\na1\nback\\slash\n"
    "star*\nUpper.C\n.hidden\n-\n]\nz]\nsrc/a.c\nsrc/a.o\nsrc/foo\nsrc/b/a.c\n"
    "src/b/foo/x\nsrc/b/c/d/a.c\nbuild/out.o\nbuild/x/y\nsub/build/o\nsub/foo/bar\n"
    "sub/x/bar\ndoc/frotz/a\na/doc/frotz\nabc/d/e\nd/abc/e\nlog/1.log\nlog/22.log\n"
    "log/a.txt\nnode/m/i.js\nkeep/me\nkeep/not\ndeep/1/2/3/4/5/6/f\n"
    "aaaaaaaaaaaaaaaaaaaa\n";

Strings split_lines(std::string_view text) {
  std::istringstream stream{std::string(text)};
  Strings lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class IgnoreOracle : public testing::Test {
 protected:
  void SetUp() override {
    if (git(folder_, {"init", "-q"}).exit_code != 0) GTEST_SKIP() << "git is missing";
    for (const std::string& file : files_) {
      folder_.write(file, "");
      input_ += file + '\0';
    }
  }

  void write_rules(const std::string& file, const std::string& text) { folder_.write(file, text); }

  void check(const std::string& hint) {
    const CommandResult result =
        git(folder_, {"check-ignore", "--no-index", "--stdin", "-z"}, input_);
    ASSERT_LE(result.exit_code, 1) << result.errors;
    Strings expected;
    for (size_t at = 0; at < result.output.size();) {
      expected.emplace_back(result.output.c_str() + at);
      at += expected.back().size() + 1;
    }
    IgnoreRules rules(folder_.path());
    for (const std::string& file : files_) {
      const bool ignored = std::ranges::count(expected, file) > 0;
      EXPECT_EQ(rules.is_ignored(file), ignored) << "[" << file << "] by [" << hint << "]";
    }
  }

 private:
  TempFolder folder_;
  const Strings files_ = split_lines(kFiles);
  std::string input_;
};

TEST_F(IgnoreOracle, AgreesOnSinglePatterns) {
  constexpr std::string_view kPatterns =
      "foo\n/foo\nfoo/\n/foo/\n*.o\n/*.o\nsrc/*.o\nsrc/*\nsrc/\nsrc\n/src/b\nb/\n*\n/*\n"
      "**\n/**\n**/\n*/\n**/foo\n**/foo/\nsrc/**\nsrc/**/a.c\nsrc/**/foo\nsrc/**/*.c\n"
      "**/b/**\n/**/a.c\n**/c/d/*\na/**/frotz\ndoc/frotz\ndoc/frotz/\ndoc/*\n*/doc\n#hash\n"
      "\\#hash\n!bang\n\\!bang\nx y\nx\\ y\ntrail \ntrail\\ \ntrail   \na[1]\na\\[1\\]\n"
      "a[[]1]\na[0-9]\n[ab].c\n[!a].c\n[^a].c\n[a-b].[co]\n[[:alpha:]].c\n[[:digit:]]*\n"
      "log/[0-9].log\nlog/[0-9]*\nlog/?.log\nlog/??.log\n?\n??\n[]]\nz[]]\n[]-]\n[!]]\n[a\n"
      "a[\n[[:nope:]]\nback\\\\slash\nback\\slash\nstar\\*\nstar[*]\nfoo\\\n\\foo\nf\\oo\n"
      "*bar\nfoo*\nf*o*\n*a*a*a*b\n*.C\nUPPER.c\n.*\n*.*\n***\ns***\n/\n//\n\n \nfoo//bar\n"
      "sub/*/bar\nsub/?/bar\nsub/foo*\n*/foo/*\ndeep/**/f\ndeep/**/3/**\n**/5/*\n*/*/*/4\n"
      "deep/*/f\nabc/**\n**/abc\n/abc\nabc/\nd/**/e\nsrc[/]a.c\nsrc?a.c\ns*c/a.c\n"
      "src/[!a].c\n[--0]\n[\\]]\n[a\\-z]\n[z-a].c\n-\nsub/**/**/bar\n\xEF\xBB\xBF*.o\n"
      "foo\r\n\tfoo\na.c b.c\n./a.c\n../a.c\n!foo\nsrc/b/\nx*\naa*aa*aa*aa*aab\n";
  for (const std::string& pattern : split_lines(kPatterns)) {
    write_rules(".gitignore", pattern + "\n");
    check(pattern);
  }
}

TEST_F(IgnoreOracle, AgreesOnListsOfPatterns) {
  const Strings texts = {
      "*.c\n!a.c\n",
      "!a.c\n*.c\n",
      "/*\n!/src\n",
      "/*\n!/src\n/src/*\n!/src/b\n",
      "src/\n!src/a.c\n",
      "src/*\n!src/a.c\n",
      "keep/*\n!keep/me\n",
      "keep\n!keep/me\n",
      "**/foo\n!sub/foo\n",
      "# comment\n\n  \n*.o\r\n!src/*.o\r\n",
      "*\n!*/\n!*.c\n",
      "*\n!*.c\n",
      "foo",
      "log/*\n!log/[0-9].log\nlog/1*",
  };
  for (const std::string& text : texts) {
    write_rules(".gitignore", text);
    check(text);
  }
}

TEST_F(IgnoreOracle, AgreesOnNestedFiles) {
  write_rules(".gitignore", "*.o\n/build\nfoo\n");
  write_rules("src/.gitignore", "!a.o\n/a.c\nb/c\n");
  write_rules("src/b/.gitignore", "!foo\n/a.c\n");
  write_rules("build/.gitignore", "!x\n");
  write_rules("sub/.gitignore", "/*/\n!foo/\n");
  check("nested");
}

// Patterns of few letters against paths of few letters, so that many match.
TEST_F(IgnoreOracle, AgreesOnRandomPatterns) {
  const std::array<std::string, 16> pieces = {"a",
                                              "b",
                                              "foo",
                                              "*",
                                              "**",
                                              "/",
                                              "/",
                                              "?",
                                              "[a-c]",
                                              "[!a]",
                                              ".c",
                                              "src",
                                              "sub",
                                              "!",
                                              "\\a",
                                              "doc"};
  std::mt19937 random(1);
  for (int round = 0; round < 150; ++round) {
    std::string text;
    for (size_t line = 0; line < 1 + random() % 3; ++line) {
      std::string pattern;
      for (size_t i = 0; i < 1 + random() % 6; ++i) {
        const std::string& piece = pieces[random() % pieces.size()];
        // Two stars within a name are one to us (ignore_pattern.h).
        const bool star = piece[0] == '*' || pattern.ends_with('*');
        const bool bounded = piece[0] == '/' || pattern.empty() || pattern.ends_with('/');
        if (star && !bounded) continue;
        pattern += piece;
      }
      text += pattern + "\n";
    }
    write_rules(".gitignore", text);
    check(text);
  }
}

TEST(Ignore, LetsFimdignoreWinInItsFolder) {
  TempFolder folder;
  folder.write(".gitignore", "generated.py\n*.log\n");
  folder.write(".fimdignore", "!generated.py\n/private/\n");
  folder.write("sub/.gitignore", "!keep.log\n");
  folder.write("sub/.fimdignore", "keep.log\nextra\n");
  IgnoreRules rules(folder.path());
  EXPECT_FALSE(rules.is_ignored("generated.py"));
  EXPECT_TRUE(rules.is_ignored("a.log"));
  EXPECT_TRUE(rules.is_ignored("private/x/y.c"));
  EXPECT_TRUE(rules.is_ignored("sub/keep.log"));
  EXPECT_TRUE(rules.is_ignored("sub/extra"));
  EXPECT_FALSE(rules.is_ignored("extra"));
  EXPECT_FALSE(rules.is_ignored("sub/main.c"));
}

TEST(Ignore, IgnoresWhatLiesOutside) {
  TempFolder folder;
  IgnoreRules rules(folder.path() / "root");
  EXPECT_FALSE(rules.is_ignored("a.c"));
  EXPECT_FALSE(rules.is_ignored(""));
  EXPECT_FALSE(rules.is_ignored("b/../a.c"));
  EXPECT_FALSE(rules.is_ignored("..a/b"));
  EXPECT_TRUE(rules.is_ignored("../a.c"));
  EXPECT_TRUE(rules.is_ignored("b/../../a.c"));
  EXPECT_TRUE(rules.is_ignored("/etc/passwd"));
  EXPECT_TRUE(rules.is_ignored(std::string("a\0b", 3)));
  EXPECT_TRUE(rules.is_ignored(std::string(5000, 'a')));
  std::string deep;
  for (size_t i = 0; i < 2 * kMaxIgnoreDepth; ++i) deep += "d/";
  EXPECT_TRUE(rules.is_ignored(deep + "f"));
}

TEST(Ignore, SeesChangedRules) {
  TempFolder folder;
  IgnoreRules rules(folder.path());
  EXPECT_FALSE(rules.is_ignored("a.c"));
  folder.write(".gitignore", "*.c\n");
  EXPECT_TRUE(rules.is_ignored("a.c"));
  folder.write(".gitignore", "*.cc\n");
  EXPECT_FALSE(rules.is_ignored("a.c"));
  std::filesystem::remove(folder.path() / ".gitignore");
  EXPECT_FALSE(rules.is_ignored("a.cc"));
}

TEST(Ignore, IgnoresAllBelowRulesItCannotRead) {
  TempFolder folder;
  folder.write("big/.gitignore", std::string(kMaxIgnoreFileBytes + 1, '\n'));
  folder.write("fits/.gitignore", std::string(kMaxIgnoreFileBytes, '\n'));
  std::filesystem::create_directories(folder.path() / "odd/.gitignore");
  IgnoreRules rules(folder.path());
  EXPECT_TRUE(rules.is_ignored("big/a.c"));
  EXPECT_TRUE(rules.is_ignored("big/b/a.c"));
  EXPECT_FALSE(rules.is_ignored("fits/a.c"));
  EXPECT_FALSE(rules.is_ignored("odd/a.c"));
}

TEST(Ignore, BoundsWhatHostileRulesCost) {
  TempFolder folder;
  const std::string pattern = "*" + std::string(127, 'a') + "b\n";
  std::string text;
  while (text.size() + pattern.size() < kMaxIgnoreFileBytes) text += pattern;
  folder.write(".gitignore", text);
  IgnoreRules rules(folder.path());
  EXPECT_TRUE(rules.is_ignored(std::string(255, 'a')));
  EXPECT_FALSE(rules.is_ignored("z"));
}

TEST(Ignore, ForgetsFoldersBeyondItsLimit) {
  TempFolder folder;
  folder.write(".gitignore", "*.o\n");
  IgnoreRules rules(folder.path());
  for (size_t i = 0; i < kMaxIgnoreFolders + 10; ++i) {
    const std::string name = "d" + std::to_string(i);
    EXPECT_FALSE(rules.is_ignored(name + "/a.c"));
    EXPECT_TRUE(rules.is_ignored(name + "/a.o"));
  }
}

}  // namespace
}  // namespace fimd
