#include <gtest/gtest.h>

#include "tests/tidy/check_findings.h"
#include "tests/tidy/rules.h"

namespace fimd {
namespace {

TEST(IncludeRules, FindPathsThatDoNotBeginAtTheRoot) {
  check_findings(check_include_paths,
                 {{"engine/a.h", ""}, {"engine/b.cc", "#include \"a.h\"\n"}},
                 {"engine/b.cc:1"});
  check_findings(check_include_paths,
                 {{"engine/a.h", ""}, {"engine/b.cc", "\n#include <engine/a.h>\n"}},
                 {"engine/b.cc:2"});
  check_findings(check_include_paths,
                 {{"engine/a.h", ""}, {"engine/b.cc", "#include \"engine/a.h\"\n#include <map>\n"}},
                 {});
  check_findings(check_include_paths,
                 {{"engine/a.cc", ""}, {"engine/b.cc", "#include \"engine/a.cc\"\n"}},
                 {"engine/b.cc:1"});
}

TEST(IncludeRules, FindIncludesAgainstTheArrow) {
  const auto check_arrow = [](const std::string& from, const std::string& to, bool good) {
    std::vector<std::string> expected;
    if (!good) expected.push_back(from + ":1");
    check_findings(check_include_arrow, {{from, "#include \"" + to + "\"\n"}}, expected);
  };
  check_arrow("engine/a.cc", "completion/b.h", false);
  check_arrow("kernels/ops.h", "engine/b.h", false);
  check_arrow("kernels/base/a.h", "kernels/ops.h", false);
  check_arrow("completion/a.h", "editors/cli/b.h", false);
  check_arrow("engine/a.cc", "tests/support/b.h", false);
  check_arrow("engine/a.cc", "engine/b.h", true);
  check_arrow("editors/cli/a.cc", "kernels/base/b.h", true);
  check_arrow("tests/engine/a_test.cc", "editors/cli/b.h", true);
}

TEST(IncludeRules, FindSourcesThatDoNotBeginWithTheirHeader) {
  const std::string late = "#include <map>\n#include \"engine/a.h\"\n";
  check_findings(check_own_header, {{"engine/a.cc", late}, {"engine/a.h", ""}}, {"engine/a.cc:0"});
  check_findings(check_own_header, {{"engine/a.cc", late}}, {});
  check_findings(
      check_own_header, {{"engine/a.cc", "#include \"engine/a.h\"\n"}, {"engine/a.h", ""}}, {});
}

}  // namespace
}  // namespace fimd
