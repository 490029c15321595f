// One line of a .gitignore, and whether it speaks of a path.
//
//   build/      a folder called so, in any folder       !keep.c   takes back what matched before
//   /a.c  a/b   relative to the rules' own folder       \#x  \!x  a name that begins so
//   * ? [a-z]   within one name; [!a-z] [[:digit:]]     a/**/b    any number of folders between
//
// Matching takes back at most the last '*' and the last "**", which is enough: where an earlier one
// ended, its successors could have begun as well. So time grows with the product of the two
// lengths (and the folders of the path), whatever the pattern; a budget of steps bounds that too.
// Source: gitignore(5), "PATTERN FORMAT". What it leaves open is as in git 2.39, except that
// "foo**/bar" is "foo*/bar", as the page says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

/// A longer pattern matches no path that a system opens.
inline constexpr size_t kMaxPatternBytes = 4096;

struct IgnorePattern {
  std::string glob;           ///< well formed: every class is closed, no backslash ends it
  bool negated = false;       ///< "!": what matches is not ignored
  bool only_folders = false;  ///< ended in a slash
  bool anchored = false;      ///< matches the path from the rules' folder, else its last name
};

/// Absent for a blank line, a comment, and a pattern that can match nothing.
std::optional<IgnorePattern> parse_ignore_pattern(std::string_view line);

/// Those of a file of rules, in its order.
std::vector<IgnorePattern> parse_ignore_patterns(std::string_view text);

/// A path as patterns see it: relative to their folder, without slashes at either end.
struct IgnoreCandidate {
  std::string_view path;
  bool is_folder = false;
};

/// Whether `pattern` matches. Takes what it needs from `steps`, and says no once those are spent.
bool matches(const IgnorePattern& pattern, const IgnoreCandidate& candidate, int64_t& steps);

}  // namespace fimd
