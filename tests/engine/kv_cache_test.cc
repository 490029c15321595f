#include "engine/kv_cache.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

constexpr int64_t kWidth = 3;

/// One step: writes `value` into every element of `count` new rows of both layers.
void append(KvCache& cache, int64_t count, float value) {
  for (int64_t layer = 0; layer < 2; ++layer) {
    const TensorView<float, 2> rows = cache.rows(layer, count);
    for (int64_t t = cache.num_tokens(); t < rows.shape[0]; ++t) {
      for (int64_t i = 0; i < kWidth; ++i) rows(t, i) = value;
    }
  }
  cache.commit(count);
}

TEST(KvCache, KeepsEarlierRowsWhileItGrows) {
  KvCache cache(2, kWidth, 100);
  for (int step = 0; step < 50; ++step) append(cache, 2, static_cast<float>(step));
  EXPECT_EQ(cache.num_tokens(), 100);
  const TensorView<float, 2> rows = cache.rows(1, 0);
  for (int64_t t = 0; t < 100; ++t) {
    const int64_t step = t / 2;
    EXPECT_EQ(rows(t, 2), static_cast<float>(step));
  }
}

TEST(KvCache, OverwritesWhatTruncateForgot) {
  KvCache cache(2, kWidth, 8);
  append(cache, 5, 1);
  cache.truncate(2);
  append(cache, 1, 7);
  EXPECT_EQ(cache.num_tokens(), 3);
  const TensorView<float, 2> rows = cache.rows(0, 0);
  EXPECT_EQ(rows(1, 0), 1);
  EXPECT_EQ(rows(2, 0), 7);
}

TEST(KvCache, CopiesABeginningThatLivesOnItsOwn) {
  KvCache first(2, kWidth, 8);
  append(first, 3, 1);
  append(first, 2, 5);
  KvCache second(2, kWidth, 6);
  second.copy_beginning(first, 4, 4);
  first.truncate(0);
  append(first, 4, 9);
  append(second, 1, 7);
  EXPECT_EQ(second.num_tokens(), 5);
  const TensorView<float, 2> rows = second.rows(1, 0);
  EXPECT_EQ(rows(2, 0), 1);
  EXPECT_EQ(rows(3, 2), 5);
  EXPECT_EQ(rows(4, 1), 7);
}

// The capacity is a limit and not a reservation.
TEST(KvCache, HoldsAtMostTwiceWhatIsUsed) {
  constexpr int64_t kTokenBytes = 2 * kWidth * sizeof(float);
  KvCache cache(2, kWidth, 1'000'000);
  EXPECT_EQ(cache.reserved_bytes(), 0);
  for (int step = 1; step <= 100; ++step) {
    append(cache, 3, 0);
    EXPECT_GE(cache.reserved_bytes(), cache.num_tokens() * kTokenBytes);
    EXPECT_LE(cache.reserved_bytes(), 2 * cache.num_tokens() * kTokenBytes);
  }
}

TEST(KvCacheDeathTest, RefusesMoreThanItsCapacity) {
  KvCache cache(2, kWidth, 4);
  append(cache, 3, 0);
  EXPECT_DEATH(cache.rows(0, 2), "check failed");
  EXPECT_DEATH(cache.truncate(4), "check failed");
  KvCache copy(2, kWidth, 4);
  EXPECT_DEATH(copy.copy_beginning(cache, 4, 4), "check failed");
}

}  // namespace
}  // namespace fimd
