// Byte-level BPE as tokenizer.json describes it: text to token ids and back.
//
//   text -> added tokens cut out -> pre-tokenizer's splits -> bytes as printable characters
//        -> merges, lowest rank first -> ids
//
// Invariants:
//   1. encode() equals the reference library (the PyPI package `tokenizers`), except that what
//      is_reserved() (fim_formats.h) is special even where the file does not mark it, that words
//      are cut at Bpe::kMaxWordBytes and at PreTokenizer::kWindowBytes, and that a pattern beyond
//      Regex's budget splits no further.
//   2. With SpecialTokens::kLiteral no input yields a special token: user text stays text.
//   3. decode(encode(text)) == text for every valid UTF-8 text that spells none of the added tokens
//      which decode to something else (in DeepSeek LLM's vocabulary U+00FC is a token that
//      decodes to the byte FC), and where no pre-tokenizer removes or adds anything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/fim_formats.h"
#include "kernels/base/result.h"

namespace fimd {

/// How special tokens spelled in a text are read.
enum class SpecialTokens {
  kLiteral,     ///< as ordinary text: what users and files contain
  kRecognized,  ///< as themselves: what templates contain
};

/// When to give up an encoding.
struct EncodeLimits {
  std::stop_token stop;
  size_t max_tokens = std::numeric_limits<size_t>::max();
};

struct TokenizerSpec;

/// Thread: safe after load; encode() and decode() may run concurrently.
class Tokenizer {
 public:
  /// Reads `model`: a GGUF file, or a folder's tokenizer.json and, where there is one,
  /// tokenizer_config.json. Errors: those of GgufFile::open(); kNotFound, no tokenizer.json;
  /// kInvalidInput, malformed; kUnsupported, a model, normalizer, pre-tokenizer or decoder that is
  /// not byte-level BPE's. Messages name file and key. Cost: 7 ms for 4 k tokens, 0.4 s for 100 k:
  /// half parsing, half hashing.
  static Result<Tokenizer> load(const std::filesystem::path& model);

  /// Errors: kInvalidInput, a token that the specification names is not in its vocabulary.
  static Result<Tokenizer> build(TokenizerSpec spec);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// The ids of `text`, without beginning-of-sequence. Invalid UTF-8 is encoded as U+FFFD.
  /// Cost: linear in the text but for a logarithm of the word length; memory is the result, and
  /// 24 bytes per byte of the longest word.
  [[nodiscard]] std::vector<int32_t> encode(std::string_view text, SpecialTokens special) const;

  /// encode(), given up after a stop within PreTokenizer::kWindowBytes or a word of
  /// Bpe::kMaxWordBytes. Whether the text is UTF-8 is looked at before, without a stop.
  /// Errors: kCancelled; kInvalidInput, the text has more than limits.max_tokens.
  [[nodiscard]] Result<std::vector<int32_t>> encode(std::string_view text,
                                                    SpecialTokens special,
                                                    const EncodeLimits& limits) const;

  /// The most bytes that one token has.
  [[nodiscard]] size_t longest_token_bytes() const;

  /// What stands before every text: the beginning-of-sequence id, or nothing. As
  /// the file's `add_bos_token` says, else as tokenizer.json's post-processor does.
  [[nodiscard]] const std::vector<int32_t>& prefix_ids() const;

  /// The text of `ids`; special tokens are spelled out. Bytes that are not UTF-8 become U+FFFD.
  [[nodiscard]] std::string decode(std::span<const int32_t> ids) const;

  /// The raw bytes of one token, empty for an id that no token has.
  [[nodiscard]] std::string_view token_bytes(int32_t id) const;

  /// The id of the added token spelled `text`, or else of the token with these bytes.
  [[nodiscard]] std::optional<int32_t> find(std::string_view text) const;

  /// Added tokens marked special, and what is_reserved() whatever it is marked.
  [[nodiscard]] bool is_special(int32_t id) const;

  /// Tokens that the merges never make, special or not: they are cut out of a text as a whole.
  [[nodiscard]] bool is_added(int32_t id) const;

  /// One past the largest id.
  [[nodiscard]] int32_t vocab_size() const;

  /// As tokenizer_config.json names them, else by DeepSeek's names.
  [[nodiscard]] std::optional<int32_t> bos_id() const;
  [[nodiscard]] std::optional<int32_t> eos_id() const;

  /// The markers of the format for holes that the vocabulary has. Errors: find_fim_tokens()'s.
  [[nodiscard]] const Result<FimTokens>& fim_tokens() const;

  /// tokenizer_config.json's `chat_template` (of several, the one named "default"), empty when
  /// there is none.
  [[nodiscard]] const std::string& chat_template() const;

 private:
  struct Impl;
  explicit Tokenizer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace fimd
