#include "engine/stop_filter.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

struct Expected {
  std::string text;
  bool stopped;
};

/// Pushes `text` in pieces of every size: how a stream is cut must not matter.
void check_filter(const StopRules& rules, const std::string& text, const Expected& expected) {
  for (size_t piece_bytes = 1; piece_bytes <= text.size(); ++piece_bytes) {
    StopFilter filter(rules);
    std::string released;
    for (size_t begin = 0; begin < text.size(); begin += piece_bytes) {
      released += filter.push(std::string_view(text).substr(begin, piece_bytes));
      EXPECT_TRUE(expected.text.starts_with(released)) << "took back: " << released;
    }
    EXPECT_EQ(filter.stopped(), expected.stopped) << "pieces of " << piece_bytes;
    released += filter.finish();
    EXPECT_EQ(released, expected.text) << "pieces of " << piece_bytes;
  }
}

TEST(StopFilter, PassesEverythingWithoutRules) {
  check_filter({}, "a\nb\nc\n", {"a\nb\nc\n", false});
}

TEST(StopFilter, StopsBeforeTheFirstStopString) {
  check_filter({.strings = {"END", "\n\n"}}, "one\ntwo\n\nEND", {"one\ntwo", true});
  check_filter({.strings = {"\n\n", "END"}}, "one END\n\n", {"one ", true});
}

TEST(StopFilter, ReleasesWhatOnlyLookedLikeAStopString) {
  check_filter({.strings = {"aab"}}, "aaab", {"a", true});
  check_filter({.strings = {"aab"}}, "aaaac aa", {"aaaac aa", false});
}

TEST(StopFilter, StopsBeforeTheLineFeedPastTheLimit) {
  check_filter({.max_lines = 1}, "return x;\n}\n", {"return x;", true});
  check_filter({.max_lines = 2}, "\nfoo\nbar", {"\nfoo", true});
  check_filter({.max_lines = 3}, "a\nb\nc", {"a\nb\nc", false});
}

TEST(StopFilter, TakesTheEarlierOfLineLimitAndStopString) {
  check_filter({.max_lines = 1, .strings = {"x"}}, "ab\nx", {"ab", true});
  check_filter({.max_lines = 2, .strings = {"x"}}, "ab\ncx\n", {"ab\nc", true});
}

}  // namespace
}  // namespace fimd
