#include "lsp/uri.h"

#include <gtest/gtest.h>
#include <utility>
#include <vector>

namespace fimd::lsp {
namespace {

TEST(Uri, NamesAFile) {
  EXPECT_EQ(path_of_uri("file:///a/b.py"), "/a/b.py");
  EXPECT_EQ(path_of_uri("file://localhost/a"), "/a");
  EXPECT_EQ(path_of_uri("file:///a%20b/%C3%A9.py"), "/a b/\xC3\xA9.py");
  EXPECT_EQ(path_of_uri("file:///c%3A/a.py"), "/c:/a.py");
  EXPECT_EQ(path_of_uri("file:/a/b.py"), "/a/b.py");
  EXPECT_EQ(path_of_uri("FILE:///a"), "/a");
}

TEST(Uri, OrDoesNot) {
  for (const char* uri : {"",
                          "untitled:Untitled-1",
                          "file:",
                          "file://",
                          "file://host/share",
                          "file:///a%2",
                          "file:///a%zz",
                          "file:///a%",
                          "file:///a%00b",
                          "http://a/b"}) {
    EXPECT_FALSE(path_of_uri(uri)) << uri;
  }
}

TEST(Uri, IsJudgedByWhatStandsForAPath) {
  for (const auto& [uri, path] : std::vector<std::pair<const char*, const char*>>{
           {"file:///a/b%20c.py", "/a/b c.py"},
           {"file:///a%2", "/a%2"},
           {"file://host/share/.env", "/share/.env"},
           {"untitled:Untitled-1", "Untitled-1"},
           {"untitled:/u/.env", "/u/.env"},
           {"vscode-notebook-cell:/a/b.ipynb#W0sZmlsZQ", "/a/b.ipynb"},
           {"vscode-remote://ssh-remote%2Bhost/a/.netrc", "/a/.netrc"},
           {"git:/a/priv/q.py?ref%3Dmain", "/a/priv/q.py"},
           {"output:", ""},
           {"no-scheme.py", "no-scheme.py"},
           {"a//b", "a//b"},
       }) {
    EXPECT_EQ(judged_path_of_uri(uri), path) << uri;
  }
}

}  // namespace
}  // namespace fimd::lsp
