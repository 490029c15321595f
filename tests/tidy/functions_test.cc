#include "tests/tidy/functions.h"

#include <gtest/gtest.h>
#include <sstream>

namespace fimd {
namespace {

// `expected` holds one "name@line lines parameters" per function, separated by ", ".
void check_functions_found(std::string_view code, std::string_view expected) {
  std::ostringstream found;
  const char* separator = "";
  for (const FunctionInfo& function : find_functions(code)) {
    found << separator << function.name << "@" << function.line << " " << function.num_lines << " "
          << function.parameters;
    separator = ", ";
  }
  EXPECT_EQ(found.str(), expected) << code;
}

TEST(Functions, AreFoundInNamespacesAndClasses) {
  check_functions_found("namespace a {\nint f(int x) {\n  return x;\n}\n}", "f@2 3 1");
  check_functions_found("class A : public B {\n public:\n  A(int a, int b);\n};", "A@3 0 2");
  check_functions_found(
      "template <typename T, int kN>\nstruct A {\n  T g() const { return {}; }\n};", "g@3 1 0");
}

TEST(Functions, AreNotFoundInBodiesAndInitialisers) {
  check_functions_found("int f() {\n  if (g(1)) { h(2); }\n}", "f@1 3 0");
  check_functions_found("const A a = {f(1), {2}};\nenum class E { kA };\nA b{1};", "");
  check_functions_found("using F = void(int a, int b);", "");
}

TEST(Functions, MayInitialiseMembersInBraces) {
  check_functions_found("A::A(int a)\n    : a_{a}, b_(a) {\n  f();\n}\nint g();",
                        "A@1 4 1, g@5 0 0");
}

TEST(Functions, MayBeOperatorsAndTemplates) {
  check_functions_found("bool operator==(const A& a, const A& b) {\n}", "@1 2 2");
  check_functions_found("T& operator()(int a, int b) const;", "@1 0 2");
  check_functions_found("template <typename T>\nvoid f(std::map<T, int> a, T b = g(1, 2)) {\n}",
                        "f@1 3 2");
}

TEST(Functions, BeginAfterMacrosAndDirectives) {
  check_functions_found("#define A(x) {\\\n  x\nDECLARE(a)\nint f() {\n}", "f@4 2 0");
  check_functions_found("TEST(Suite, Name) {\n  f();\n}", "TEST@1 3 0");
}

}  // namespace
}  // namespace fimd
