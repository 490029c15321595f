// A small program in each language that has a grammar, for tests that must hold in all of them.
//
// `^` marks the beginning of a body that a completion may write, <1> its end without the block's
// own closer and <2> its end with it:
//
//   int f(int x) {^
//     return x;
//   <1>}<2>
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fimd {

struct Sample {
  std::string_view language_id;
  std::string_view marked;

  [[nodiscard]] std::string_view before_body() const { return marked.substr(0, marked.find('^')); }

  [[nodiscard]] std::string_view body() const { return between("^", "<1>"); }

  [[nodiscard]] std::string_view closer() const { return between("<1>", "<2>"); }

  [[nodiscard]] std::string_view rest() const { return marked.substr(marked.find("<2>") + 3); }

  /// Without the marks.
  [[nodiscard]] std::string text() const {
    std::string all(before_body());
    return all.append(body()).append(closer()).append(rest());
  }

 private:
  [[nodiscard]] std::string_view between(std::string_view first, std::string_view last) const {
    const size_t begin = marked.find(first) + first.size();
    return marked.substr(begin, marked.find(last) - begin);
  }
};

/// All parse without an error.
std::span<const Sample> all_samples();

}  // namespace fimd
