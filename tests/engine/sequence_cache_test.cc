#include "engine/sequence_cache.h"

#include <gtest/gtest.h>
#include <utility>

namespace fimd {
namespace {

using Ids = std::vector<int32_t>;

constexpr int64_t kCapacity = 1000;
constexpr int64_t kNoLimit = int64_t{1} << 40;

KvCache empty_kv() {
  return {2, 3, kCapacity};
}

/// Appends `tokens`, whose rows hold their ids.
void extend(CachedSequence& sequence, const Ids& tokens) {
  for (int64_t layer = 0; layer < 2; ++layer) {
    const auto rows = sequence.kv.rows(layer, std::ssize(tokens));
    for (size_t i = 0; i < tokens.size(); ++i) {
      rows(sequence.kv.num_tokens() + static_cast<int64_t>(i), 1) = static_cast<float>(tokens[i]);
    }
  }
  sequence.kv.commit(std::ssize(tokens));
  sequence.tokens.insert(sequence.tokens.end(), tokens.begin(), tokens.end());
}

void put(SequenceCache& cache, const Ids& tokens) {
  CachedSequence sequence = {.tokens = {}, .kv = empty_kv(), .prompt_tokens = std::ssize(tokens)};
  extend(sequence, tokens);
  cache.put(std::move(sequence));
}

/// What is taken for `prompt`; its rows must be those of its tokens.
Ids take(SequenceCache& cache, const Ids& prompt) {
  CachedSequence taken = cache.take(prompt, empty_kv());
  EXPECT_EQ(std::ssize(taken.tokens), taken.kv.num_tokens());
  EXPECT_EQ(taken.kv.capacity_tokens(), kCapacity);
  for (int64_t layer = 0; layer < 2; ++layer) {
    const auto rows = taken.kv.rows(layer, 0);
    for (size_t i = 0; i < taken.tokens.size(); ++i) {
      EXPECT_EQ(rows(static_cast<int64_t>(i), 1), static_cast<float>(taken.tokens[i]));
    }
  }
  return taken.tokens;
}

TEST(SequenceCache, TakesTheLongestCommonBeginning) {
  SequenceCache cache(4, kNoLimit);
  EXPECT_EQ(take(cache, {1, 2, 3}), Ids{});
  put(cache, {1, 2, 3, 4});
  put(cache, {1, 2, 5, 6});
  EXPECT_EQ(take(cache, {1, 2, 3, 9}), (Ids{1, 2, 3}));
  EXPECT_EQ(cache.num_sequences(), 1) << "the other stays";
  EXPECT_EQ(take(cache, {7, 8}), Ids{});
  EXPECT_EQ(cache.num_sequences(), 1);
}

TEST(SequenceCache, LeavesTheLastTokenToBeComputed) {
  SequenceCache cache(4, kNoLimit);
  put(cache, {1, 2, 3});
  EXPECT_EQ(take(cache, {1, 2, 3}), (Ids{1, 2}));
  put(cache, {1});
  EXPECT_EQ(take(cache, {1}), Ids{});
}

TEST(SequenceCache, CopiesWhereMostOfASequenceDiffers) {
  SequenceCache cache(4, kNoLimit);
  put(cache, {1, 2, 3, 4, 5});
  EXPECT_EQ(take(cache, {1, 2, 9, 9}), (Ids{1, 2}));
  EXPECT_EQ(cache.num_sequences(), 1);
  EXPECT_EQ(take(cache, {1, 2, 3, 4, 5, 6}), (Ids{1, 2, 3, 4, 5})) << "it is whole";
  EXPECT_EQ(cache.num_sequences(), 0);
}

// Else every key would keep one more copy of a short prompt, and evict what other documents need.
TEST(SequenceCache, ContinuesInPlaceWhereOnlyTheGenerationDiffers) {
  SequenceCache cache(4, kNoLimit);
  CachedSequence sequence = cache.take(Ids{1, 2, 3}, empty_kv());
  extend(sequence, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  cache.put(std::move(sequence));
  EXPECT_EQ(take(cache, {1, 2, 3, 7}), (Ids{1, 2, 3}));
  EXPECT_EQ(cache.num_sequences(), 0);
}

TEST(SequenceCache, ForgetsTheLeastRecentlyUsed) {
  SequenceCache cache(2, kNoLimit);
  put(cache, {1, 1, 1});
  put(cache, {2, 2, 2});
  CachedSequence used = cache.take(Ids{1, 1, 1, 5}, empty_kv());
  cache.put(std::move(used));
  put(cache, {3, 3, 3});
  EXPECT_EQ(cache.num_sequences(), 2);
  EXPECT_EQ(take(cache, {2, 2, 2, 2}), Ids{});
  EXPECT_EQ(take(cache, {1, 1, 1, 1}), (Ids{1, 1, 1}));
  EXPECT_EQ(take(cache, {3, 3, 3, 3}), (Ids{3, 3, 3}));
}

TEST(SequenceCache, IsBoundedInBytes) {
  constexpr int64_t kTokenBytes = int64_t{2} * 3 * sizeof(float);
  SequenceCache cache(100, 10 * kTokenBytes);
  for (int32_t i = 0; i < 20; ++i) {
    put(cache, {i, i, i, i});
    EXPECT_LE(cache.reserved_bytes(), 10 * kTokenBytes);
  }
  EXPECT_EQ(cache.num_sequences(), 2);
  put(cache, Ids(11, 1));
  EXPECT_EQ(cache.num_sequences(), 0) << "larger than all may be together";
}

TEST(SequenceCache, ForgetsEmptySequences) {
  SequenceCache cache(2, kNoLimit);
  put(cache, {});
  EXPECT_EQ(cache.num_sequences(), 0);
}

}  // namespace
}  // namespace fimd
