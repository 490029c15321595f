#include "engine/sequence_cache.h"

#include <algorithm>
#include <utility>

namespace fimd {
namespace {

int64_t common_tokens(std::span<const int32_t> a, std::span<const int32_t> b) {
  return std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
}

}  // namespace

CachedSequence SequenceCache::take(std::span<const int32_t> prompt, KvCache empty) {
  const int64_t prompt_tokens = std::ssize(prompt);
  if (!prompt.empty()) prompt = prompt.first(prompt.size() - 1);
  auto best = sequences_.end();
  int64_t best_tokens = 0;
  for (auto it = sequences_.begin(); it != sequences_.end(); ++it) {
    const int64_t tokens = common_tokens(prompt, it->tokens);
    if (tokens > best_tokens) {
      best = it;
      best_tokens = tokens;
    }
  }
  if (best == sequences_.end()) {
    return {.tokens = {}, .kv = std::move(empty), .prompt_tokens = prompt_tokens};
  }
  if (2 * best_tokens < std::min(best->prompt_tokens, best->kv.num_tokens())) {
    empty.copy_beginning(best->kv, best_tokens);
    const std::span<const int32_t> tokens = prompt.first(static_cast<size_t>(best_tokens));
    return {.tokens = {tokens.begin(), tokens.end()},
            .kv = std::move(empty),
            .prompt_tokens = prompt_tokens};
  }
  CachedSequence taken = std::move(*best);
  sequences_.erase(best);
  taken.tokens.resize(static_cast<size_t>(best_tokens));
  taken.kv.truncate(best_tokens);
  taken.prompt_tokens = prompt_tokens;
  return taken;
}

void SequenceCache::put(CachedSequence sequence) {
  FIMD_CHECK(std::ssize(sequence.tokens) == sequence.kv.num_tokens(), sequence.tokens.size());
  if (sequence.tokens.empty()) return;
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
