#include "engine/row_origin.h"

#include <algorithm>
#include <utility>

namespace fimd {
namespace {

std::span<const int32_t> first_tokens(std::span<const int32_t> tokens, int64_t count) {
  return tokens.first(static_cast<size_t>(count));
}

}  // namespace

int64_t count_differing(std::span<const int32_t> a, std::span<const int32_t> b) {
  const auto beginning = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
  a = a.subspan(static_cast<size_t>(beginning));
  b = b.subspan(static_cast<size_t>(beginning));
  const auto end = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first - a.rbegin();
  return std::ssize(a) + std::ssize(b) - 2 * end;
}

void move_behind(std::span<const int32_t> old_before,
                 std::span<const int32_t> new_before,
                 RowOrigin& origin) {
  const int64_t by_sum = origin.differing + count_differing(old_before, new_before);
  origin.differing = std::min(by_sum, count_differing(origin.before, new_before));
  origin.begin = std::ssize(new_before);
}

RowOrigins origins_within(const RowOrigins& origins,
                          std::span<const int32_t> tokens,
                          int64_t begin,
                          int64_t end) {
  RowOrigins within;
  if (begin >= end) return within;
  if (origins.empty() || origins.front().begin > begin) {
    const auto before = first_tokens(tokens, begin);
    within.push_back({.begin = begin, .before = {before.begin(), before.end()}});
  }
  for (size_t i = 0; i < origins.size() && origins[i].begin < end; ++i) {
    const bool passed = i + 1 < origins.size() && origins[i + 1].begin <= begin;
    if (passed) continue;
    RowOrigin origin = origins[i];
    if (origin.begin < begin) {
      // The tokens that are cut off stood before the rest then, too.
      const auto skipped = tokens.subspan(static_cast<size_t>(origin.begin),
                                          static_cast<size_t>(begin - origin.begin));
      origin.before.insert(origin.before.end(), skipped.begin(), skipped.end());
      origin.begin = begin;
    }
    within.push_back(std::move(origin));
  }
  return within;
}

}  // namespace fimd
