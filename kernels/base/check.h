// Programmer errors: a broken invariant aborts with the condition and the values that broke it.
//
// FIMD_CHECK is for what no input can cause (a shape the caller computed, an index it owns). What a
// user, a file or a peer can cause is an Error (result.h), never a check.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace fimd {

/// Prints the failed condition, its place and `values` to stderr, then aborts.
template <typename... Values>
[[noreturn]] void check_failed(const char* file,
                               int line,
                               const char* condition,
                               const Values&... values) {
  std::ostringstream text;
  text << file << ":" << line << ": check failed: " << condition;
  ((text << " " << values), ...);
  std::fprintf(stderr, "%s\n", text.str().c_str());
  std::abort();
}

}  // namespace fimd

#define FIMD_CHECK(condition, ...)                                                     \
  do {                                                                                 \
    if (!(condition)) [[unlikely]]                                                     \
      ::fimd::check_failed(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
  } while (false)
