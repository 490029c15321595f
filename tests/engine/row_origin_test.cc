#include "engine/row_origin.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

using Ids = std::vector<int32_t>;

TEST(RowOrigin, CountsWhatDiffersBetweenCommonBeginningAndCommonEnd) {
  EXPECT_EQ(count_differing(Ids{}, Ids{}), 0);
  EXPECT_EQ(count_differing(Ids{1, 2, 3}, Ids{1, 2, 3}), 0);
  EXPECT_EQ(count_differing(Ids{1, 2, 3}, Ids{1, 2}), 1) << "gone";
  EXPECT_EQ(count_differing(Ids{1, 3}, Ids{1, 2, 2, 3}), 2) << "new";
  EXPECT_EQ(count_differing(Ids{1, 4, 3}, Ids{1, 2, 2, 3}), 3) << "both";
  EXPECT_EQ(count_differing(Ids{1, 1}, Ids{1, 1, 1}), 1) << "no token is counted at both ends";
  EXPECT_EQ(count_differing(Ids{}, Ids{7}), 1);
}

TEST(RowOrigin, AddsTheDriftOfTheRowsThatWereAttendedTo) {
  RowOrigin origin = {.begin = 2, .before = {1, 2}, .drift_then = 5};
  EXPECT_EQ(origin.drift(), 5);
  move_behind(Ids{1, 2}, Ids{1, 2, 3}, origin);
  EXPECT_EQ(origin.drift(), 6);
  EXPECT_EQ(origin.begin, 3);
}

TEST(RowOrigin, CountsTheLowerOfTwoBounds) {
  const Ids then = {1, 2, 3, 4, 5, 6, 7, 8};
  RowOrigin origin = {.begin = 8, .before = then};
  const Ids one = {9, 2, 3, 4, 5, 6, 7, 8};
  move_behind(then, one, origin);
  EXPECT_EQ(origin.drift(), 2) << "a token at the beginning";
  const Ids two = {9, 2, 3, 4, 5, 6, 7, 9};
  move_behind(one, two, origin);
  EXPECT_EQ(origin.drift(), 4) << "and one at the end; what is between them was seen";
  move_behind(two, one, origin);
  move_behind(one, then, origin);
  EXPECT_EQ(origin.drift(), 0) << "as it was";
}

void check_within(const RowOrigins& origins,
                  int64_t begin,
                  int64_t end,
                  const std::vector<std::pair<int64_t, Ids>>& expected) {
  const Ids tokens = {10, 11, 12, 13, 14, 15, 16, 17};
  const RowOrigins within = origins_within(origins, tokens, begin, end);
  ASSERT_EQ(within.size(), expected.size());
  for (size_t i = 0; i < within.size(); ++i) {
    EXPECT_EQ(within[i].begin, expected[i].first);
    EXPECT_EQ(within[i].before, expected[i].second);
  }
}

TEST(RowOrigin, RowsBeforeTheFirstOriginAreExactWhereTheyStand) {
  check_within({}, 3, 5, {{3, {10, 11, 12}}});
  check_within({{.begin = 4, .before = {1}}}, 2, 6, {{2, {10, 11}}, {4, {1}}});
  check_within({{.begin = 6, .before = {1}}}, 2, 6, {{2, {10, 11}}});
}

TEST(RowOrigin, ACutOriginHasSeenTheTokensThatWereCutOff) {
  const RowOrigins origins = {{.begin = 2, .before = {1}}, {.begin = 5, .before = {2, 3}}};
  check_within(origins, 3, 8, {{3, {1, 12}}, {5, {2, 3}}});
  check_within(origins, 4, 5, {{4, {1, 12, 13}}});
  check_within(origins, 6, 8, {{6, {2, 3, 15}}});
  check_within(origins, 4, 4, {});
}

}  // namespace
}  // namespace fimd
