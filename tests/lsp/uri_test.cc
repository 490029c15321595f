#include "lsp/uri.h"

#include <gtest/gtest.h>

namespace fimd::lsp {
namespace {

TEST(Uri, NamesAFile) {
  EXPECT_EQ(path_of_uri("file:///a/b.py"), "/a/b.py");
  EXPECT_EQ(path_of_uri("file://localhost/a"), "/a");
  EXPECT_EQ(path_of_uri("file:///a%20b/%C3%A9.py"), "/a b/\xC3\xA9.py");
  EXPECT_EQ(path_of_uri("file:///c%3A/a.py"), "/c:/a.py");
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

}  // namespace
}  // namespace fimd::lsp
