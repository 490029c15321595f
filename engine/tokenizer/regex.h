// Searches with the regular expressions of tokenizer.json, on texts of any length and content.
//
// A compiled pattern is immutable and shared; what one search needs besides lives in a
// RegexScratch, one per thread. At each start a search may take some steps; where these do not
// suffice, starts are tried one by one and their limit is doubled, until the budget of the scratch
// is spent: then this search, and every later one with the same scratch, finds nothing. So a
// hostile pattern or text costs a bounded number of steps and the text merely stays unsplit;
// published patterns never come near it. Backtracking is stored on the heap, within a limit, never
// on the stack.
//
// PCRE2's JIT is not used: its code does not count the steps of a repeated character, so that no
// limit stops (?=a*a*a*b), for a gain of a third in encode() (3.5 -> 4.9 MB/s on C++ source).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kernels/base/result.h"

// PCRE2's own types, so that its header stays out of ours.
struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;

namespace fimd {

/// Frees PCRE2's objects.
struct Pcre2Free {
  void operator()(pcre2_real_code_8* code) const;
  void operator()(pcre2_real_match_data_8* data) const;
  void operator()(pcre2_real_match_context_8* context) const;
};

/// Memory and step budget of the searches of one call. Thread: compatible.
class RegexScratch {
 public:
  RegexScratch();

 private:
  friend class Regex;

  std::unique_ptr<pcre2_real_match_data_8, Pcre2Free> data_;
  std::unique_ptr<pcre2_real_match_context_8, Pcre2Free> context_;
  int64_t budget_steps_;
};

/// Thread: safe.
class Regex {
 public:
  /// Half-open, in bytes.
  struct Match {
    size_t begin = 0;
    size_t end = 0;
  };

  /// Compiles a pattern in Ruby's syntax (ruby_pattern.h).
  /// Errors: kInvalidInput or kUnsupported; messages begin with `where`.
  static Result<Regex> compile(std::string_view ruby, const std::string& where);

  /// The first match at or behind `from`, both of which are at characters of valid `text`.
  [[nodiscard]] std::optional<Match> find(std::string_view text,
                                          size_t from,
                                          RegexScratch& scratch) const;

 private:
  using Code = std::unique_ptr<pcre2_real_code_8, Pcre2Free>;

  explicit Regex(Code code) : code_(std::move(code)) {}

  struct Place {
    std::string_view text;
    size_t from;
    bool only_here;  ///< a match must begin at `from`, not behind it
  };

  [[nodiscard]] int match(const Place& place, uint32_t limit_steps, RegexScratch& scratch) const;
  [[nodiscard]] int match_here(const Place& place, RegexScratch& scratch) const;

  Code code_;
};

}  // namespace fimd
