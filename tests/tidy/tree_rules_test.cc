#include <gtest/gtest.h>

#include "tests/tidy/check_findings.h"
#include "tests/tidy/rules.h"

namespace fimd {
namespace {

TEST(TreeRules, FindTestsWithoutSource) {
  const std::string test = "tests/engine/a_test.cc";
  check_findings(check_test_places, {{test, ""}, {"engine/b.cc", ""}}, {test + ":0"});
  check_findings(check_test_places, {{test, ""}, {"completion/a.cc", ""}}, {test + ":0"});
  check_findings(check_test_places, {{test, ""}, {"engine/a.h", ""}}, {});
  check_findings(check_test_places, {{test, ""}, {"engine/column/a.cc", ""}}, {});
  check_findings(check_test_places, {{test, ""}, {"tests/engine/a.h", ""}}, {});
}

TEST(TreeRules, FindSourcesThatAreNotBuilt) {
  check_findings(check_dead_files,
                 {{"engine/CMakeLists.txt", "add(aa.cc\n  model/b.cc ../tests/d.cc)\n"},
                  {"lsp/CMakeLists.txt", "add(${PROJECT_SOURCE_DIR}/tests/e.cc)\n"},
                  {"engine/a.cc", ""},
                  {"engine/aa.cc", ""},
                  {"engine/model/b.cc", ""},
                  {"engine/model/c.cc", ""},
                  {"tests/d.cc", ""},
                  {"tests/e.cc", ""}},
                 {"engine/a.cc:0", "engine/model/c.cc:0"});
}

TEST(TreeRules, FindHeadersThatNobodyIncludes) {
  check_findings(
      check_dead_files,
      {{"CMakeLists.txt", "a.cc"}, {"a.cc", "#include \"b.h\"\n"}, {"b.h", ""}, {"c.h", ""}},
      {"c.h:0"});
}

TEST(TreeRules, FindGlobbing) {
  check_findings(check_globbing,
                 {{"engine/CMakeLists.txt", "\nfile(GLOB sources *.cc)\n"}},
                 {"engine/CMakeLists.txt:2"});
  check_findings(check_globbing, {{"engine/CMakeLists.txt", "add_library(a a.cc)\n"}}, {});
}

}  // namespace
}  // namespace fimd
