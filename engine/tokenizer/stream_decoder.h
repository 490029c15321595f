// Token ids to text, as they come: whole characters only.
//
// A byte-level token may end in the middle of a UTF-8 character. The decoder holds such bytes back
// until the character is complete, or is seen never to become one (then U+FFFD takes its place).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/tokenizer/tokenizer.h"

namespace fimd {

/// Borrows the tokenizer. Thread: compatible.
class StreamDecoder {
 public:
  explicit StreamDecoder(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  /// The text that is complete now that `id` has come; often one token's text, sometimes empty.
  std::string push(int32_t id) { return push_bytes(tokenizer_.token_bytes(id)); }

  /// The same for bytes that are a part of a token.
  std::string push_bytes(std::string_view bytes);

  /// What is still held back, as U+FFFD. The concatenation of all push() and finish() results
  /// equals Tokenizer::decode() of the ids.
  std::string finish();

 private:
  const Tokenizer& tokenizer_;
  std::string pending_;  ///< at most 3 bytes: the beginning of a character
};

}  // namespace fimd
