// Token healing: a text that breaks off in a word is continued as if it had been written in one go.
//
// A model has learned "items" as one token, and after "ite" it rarely sees "ms": text that is cut
// where its author paused has tokens that training never showed. So the tokens of the last word, or
// of the blanks where the next one will be, are taken back, and what is sampled first must spell
// their bytes again:
//
//   T = "self.ite"   ids: self . ite   ->   ids: self .   forced: "ite"
//                                           allowed: items, ite, it, i
//
// Invariants:
//   1. The tokens that are sampled while bytes are forced spell these bytes, in order, and no
//      special token is among them.
//   2. Whatever was chosen, the bytes that remain can be spelled: no choice leads to a dead end.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/vocabulary_index.h"

namespace fimd {

// A word has one to three tokens; a longer one is mostly settled before its last four.
inline constexpr size_t kMaxTakenBackTokens = 4;

// Four tokens of identifiers; longer ones are rules of "=====" and the like.
inline constexpr size_t kMaxForcedBytes = 64;

/// Tokens at the end of a text that are to be sampled again.
struct TakenBack {
  size_t num_tokens = 0;
  std::string bytes;  ///< what they spell, at most kMaxForcedBytes
};

/// Where the word, or the run of blanks, begins that `text` ends in; its end when it ends in
/// neither. Blanks are unfinished because most tokens of words begin with one. Words consist of
/// ASCII letters, digits, '_' and of characters outside ASCII, less blanks and punctuation: whether
/// such a character is a letter is not asked, as it may be spelled by several tokens either way.
size_t unfinished_begin(std::string_view text);

/// The tokens of `ids`, the encoding of `text`, that overlap its unfinished end, bounded by the
/// limits above. None at a clean boundary, and none whose bytes are not those of the text.
TakenBack take_back_unfinished(const Tokenizer& tokenizer,
                               std::string_view text,
                               std::span<const int32_t> ids);

/// The bytes that what is sampled has yet to spell. Borrows the index. Thread: compatible.
class ForcedBytes {
 public:
  /// Forces nothing.
  ForcedBytes() = default;

  /// At most kMaxForcedBytes. Forces nothing when the vocabulary cannot spell `bytes`.
  ForcedBytes(const VocabularyIndex& index, std::string bytes);

  [[nodiscard]] bool empty() const { return spelled_ == bytes_.size(); }

  [[nodiscard]] std::string_view bytes() const { return std::string_view(bytes_).substr(spelled_); }

  /// Makes `logits` -infinity, except for the tokens that begin with bytes(), or that bytes() begin
  /// with. While bytes are forced, at least one token keeps its logit.
  void restrict(std::span<const float> logits, std::vector<float>& restricted) const;

  /// Takes the chosen token's bytes off; returns those that go beyond, which are new text. Aborts
  /// if restrict() did not allow it.
  std::string_view accept(int32_t token);

 private:
  const VocabularyIndex* index_ = nullptr;
  std::string bytes_;
  size_t spelled_ = 0;
  std::vector<bool> spellable_from_;  ///< by offset in bytes_, its end included
};

}  // namespace fimd
