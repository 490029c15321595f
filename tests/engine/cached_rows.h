// Cached sequences without a model: a row holds its token's id in column 1, and is moved as the
// engine would do it.
#pragma once

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "engine/sequence_cache.h"

namespace fimd {

using Ids = std::vector<int32_t>;

inline constexpr int64_t kCapacity = 1000;
inline constexpr int64_t kNoLimit = int64_t{1} << 40;

inline KvCache empty_kv() {
  return {2, 3, kCapacity};
}

inline void write_row(KvCache& kv, int64_t position, int32_t token) {
  for (int64_t layer = 0; layer < 2; ++layer) {
    kv.rows(layer, std::max<int64_t>(position + 1 - kv.num_tokens(), 0))(position, 1) =
        static_cast<float>(token);
  }
}

inline int32_t read_row(KvCache& kv, int64_t position) {
  const auto rows = kv.rows(1, std::max<int64_t>(position + 1 - kv.num_tokens(), 0));
  return static_cast<int32_t>(rows(position, 1));
}

/// Gives rows that hold their ids to the tokens before `end` that have none.
inline void compute(CachedSequence& sequence, int64_t end) {
  KvCache& kv = sequence.kv;
  while (kv.num_tokens() < end) {
    if (sequence.ahead_begin < sequence.ahead_end && kv.num_tokens() == sequence.ahead_begin) {
      kv.commit(std::exchange(sequence.ahead_end, 0) - sequence.ahead_begin);
      sequence.ahead_begin = 0;
      continue;
    }
    write_row(kv, kv.num_tokens(), sequence.tokens[static_cast<size_t>(kv.num_tokens())]);
    kv.commit(1);
  }
}

/// A prompt whose tokens from the first 0 on (the marker) to the last but one may be moved.
inline WantedPrompt wanted(const Ids& prompt, int64_t max_drift) {
  const auto marker = std::ranges::find(prompt, 0) - prompt.begin();
  return {.ids = prompt, .suffix_begin = marker, .max_drift = max_drift};
}

/// Takes and moves, as an engine does.
inline CachedSequence take_moved(SequenceCache& cache, const Ids& prompt, int64_t max_drift) {
  CachedSequence taken = cache.take(wanted(prompt, max_drift), empty_kv());
  const RowMove& move = taken.move;
  const int64_t end = std::max(move.from, move.to) + move.count;
  for (int64_t layer = 0; layer < 2; ++layer) {
    const auto rows = taken.kv.rows(layer, std::max<int64_t>(end - taken.kv.num_tokens(), 0));
    if (move.count > 0) {
      std::memmove(rows.at(move.to), rows.at(move.from), sizeof(float) * 3 * move.count);
    }
  }
  taken.move = {};
  return taken;
}

}  // namespace fimd
