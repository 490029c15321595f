#include "completion/context/git_config.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

Entries parsed(std::string_view text) {
  Entries entries;
  for (GitConfigEntry& entry : parse_git_config(text)) {
    entries.emplace_back(std::move(entry.name), std::move(entry.value));
  }
  return entries;
}

TEST(GitConfig, ReadsWhatGitWrites) {
  EXPECT_EQ(parsed("# a comment\n[core]\n\tbare = false\n\tExcludesFile = ~/.ignore  ; why\n"
                   "[includeIf \"gitdir:~/Work/\"]\n\tpath = work\n[a] b = c\n[d]e\n"),
            (Entries{{"core.bare", "false"},
                     {"core.excludesfile", "~/.ignore"},
                     {"includeif.gitdir:~/Work/.path", "work"},
                     {"a.b", "c"},
                     {"d.e", "true"}}));
}

TEST(GitConfig, ReadsQuotesEscapesAndContinuedLines) {
  EXPECT_EQ(
      parsed("[a]\r\nb = \"x # y\" z  \r\nc = \\\"q\\\\\\t\nd = one \\\n  two\ne = \" f \"\n"),
      (Entries{{"a.b", "x # y z"}, {"a.c", "\"q\\\t"}, {"a.d", "one   two"}, {"a.e", " f "}}));
}

TEST(GitConfig, StopsAtWhatIsNoEntry) {
  for (const char* bad :
       {"=", "[", "[b", "[b \"c", "[b \"c\n\"]", "c = \"d", "c = \\x", "c = \\"}) {
    EXPECT_EQ(parsed(std::string("[a]\nb = 1\n") + bad), (Entries{{"a.b", "1"}})) << bad;
  }
  EXPECT_EQ(parsed("b = 1\n"), Entries());
  EXPECT_EQ(parsed(""), Entries());
}

TEST(GitConfig, FindsTheLastExcludesFile) {
  TempFolder folder;
  const auto first = folder.write("first", "[core]\nexcludesFile = /a\n");
  const auto home = folder.write("home", "[core]\nexcludesfile = ~/b\n");
  const auto own = folder.write("c/own", "[include]\npath = ../more\n[core]\n");
  folder.write("more", "[core]\nexcludesFile = d\n");
  const auto nothing = folder.path() / "nothing";
  EXPECT_EQ(git_excludes_file({nothing}, "/u"), std::nullopt);
  EXPECT_EQ(git_excludes_file({first, nothing}, "/u"), "/a");
  EXPECT_EQ(git_excludes_file({first, home}, "/u"), "/u/b");
  EXPECT_EQ(git_excludes_file({home, own}, "/u"), folder.path() / "c/../d");
  const auto endless =
      folder.write("endless", "[include]\npath = endless\n[core]\nexcludesFile=/e");
  EXPECT_EQ(git_excludes_file({endless}, "/u"), "/e");
}

}  // namespace
}  // namespace fimd
