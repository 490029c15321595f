#include "engine/tokenizer/vocabulary_index.h"

#include <algorithm>

namespace fimd {

VocabularyIndex::VocabularyIndex(const Tokenizer& tokenizer, std::span<const int32_t> excluded)
    : tokenizer_(&tokenizer) {
  ids_.reserve(static_cast<size_t>(tokenizer.vocab_size()));
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    const bool is_text = !tokenizer.is_added(id) && !tokenizer.is_special(id);
    if (!is_text || tokenizer.token_bytes(id).empty()) continue;
    if (std::find(excluded.begin(), excluded.end(), id) == excluded.end()) ids_.push_back(id);
  }
  // Ids ascend already, so a stable sort leaves equal bytes in their order.
  std::stable_sort(ids_.begin(), ids_.end(), [&](int32_t a, int32_t b) {
    return tokenizer.token_bytes(a) < tokenizer.token_bytes(b);
  });
}

std::span<const int32_t> VocabularyIndex::beginning_with(std::string_view bytes) const {
  const auto begin = std::partition_point(
      ids_.begin(), ids_.end(), [&](int32_t id) { return tokenizer_->token_bytes(id) < bytes; });
  const auto end = std::partition_point(begin, ids_.end(), [&](int32_t id) {
    return tokenizer_->token_bytes(id).starts_with(bytes);
  });
  return {begin, end};
}

std::span<const int32_t> VocabularyIndex::spelling(std::string_view bytes) const {
  // The shortest text that begins with `bytes` is `bytes`, and comes first.
  const std::span<const int32_t> longer = beginning_with(bytes);
  const auto end = std::partition_point(longer.begin(), longer.end(), [&](int32_t id) {
    return tokenizer_->token_bytes(id).size() == bytes.size();
  });
  return {longer.begin(), end};
}

}  // namespace fimd
