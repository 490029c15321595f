#include "engine/sequence_cache.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace fimd {
namespace {

using Tokens = std::span<const int32_t>;

int64_t common_beginning(Tokens a, Tokens b) {
  return std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
}

int64_t common_end(Tokens a, Tokens b) {
  return std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first - a.rbegin();
}

/// tokens [begin, end); empty when there are none.
Tokens between(Tokens tokens, int64_t begin, int64_t end) {
  if (begin >= end) return {};
  return tokens.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

/// What of a kept sequence serves a prompt.
struct Reuse {
  int64_t common = 0;  ///< rows that stay in their places
  RowMove move;
  RowOrigins origins;        ///< of both
  size_t num_beginning = 0;  ///< of them, those of the common rows

  [[nodiscard]] int64_t num_rows() const { return common + move.count; }
};

/// The common beginning, as far as its rows' drift is allowed.
void plan_beginning(const CachedSequence& kept, const WantedPrompt& wanted, Reuse& reuse) {
  const Tokens computed = between(kept.tokens, 0, kept.kv.num_tokens());
  const Tokens prompt = between(wanted.ids, 0, std::ssize(wanted.ids) - 1);
  reuse.common = common_beginning(prompt, computed);
  for (const RowOrigin& origin : kept.origins) {
    if (origin.begin >= reuse.common) break;
    if (origin.drift() > wanted.max_drift || reuse.origins.size() == kMaxRowOrigins) {
      reuse.common = origin.begin;
      break;
    }
    const bool is_exact = origin.drift() == 0 && reuse.origins.empty();
    if (!is_exact) reuse.origins.push_back(origin);
  }
  reuse.num_beginning = reuse.origins.size();
}

/// The kept rows of the suffixes' common end, where they lie and where they go.
RowMove movable(const CachedSequence& kept, const WantedPrompt& wanted, int64_t common) {
  // The last tokens are the same marker, whose row is computed anew for its logits.
  const int64_t kept_end = kept.prompt_tokens - 1;
  const int64_t wanted_end = std::ssize(wanted.ids) - 1;
  const int64_t equal =
      common_end(between(kept.tokens, std::max(kept.suffix_begin + 1, common), kept_end),
                 between(wanted.ids, std::max(wanted.suffix_begin + 1, common), wanted_end));
  const bool is_behind_gap = kept.ahead_begin < kept.ahead_end;
  const int64_t first_row = is_behind_gap ? kept.ahead_begin : common;
  const int64_t end_row = is_behind_gap ? kept.ahead_end : kept.kv.num_tokens();
  const int64_t from = std::max(kept_end - equal, first_row);
  const int64_t count = std::min(kept_end, end_row) - from;
  if (count <= 0) return {};
  return {.from = from, .to = from + wanted_end - kept_end, .count = count};
}

/// The origins of the moved rows, in their new places.
RowOrigins moved_origins(const CachedSequence& kept, const WantedPrompt& wanted, RowMove move) {
  RowOrigins origins = origins_within(kept.origins, kept.tokens, move.from, move.from + move.count);
  for (RowOrigin& origin : origins) {
    const int64_t begin = origin.begin + move.to - move.from;
    move_behind(between(kept.tokens, 0, origin.begin), between(wanted.ids, 0, begin), origin);
  }
  return origins;
}

void drop_first_rows(int64_t count, RowMove& move) {
  move.from += count;
  move.to += count;
  move.count -= count;
}

/// Adds the rows of the suffix that may be moved.
void plan_end(const CachedSequence& kept, const WantedPrompt& wanted, Reuse& reuse) {
  RowMove move = movable(kept, wanted, reuse.common);
  if (move.count == 0) return;
  RowOrigins origins = moved_origins(kept, wanted, move);
  const int64_t begin_end = wanted.suffix_begin + 1 + kAnewTokens;
  bool begins_anew = false;
  for (const RowOrigin& origin : origins) {
    if (origin.drift() > wanted.max_drift) return;
    begins_anew = begins_anew || (origin.drift() > kSmallDrift && origin.begin < begin_end);
  }
  if (begins_anew && begin_end > move.to) drop_first_rows(begin_end - move.to, move);
  if (origins.size() > kMaxRowOrigins) {
    const int64_t begin = origins[origins.size() - kMaxRowOrigins].begin;
    if (begin > move.to) drop_first_rows(begin - move.to, move);
  }
  if (move.count <= 0) return;
  reuse.move = move;
  origins = moved_origins(kept, wanted, move);
  reuse.origins.insert(reuse.origins.end(), origins.begin(), origins.end());
}

Reuse plan_reuse(const CachedSequence& kept, const WantedPrompt& wanted) {
  Reuse reuse;
  plan_beginning(kept, wanted, reuse);
  if (wanted.max_drift > 0) plan_end(kept, wanted, reuse);
  return reuse;
}

int64_t largest_drift(std::span<const RowOrigin> origins) {
  int64_t largest = 0;
  for (const RowOrigin& origin : origins) largest = std::max(largest, origin.drift());
  return largest;
}

/// What is computed behind rows that are not exact is not exact either.
void note_what_will_be_computed(const WantedPrompt& wanted, Reuse& reuse) {
  const auto add = [&](int64_t begin, int64_t drift) {
    const Tokens before = between(wanted.ids, 0, begin);
    reuse.origins.push_back(
        {.begin = begin, .before = {before.begin(), before.end()}, .drift_then = drift});
  };
  const int64_t drift_before = largest_drift(std::span(reuse.origins).first(reuse.num_beginning));
  const int64_t drift_behind = largest_drift(reuse.origins);
  const bool has_gap = reuse.move.count == 0 || reuse.move.to > reuse.common;
  if (drift_before > 0 && has_gap) add(reuse.common, drift_before);
  if (reuse.move.count > 0 && drift_behind > 0) add(reuse.move.to + reuse.move.count, drift_behind);
  std::ranges::sort(reuse.origins, {}, &RowOrigin::begin);
}

/// Whether `kept` is of no use beside `sequence`, which has the same prompt whole and no worse.
bool replaces(const CachedSequence& sequence, const CachedSequence& kept) {
  const bool is_whole = sequence.kv.num_tokens() >= sequence.prompt_tokens;
  return is_whole && kept.prompt_tokens == sequence.prompt_tokens &&
         sequence.drift() <= kept.drift() &&
         std::ranges::equal(between(kept.tokens, 0, kept.prompt_tokens),
                            between(sequence.tokens, 0, sequence.prompt_tokens));
}

}  // namespace

int64_t CachedSequence::drift() const {
  return largest_drift(origins);
}

CachedSequence SequenceCache::take(const WantedPrompt& wanted, KvCache empty) {
  auto best = sequences_.end();
  Reuse reuse;
  for (auto it = sequences_.begin(); it != sequences_.end(); ++it) {
    Reuse other = plan_reuse(*it, wanted);
    if (other.num_rows() <= reuse.num_rows()) continue;
    best = it;
    reuse = std::move(other);
  }
  note_what_will_be_computed(wanted, reuse);
  CachedSequence taken = {.tokens = {wanted.ids.begin(), wanted.ids.end()},
                          .prompt_tokens = std::ssize(wanted.ids),
                          .suffix_begin = wanted.suffix_begin,
                          .kv = std::move(empty),
                          .move = reuse.move,
                          .ahead_begin = reuse.move.to,
                          .ahead_end = reuse.move.to + reuse.move.count,
                          .origins = std::move(reuse.origins)};
  if (best == sequences_.end()) return taken;
  const bool is_like_it = 2 * reuse.common >= std::min(best->suffix_begin, best->kv.num_tokens());
  if (wanted.leaves_kept || !is_like_it) {
    const int64_t num_rows = std::max(reuse.common, reuse.move.from + reuse.move.count);
    taken.kv.copy_beginning(best->kv, reuse.common, num_rows);
    return taken;
  }
  taken.kv = std::move(best->kv);
  taken.kv.truncate(reuse.common);
  sequences_.erase(best);
  return taken;
}

void SequenceCache::put(CachedSequence sequence) {
  FIMD_CHECK(std::ssize(sequence.tokens) >= sequence.kv.num_tokens(), sequence.tokens.size());
  if (sequence.num_rows() == 0) return;
  const bool strictly_ascending =
      std::ranges::adjacent_find(sequence.origins, std::greater_equal(), &RowOrigin::begin) ==
      sequence.origins.end();
  FIMD_CHECK(strictly_ascending, sequence.origins.size());
  sequences_.remove_if([&](const CachedSequence& kept) { return replaces(sequence, kept); });
  sequences_.push_front(std::move(sequence));
  while (!sequences_.empty() &&
         (sequences_.size() > max_sequences_ || reserved_bytes() > max_bytes_)) {
    sequences_.pop_back();
  }
}

int64_t SequenceCache::reserved_bytes() const {
  int64_t bytes = 0;
  for (const CachedSequence& sequence : sequences_) bytes += sequence.kv.reserved_bytes();
  return bytes;
}

}  // namespace fimd
