// The last sequences that ran, with their keys and values, so that a prompt that is like one of
// them is computed only where it differs.
//
//   kept     BOS begin  P    hole S end  generated
//   wanted   BOS begin  P T  hole S end
//            `-common-'          `'           S is moved; T, `hole` and `end` are computed
//
// Rows depend on nothing to their right: a common beginning is valid as it stands. Behind it the
// longest common end of the two suffixes is moved to where it stands now (Model::move_rows). Such
// rows remember the old prefix in what they attended to; row_origin.h counts that as their drift. A
// request says how much drift it allows; with none it gets exact rows only. `hole` itself is never
// moved: its row says where the hole is, and a stale one costs more than all of S (`fimd bench
// --holes`). The first tokens of S, which matter most of the rest, are computed anew from a smaller
// drift on.
//
// A sequence is continued in place when at least half of what precedes its hole is common, as it is
// from key to key; what was generated after it is cheap to lose. Of any other a copy is taken, so
// that two documents which share a license header do not evict one another, and for what is asked
// in idle time, so that giving it up costs nothing that was there.
#pragma once

#include <cstdint>
#include <list>
#include <span>
#include <vector>

#include "engine/kv_cache.h"
#include "engine/model/forward.h"
#include "engine/row_origin.h"

namespace fimd {

/// Above this drift the first kAnewTokens of a suffix are computed anew. The numbers were chosen by
/// what `fimd bench --holes` measures (docs/completion.md).
inline constexpr int64_t kSmallDrift = 8;
inline constexpr int64_t kAnewTokens = 16;

/// Rows of more origins are computed anew: editing all over a suffix costs more than it is worth.
inline constexpr size_t kMaxRowOrigins = 8;

/// The prompt that a sequence is wanted for.
struct WantedPrompt {
  std::span<const int32_t> ids;  ///< never empty
  /// Where `hole` is; rows between it and the last may be moved. ids.size(): none may, as where the
  /// suffix comes before the prefix.
  int64_t suffix_begin = 0;
  int64_t max_drift = 0;
  /// Always copies: what is asked in idle time may be given up, or never be the document's.
  bool leaves_kept = false;
};

/// Token ids and their rows.
struct CachedSequence {
  std::vector<int32_t> tokens;  ///< the prompt, then what was generated
  int64_t prompt_tokens = 0;
  int64_t suffix_begin = 0;
  KvCache kv;         ///< of tokens [0, kv.num_tokens())
  RowMove move = {};  ///< yet to be done; to the rows ahead
  /// Rows [ahead_begin, ahead_end) are there already, behind a gap that is to be computed.
  int64_t ahead_begin = 0;
  int64_t ahead_end = 0;
  RowOrigins origins = {};  ///< of rows that may not be exact

  /// Rows that need not be computed.
  [[nodiscard]] int64_t num_rows() const { return kv.num_tokens() + ahead_end - ahead_begin; }

  /// The largest drift of the prompt's rows.
  [[nodiscard]] int64_t drift() const;
};

/// Thread: compatible.
class SequenceCache {
 public:
  /// Keeps up to `max_sequences` of `max_bytes` together.
  SequenceCache(size_t max_sequences, int64_t max_bytes)
      : max_sequences_(max_sequences), max_bytes_(max_bytes) {}

  /// A sequence with the prompt's tokens, and as many of its rows as a kept one has; never the last
  /// token's, whose logits are needed. It continues in `empty`, unless a kept sequence is taken out
  /// for it. Its `move` must be done before anything else is done with its rows.
  CachedSequence take(const WantedPrompt& wanted, KvCache empty);

  /// Keeps `sequence`, unless it has no rows, and no other of its prompt that is no better. Those
  /// used least recently go, all of them and it too when it alone is larger than all may be.
  void put(CachedSequence sequence);

  [[nodiscard]] size_t num_sequences() const { return sequences_.size(); }

  [[nodiscard]] int64_t reserved_bytes() const;

 private:
  size_t max_sequences_;
  int64_t max_bytes_;
  std::list<CachedSequence> sequences_;  ///< most recently used first
};

}  // namespace fimd
