// The last sequences that ran, with their keys and values, so that a prompt that begins like one of
// them is computed only from where it differs.
//
// Rows of a KvCache are absolute positions and depend on nothing to their right: a common beginning
// is valid as it stands. A sequence is continued in place when at least half of its own prompt is
// common, as it is from key to key; what was generated after it is cheap to lose. Of any other a
// copy is taken, so that two documents which share a license header do not evict one another.
#pragma once

#include <cstdint>
#include <list>
#include <span>
#include <vector>

#include "engine/kv_cache.h"

namespace fimd {

/// Token ids, of prompt and generation alike, and their rows.
struct CachedSequence {
  std::vector<int32_t> tokens;  ///< as many as `kv` holds
  KvCache kv;
  int64_t prompt_tokens = 0;  ///< of the prompt that it was last taken for
};

/// Thread: compatible.
class SequenceCache {
 public:
  /// Keeps up to `max_sequences` of `max_bytes` together.
  SequenceCache(size_t max_sequences, int64_t max_bytes)
      : max_sequences_(max_sequences), max_bytes_(max_bytes) {}

  /// The longest beginning of `prompt`, less its last token whose logits are needed, that a kept
  /// sequence has. It continues in `empty`, unless a kept sequence is taken out for it.
  CachedSequence take(std::span<const int32_t> prompt, KvCache empty);

  /// Keeps `sequence`; those used least recently go, or it itself when it is larger than all may
  /// be.
  void put(CachedSequence sequence);

  [[nodiscard]] size_t num_sequences() const { return sequences_.size(); }

  [[nodiscard]] int64_t reserved_bytes() const;

 private:
  size_t max_sequences_;
  int64_t max_bytes_;
  std::list<CachedSequence> sequences_;  ///< most recently used first
};

}  // namespace fimd
