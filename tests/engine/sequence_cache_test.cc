#include "engine/sequence_cache.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <utility>

#include "tests/engine/cached_rows.h"

namespace fimd {
namespace {

/// Computes the prompt from what was kept; returns how many rows that took.
int64_t run(SequenceCache& cache, const Ids& prompt, int64_t max_drift = 0) {
  CachedSequence taken = take_moved(cache, prompt, max_drift);
  const int64_t computed = std::ssize(prompt) - taken.num_rows();
  compute(taken, std::ssize(prompt));
  for (int64_t i = 0; i < std::ssize(prompt); ++i) {
    EXPECT_EQ(read_row(taken.kv, i), prompt[static_cast<size_t>(i)]) << "row " << i;
  }
  cache.put(std::move(taken));
  return computed;
}

void put(SequenceCache& cache, const Ids& tokens) {
  CachedSequence sequence = {.tokens = tokens,
                             .prompt_tokens = std::ssize(tokens),
                             .suffix_begin = std::ssize(tokens),
                             .kv = empty_kv()};
  compute(sequence, std::ssize(tokens));
  cache.put(std::move(sequence));
}

/// The tokens whose rows are taken for `prompt`.
Ids take(SequenceCache& cache, const Ids& prompt) {
  CachedSequence taken = cache.take(wanted(prompt, 0), empty_kv());
  EXPECT_EQ(taken.tokens, prompt);
  EXPECT_EQ(taken.kv.capacity_tokens(), kCapacity);
  Ids tokens;
  for (int64_t i = 0; i < taken.kv.num_tokens(); ++i) tokens.push_back(read_row(taken.kv, i));
  return tokens;
}

/// P, the marker 0, S, and the marker 9.
Ids hole(const Ids& prefix, const Ids& suffix) {
  Ids ids = prefix;
  ids.push_back(0);
  ids.insert(ids.end(), suffix.begin(), suffix.end());
  ids.push_back(9);
  return ids;
}

Ids range(int32_t begin, int32_t end) {
  Ids ids(static_cast<size_t>(end - begin));
  std::iota(ids.begin(), ids.end(), begin);
  return ids;
}

Ids operator+(Ids a, const Ids& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
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
  const Ids prompt = {1, 2, 3};
  CachedSequence sequence = cache.take(wanted(prompt, 0), empty_kv());
  sequence.tokens = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  compute(sequence, 9);
  cache.put(std::move(sequence));
  EXPECT_EQ(take(cache, {1, 2, 3, 7}), (Ids{1, 2, 3}));
  EXPECT_EQ(cache.num_sequences(), 0);
}

TEST(SequenceCache, ForgetsTheLeastRecentlyUsed) {
  SequenceCache cache(2, kNoLimit);
  put(cache, {1, 1, 1});
  put(cache, {2, 2, 2});
  const Ids prompt = {1, 1, 1, 5};
  cache.put(cache.take(wanted(prompt, 0), empty_kv()));
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

const Ids kPrefix = range(100, 140);
const Ids kSuffix = range(200, 300);
constexpr int64_t kMaxDrift = 64;

TEST(SequenceCache, MovesTheSuffixBehindWhatIsTyped) {
  SequenceCache cache(4, kNoLimit);
  EXPECT_EQ(run(cache, hole(kPrefix, kSuffix)), 142);
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1}, kSuffix), kMaxDrift), 3) << "it and both markers";
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1, 2, 3}, kSuffix), kMaxDrift), 4);
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1}, kSuffix), kMaxDrift), 2) << "deleting";
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1, 7}, kSuffix), kMaxDrift), 3) << "instead";
  EXPECT_EQ(run(cache, hole(range(100, 139), kSuffix), kMaxDrift), 2) << "deleting what was there";
  EXPECT_EQ(cache.num_sequences(), 1);
}

TEST(SequenceCache, ComputesWhatIsNewInASuffixAndMovesItsEnd) {
  SequenceCache cache(4, kNoLimit);
  run(cache, hole(kPrefix, kSuffix));
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1}, Ids{5} + kSuffix), kMaxDrift), 4)
      << "an opener, the marker, a closer typed ahead, the last marker";
  EXPECT_EQ(run(cache, hole(kPrefix, kSuffix), kMaxDrift), 2) << "both deleted";
  const Ids edited = range(200, 230) + Ids{7, 8} + range(240, 300);
  EXPECT_EQ(run(cache, hole(kPrefix, edited), kMaxDrift), 3) << "a line below";
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1}, edited), kMaxDrift), 3) << "and moved again";
}

TEST(SequenceCache, CountsDriftAgainstWhatTheRowsHaveSeen) {
  SequenceCache cache(4, kNoLimit);
  const auto drift = [&](const Ids& prompt) {
    CachedSequence taken = take_moved(cache, prompt, kMaxDrift);
    compute(taken, std::ssize(prompt));
    const int64_t result = taken.drift();
    cache.put(std::move(taken));
    return result;
  };
  EXPECT_EQ(drift(hole(kPrefix, kSuffix)), 0);
  EXPECT_EQ(drift(hole(kPrefix + Ids{1}, kSuffix)), 1);
  EXPECT_EQ(drift(hole(kPrefix + Ids{1, 2}, kSuffix)), 2);
  EXPECT_EQ(drift(hole(range(100, 138), kSuffix)), 2) << "two are gone";
  EXPECT_EQ(drift(hole(range(100, 138) + Ids{1}, kSuffix)), 3);
  EXPECT_EQ(drift(hole(kPrefix, kSuffix)), 0) << "as it was";
}

TEST(SequenceCache, GivesExactRowsToWhoAllowsNoDrift) {
  SequenceCache cache(4, kNoLimit);
  run(cache, hole(kPrefix, kSuffix));
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1}, kSuffix)), 103) << "all but the prefix";
  run(cache, hole(kPrefix + Ids{1, 2}, kSuffix), kMaxDrift);
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1, 2}, kSuffix)), 101) << "a moved row in its place";
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1, 2}, kSuffix)), 1) << "now they are exact";
  run(cache, hole(kPrefix + Ids{1}, kSuffix), kMaxDrift);
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1, 2}, kSuffix), 1), 3) << "moved back: exact again";
}

TEST(SequenceCache, ComputesTheFirstOfASuffixAnewWhenItDrifted) {
  SequenceCache cache(4, kNoLimit);
  run(cache, hole(kPrefix, kSuffix));
  const Ids typed = range(1000, 1000 + kSmallDrift);
  EXPECT_EQ(run(cache, hole(kPrefix + typed, kSuffix), kMaxDrift), kSmallDrift + 2);
  EXPECT_EQ(run(cache, hole(kPrefix + typed + Ids{1}, kSuffix), kMaxDrift), 3 + kAnewTokens)
      << "the token, both markers and the first of the suffix";
  EXPECT_EQ(run(cache, hole(kPrefix + typed + Ids{1, 2}, kSuffix), kMaxDrift), 3)
      << "which have seen it now";
}

TEST(SequenceCache, ComputesAllOfASuffixPastTheLimit) {
  SequenceCache cache(4, kNoLimit);
  run(cache, hole(kPrefix, kSuffix));
  const Ids typed = range(1000, 1000 + kMaxDrift);
  EXPECT_EQ(run(cache, hole(kPrefix + typed, kSuffix), kMaxDrift), kMaxDrift + 2 + kAnewTokens);
  EXPECT_EQ(run(cache, hole(kPrefix + typed + Ids{1}, kSuffix), kMaxDrift), 103);
  EXPECT_EQ(run(cache, hole(kPrefix + typed + Ids{1, 2}, kSuffix), kMaxDrift), 3);
}

// Whoever types faster than a prompt is computed still gets there.
TEST(SequenceCache, KeepsWhatACancelledStepLeft) {
  SequenceCache cache(4, kNoLimit);
  run(cache, hole(kPrefix, kSuffix));
  const Ids first = hole(kPrefix + Ids{1, 2, 3}, kSuffix);
  CachedSequence cancelled = take_moved(cache, first, kMaxDrift);
  compute(cancelled, 41);  // one of three
  cache.put(std::move(cancelled));
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1, 2, 3, 4}, kSuffix), kMaxDrift), 5);

  const Ids other = hole(range(500, 540), kSuffix);
  cancelled = take_moved(cache, other, kMaxDrift);
  compute(cancelled, 60);  // into the suffix
  cache.put(std::move(cancelled));
  EXPECT_EQ(run(cache, hole(range(500, 540) + Ids{1}, kSuffix), kMaxDrift), 3 + 100 - 19)
      << "what was computed of it was moved";
}

// Rows that were computed behind moved ones never pass for exact.
TEST(SequenceCache, RemembersThatRowsBehindMovedOnesAreNotExact) {
  SequenceCache cache(4, kNoLimit);
  const Ids other = hole(kPrefix, kSuffix);
  CachedSequence cancelled = take_moved(cache, other, 0);
  compute(cancelled, 60);
  cache.put(std::move(cancelled));
  run(cache, hole(kPrefix + Ids{1}, kSuffix), kMaxDrift);  // moves 20 rows, computes the others
  EXPECT_EQ(run(cache, hole(kPrefix, kSuffix), 1), 102)
      << "the others have seen a token that is gone, and rows which have not seen it";
}

TEST(SequenceCache, LeavesWhatItHasWhenAskedInIdleTime) {
  SequenceCache cache(4, kNoLimit);
  run(cache, hole(kPrefix, kSuffix));
  const Ids speculated = hole(kPrefix + range(1000, 1100), kSuffix);
  WantedPrompt idle = wanted(speculated, kMaxDrift);
  idle.leaves_kept = true;
  CachedSequence taken = cache.take(idle, empty_kv());
  compute(taken, std::ssize(speculated));
  cache.put(std::move(taken));
  EXPECT_EQ(cache.num_sequences(), 2);
  EXPECT_EQ(run(cache, hole(kPrefix + Ids{1}, kSuffix), kMaxDrift), 3) << "its suffix is there";
}

TEST(SequenceCache, KeepsTheBetterOfTwoSequencesOfOnePrompt) {
  SequenceCache cache(4, kNoLimit);
  run(cache, hole(kPrefix, kSuffix));
  const Ids prompt = hole(kPrefix + Ids{1}, kSuffix);
  run(cache, prompt, kMaxDrift);
  WantedPrompt idle = wanted(prompt, 0);
  idle.leaves_kept = true;
  CachedSequence exact = cache.take(idle, empty_kv());
  compute(exact, std::ssize(prompt));
  cache.put(std::move(exact));
  EXPECT_EQ(cache.num_sequences(), 1);
  EXPECT_EQ(run(cache, prompt), 1) << "the exact one";
}

// A gap without tokens has no origin of its own; the moved rows behind it keep theirs.
TEST(SequenceCache, CountsWhatIsDeletedBelowTheCursor) {
  SequenceCache cache(4, kNoLimit);
  run(cache, hole(kPrefix, kSuffix));
  run(cache, hole(kPrefix + Ids{1}, kSuffix), kMaxDrift);
  const Ids shorter = range(200, 210) + range(270, 300);
  CachedSequence taken = take_moved(cache, hole(kPrefix + Ids{1}, shorter), kMaxDrift);
  EXPECT_EQ(taken.num_rows(), 42 + 10 + 24) << "the first 16 of the suffix are computed anew";
  EXPECT_EQ(taken.drift(), 61);
  cache.put(std::move(taken));
  taken = take_moved(cache, hole(kPrefix + Ids{1}, range(200, 205) + range(270, 300)), kMaxDrift);
  EXPECT_EQ(taken.num_rows(), 42 + 5) << "66 are not allowed";
}

/// What rows have seen, for the truth of the random sessions: a row holds the index of its own.
struct Truth {
  std::vector<Ids> seen;

  /// Fills in what rows [begin, end) of the sequence saw when they were computed.
  void note(CachedSequence& sequence, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      seen.emplace_back(sequence.tokens.begin(), sequence.tokens.begin() + i);
      sequence.kv.rows(0, 0)(i, 2) = static_cast<float>(seen.size() - 1);
    }
  }

  /// How many tokens are in one of the two and not, in that order, in the other.
  static int64_t edits(const Ids& a, std::span<const int32_t> b) {
    std::vector<int64_t> row(b.size() + 1);  // of longest common subsequences
    for (const int32_t token : a) {
      int64_t diagonal = 0;
      for (size_t j = 1; j <= b.size(); ++j) {
        const int64_t above = row[j];
        row[j] = token == b[j - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
        diagonal = above;
      }
    }
    return std::ssize(a) + std::ssize(b) - 2 * row.back();
  }
};

int64_t counted_drift(const CachedSequence& sequence, int64_t row) {
  int64_t drift = 0;
  for (const RowOrigin& origin : sequence.origins) {
    if (origin.begin <= row) drift = origin.drift();
  }
  return drift;
}

// Whatever is asked, in whatever order, and given up anywhere: the rows are the prompt's, what
// allows no drift gets rows that have seen just this prompt, and no row has seen more than its
// counted drift, which stays within what is allowed.
TEST(SequenceCache, HoldsItsRulesInRandomSessions) {
  std::mt19937 random(1);
  const auto below = [&](int64_t n) {
    return static_cast<int64_t>(random() % static_cast<uint32_t>(n));
  };
  for (int session = 0; session < 60; ++session) {
    SequenceCache cache(3, kNoLimit);
    Truth truth;
    Ids prefix = range(100, 160);
    Ids suffix = range(200, 260);
    for (int step = 0; step < 60; ++step) {
      Ids& edited = below(4) == 0 ? suffix : prefix;
      const int64_t at = below(3) == 0 ? below(std::ssize(edited) + 1)
                                       : (&edited == &prefix ? std::ssize(edited) : 0);
      const int64_t deleted = std::min(below(3) == 0 ? below(12) : 0, std::ssize(edited) - at);
      edited.erase(edited.begin() + at, edited.begin() + at + deleted);
      if (deleted == 0) edited.insert(edited.begin() + at, static_cast<int32_t>(1000 + below(50)));
      const int64_t max_drift = below(3) == 0 ? 0 : below(30);
      const Ids prompt = hole(prefix, suffix);
      CachedSequence taken = take_moved(cache, prompt, max_drift);
      ASSERT_LE(taken.drift(), max_drift);
      const int64_t common = taken.kv.num_tokens();
      const int64_t ahead = taken.ahead_end > 0 ? taken.ahead_begin : std::ssize(prompt);
      const int64_t ahead_end = taken.ahead_end > 0 ? taken.ahead_end : std::ssize(prompt);
      const int64_t end =
          below(4) != 0 ? std::ssize(prompt) : common + below(std::ssize(prompt) - common);
      compute(taken, end);
      truth.note(taken, common, std::min(ahead, taken.kv.num_tokens()));
      truth.note(taken, std::min(ahead_end, taken.kv.num_tokens()), taken.kv.num_tokens());
      for (int64_t i = 0; i < taken.kv.num_tokens(); ++i) {
        ASSERT_EQ(read_row(taken.kv, i), prompt[static_cast<size_t>(i)]) << "row " << i;
        if (i % 7 != step % 7) continue;  // the truth costs a square of the prompt
        const auto seen = static_cast<size_t>(taken.kv.rows(0, 0)(i, 2));
        const auto now = std::span(prompt).first(static_cast<size_t>(i));
        ASSERT_LE(Truth::edits(truth.seen[seen], now), counted_drift(taken, i)) << "row " << i;
      }
      ASSERT_LE(taken.origins.size(), 2 * kMaxRowOrigins + 2);
      cache.put(std::move(taken));
    }
  }
}

}  // namespace
}  // namespace fimd
