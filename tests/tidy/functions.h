// Finds the functions of a C++ file by matching braces, well enough to measure them.
//
// At the level of namespaces and classes a `{` opens a function when a parameter list stands before
// it. Bodies are skipped, so nothing inside a function is mistaken for one. Lambdas and
// initialisers at that level are not measured. Code that unbalances its braces by #if is not
// understood.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fimd {

struct FunctionInfo {
  std::string name;
  int line = 0;        ///< where its declaration begins, counted from 1
  int num_lines = 0;   ///< from there to the closing brace; 0: a declaration without a body
  int parameters = 0;  ///< 0 for a macro such as TEST(Suite, Name)
};

/// The functions of `code`, the code part of a file (cpp_text.h).
std::vector<FunctionInfo> find_functions(std::string_view code);

}  // namespace fimd
