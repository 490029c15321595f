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

TEST(KvCacheDeathTest, RefusesMoreThanItsCapacity) {
  KvCache cache(2, kWidth, 4);
  append(cache, 3, 0);
  EXPECT_DEATH(cache.rows(0, 2), "check failed");
  EXPECT_DEATH(cache.truncate(4), "check failed");
}

}  // namespace
}  // namespace fimd
