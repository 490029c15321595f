#include <gtest/gtest.h>

#include "tests/tidy/check_findings.h"
#include "tests/tidy/rules.h"

namespace fimd {
namespace {

std::string function_of_lines(int num_lines) {
  std::string text = "int f() {\n";
  for (int line = 2; line < num_lines; ++line) text += "  ++x;\n";
  return text + "}\n";
}

TEST(CppRules, FindHeadersThatOpenWrongly) {
  const std::string essay = "// What.\n//\n// Why.\n";
  check_findings(check_header_opening, {{"engine/a.h", essay + "#pragma once\n"}}, {});
  std::string treatise;
  for (int line = 0; line < 26; ++line) treatise += "// And.\n";
  check_findings(
      check_header_opening, {{"engine/a.h", treatise + "#pragma once\n"}}, {"engine/a.h:1"});
  check_findings(check_header_opening, {{"engine/a.h", essay + "int x;\n"}}, {"engine/a.h:4"});
  const std::string toggle = "#if defined(FIMD_A) == defined(HWY_TARGET_TOGGLE)\n";
  check_findings(check_header_opening, {{"engine/a-inl.h", essay + toggle}}, {});
  check_findings(check_header_opening, {{"engine/a.h", essay + toggle}}, {"engine/a.h:4"});
  check_findings(
      check_header_opening, {{"engine/a.h", "#pragma once\n" + essay}}, {"engine/a.h:1"});
}

TEST(CppRules, FindUsingNamespaceInHeaders) {
  const std::string text = "// using namespace a;\nusing namespace std;\n";
  check_findings(check_using_namespace, {{"engine/a.h", text}}, {"engine/a.h:2"});
  check_findings(check_using_namespace, {{"engine/a.cc", text}}, {});
}

TEST(CppRules, FindUnusedUsings) {
  const std::string text = "int x;\nusing std::span;\n";
  check_findings(check_unused_usings, {{"engine/a.cc", text + "// span\n"}}, {"engine/a.cc:2"});
  check_findings(check_unused_usings, {{"engine/a.cc", text + "span<int> y;\n"}}, {});
  check_findings(check_unused_usings, {{"engine/a.h", text}}, {});
}

TEST(CppRules, FindBannedWordsInCodeOnly) {
  check_findings(check_banned_words, {{"engine/a.cc", "int x;\nthrow 1;\n"}}, {"engine/a.cc:2"});
  check_findings(check_banned_words, {{"engine/a.cc", "std::format(\"\");\n"}}, {"engine/a.cc:1"});
  check_findings(check_banned_words, {{"tests/a_test.cc", "usleep(1);\n"}}, {"tests/a_test.cc:1"});
  check_findings(check_banned_words, {{"engine/a.cc", "// throw\nf(\"throw\"); usleep(1);\n"}}, {});
}

TEST(CppRules, FindTodosWithoutIssue) {
  check_findings(check_todos, {{"engine/a.cc", "// TODO: later\n"}}, {"engine/a.cc:1"});
  check_findings(check_todos, {{"engine/a.cc", "// TODO(me): later\n"}}, {"engine/a.cc:1"});
  check_findings(check_todos, {{"engine/a.cc", "// TODO(#12): later\nf(\"TODO\");\n"}}, {});
}

TEST(CppRules, FindNolintsWithoutCheckOrReason) {
  check_findings(check_nolints, {{"engine/a.cc", "x;  // NOLINT\n"}}, {"engine/a.cc:1"});
  check_findings(check_nolints, {{"engine/a.cc", "x;  // NOLINT(misc-a)\n"}}, {"engine/a.cc:1"});
  check_findings(check_nolints, {{"engine/a.cc", "// NOLINTNEXTLINE(misc-a): it is C\n"}}, {});
}

TEST(CppRules, FindLongFunctions) {
  check_findings(check_functions, {{"engine/a.cc", function_of_lines(71)}}, {"engine/a.cc:1"});
  check_findings(check_functions, {{"engine/a.cc", function_of_lines(70)}}, {});
  check_findings(check_functions, {{"kernels/a.cc", function_of_lines(150)}}, {});
  check_findings(check_functions, {{"kernels/a.cc", function_of_lines(151)}}, {"kernels/a.cc:1"});
}

TEST(CppRules, FindFunctionsOfManyParameters) {
  check_findings(check_functions,
                 {{"engine/a.h", "void f(int a, int b, int c, int d, int e, int f);\n"}},
                 {"engine/a.h:1"});
  check_findings(check_functions,
                 {{"engine/a.h", "void f(int a, int b, int c, std::map<int, int> d, int e);\n"}},
                 {});
}

}  // namespace
}  // namespace fimd
