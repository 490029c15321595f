#include <gtest/gtest.h>

#include "tests/tidy/check_findings.h"
#include "tests/tidy/rules.h"

namespace fimd {
namespace {

std::string repeat(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

TEST(TextRules, FindLongLines) {
  check_findings(
      check_columns, {{"engine/a.cc", "\n" + repeat("x", 101) + "\n"}}, {"engine/a.cc:2"});
  check_findings(check_columns, {{"engine/a.cc", repeat("x", 100) + "\n"}}, {});
  check_findings(check_columns, {{"docs/a.md", repeat("x", 101) + "\n"}}, {});
}

TEST(TextRules, FindLongFiles) {
  check_findings(check_file_lines, {{"engine/a.h", repeat("\n", 401)}}, {"engine/a.h:0"});
  check_findings(check_file_lines, {{"engine/a.h", repeat("\n", 400)}}, {});
  check_findings(check_file_lines, {{"tests/golden/a.py", repeat("\n", 401)}}, {});
}

TEST(TextRules, FindCharactersOutsideAscii) {
  check_findings(check_ascii, {{"engine/a.cc", "ok\n\xC3\xA9\n"}}, {"engine/a.cc:2"});
  check_findings(check_ascii, {{"docs/a.md", "\xC3\xA9\n"}}, {});
}

TEST(TextRules, FindUntidyWhitespace) {
  check_findings(check_whitespace, {{"a.md", "no newline"}}, {"a.md:0"});
  check_findings(check_whitespace, {{"a.md", ""}}, {"a.md:0"});
  check_findings(check_whitespace, {{"a.md", "two\n\n"}}, {"a.md:0"});
  check_findings(check_whitespace, {{"a.md", "a\r\nb \n\tc\n"}}, {"a.md:1", "a.md:2", "a.md:3"});
  check_findings(check_whitespace, {{"a.md", "fine\n\nfine\n```diff\n \n```\n"}}, {});
}

TEST(TextRules, FindUnknownFileNames) {
  check_findings(check_file_names,
                 {{"engine/KvCache.cc", ""}, {"engine/a.cpp", ""}, {"engine/a-b.h", ""}},
                 {"engine/KvCache.cc:0", "engine/a-b.h:0", "engine/a.cpp:0"});
  check_findings(check_file_names,
                 {{"engine/kv_cache.cc", ""},
                  {"kernels/simd-inl.h", ""},
                  {".clang-tidy", ""},
                  {"editors/emacs/fimd-lsp-mode.el", ""}},
                 {});
}

TEST(TextRules, FindPathsOfOneMachine) {
  const std::string home = "/home";  // in two pieces, so that this file keeps the rule
  check_findings(check_machine_paths, {{"a.md", "x\nsee " + home + "/me/a\n"}}, {"a.md:2"});
  check_findings(check_machine_paths, {{"a.md", "see docs" + home + "/me/a\n"}}, {});
  check_findings(check_machine_paths, {{"a.md", "see " + home + "/a.md\n"}}, {});
}

TEST(TextRules, FindBrokenLinks) {
  check_findings(check_markdown_links,
                 {{"docs/a.md", "[b](b.md)\n[c](c.md#part)\n[d](../engine)\n"},
                  {"docs/c.md", ""},
                  {"engine/x.h", ""}},
                 {"docs/a.md:1"});
  check_findings(check_markdown_links,
                 {{"a.md", "[x](https://example.org/y) [y](#z) `[](int i)`\n```\n[](a)\n```\n"}},
                 {});
}

}  // namespace
}  // namespace fimd
