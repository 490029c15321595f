// The vocabulary sorted by bytes: which tokens begin with, or are, some bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace fimd {

/// Holds neither added nor special tokens, nor any without bytes: those are never spelled by text.
/// Borrows the tokenizer. Thread: safe.
class VocabularyIndex {
 public:
  /// Leaves out `excluded` too. Cost: a sort of the vocabulary, and 4 bytes a token.
  VocabularyIndex(const Tokenizer& tokenizer, std::span<const int32_t> excluded);

  /// The tokens whose bytes begin with `bytes`, sorted by bytes, then by id.
  [[nodiscard]] std::span<const int32_t> beginning_with(std::string_view bytes) const;

  /// The tokens whose bytes are `bytes`, sorted by id; a vocabulary may have several.
  [[nodiscard]] std::span<const int32_t> spelling(std::string_view bytes) const;

  [[nodiscard]] const Tokenizer& tokenizer() const { return *tokenizer_; }

 private:
  const Tokenizer* tokenizer_;
  std::vector<int32_t> ids_;
};

}  // namespace fimd
