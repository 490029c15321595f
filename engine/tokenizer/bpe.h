// The vocabulary and the merges of byte-level BPE: the bytes of one word to token ids.
//
// A word starts as one symbol per byte. While some adjacent pair has a merge, the one of lowest
// rank (the leftmost of equals) becomes one symbol. Candidates wait in a heap, symbols form a
// linked list, and candidates whose pair has changed are dropped when they surface: a word of n
// bytes costs O(n log n). Source: Sennrich et al., arXiv:1508.07909; the `BPE` model of the Python
// package `tokenizers`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kernels/base/result.h"

namespace fimd {

class JsonObject;

/// Pair of ids to merge, as an open-addressing hash table: looked up several times per byte.
class MergeTable {
 public:
  struct Merge {
    int32_t rank = -1;  ///< lowest first; -1: no such merge
    int32_t id = -1;    ///< what the pair becomes
  };

  void reserve(size_t num_merges);

  /// Of equal pairs the last wins.
  void insert(std::pair<int32_t, int32_t> pair, Merge merge);

  /// Null when the pair does not merge.
  [[nodiscard]] const Merge* find(int32_t left, int32_t right) const;

 private:
  struct Slot {
    uint64_t key = 0;
    Merge merge;
  };

  static uint64_t key_of(int32_t left, int32_t right);
  [[nodiscard]] size_t slot_of(uint64_t key) const;

  std::vector<Slot> slots_;  ///< a power of two, at most half full
};

/// A vocabulary and its merges, as a file spells them: in the alphabet of bytes.
struct BpeSpec {
  struct Token {
    std::string spelling;
    int32_t id;  ///< in [0, kMaxVocabularyTokens)
  };

  std::vector<Token> vocabulary;
  std::vector<std::pair<std::string, std::string>> merges;  ///< the first merges first
  bool passes_over_products = false;  ///< a merge whose product is no token counts for nothing
  bool ignore_merges = false;    ///< a word that is a token is that token, whatever the merges make
  std::string vocabulary_place;  ///< for messages
  std::string merges_place;
};

/// Thread: safe.
class Bpe {
 public:
  /// Errors: kInvalidInput, no token at all, two tokens of one id, or a merge that names no token.
  static Result<Bpe> build(const BpeSpec& spec);

  /// Memory of encode_word(), reused from word to word. Thread: compatible.
  struct Scratch {
    struct Symbol {
      int32_t id;    ///< -1: merged into the symbol on its left
      int32_t prev;  ///< -1: the first
      int32_t next;  ///< -1: the last
    };

    struct Candidate {
      int32_t rank;
      int32_t symbol;  ///< the left one of the pair
      int32_t id;
    };

    std::vector<Symbol> symbols;
    std::vector<Candidate> candidates;
  };

  /// Reads the value of `model` in a tokenizer.json.
  /// Errors: kInvalidInput, malformed; kUnsupported, not byte-level BPE without dropout or unknown
  /// tokens. Messages begin with the place of `model`.
  static Result<Bpe> parse(const JsonObject& model);

  /// Appends the ids of `word`, of at most kMaxWordBytes bytes. Bytes that the vocabulary lacks are
  /// skipped, as the reference does: those that no UTF-8 text has, in published vocabularies.
  void encode_word(std::string_view word, Scratch& scratch, std::vector<int32_t>& ids) const;

  /// The id of the token with these bytes, or with this spelling where it is not of the alphabet.
  [[nodiscard]] std::optional<int32_t> find(std::string_view bytes) const;

  /// The id of the token that the file spells so.
  [[nodiscard]] std::optional<int32_t> find_spelling(std::string_view spelling) const;

  /// Empty for an id that no token has.
  [[nodiscard]] std::string_view token_bytes(int32_t id) const;

  /// One past the largest id.
  [[nodiscard]] int32_t vocab_size() const { return static_cast<int32_t>(tokens_.size()); }

  /// Bounds a word to some 10 ms and its symbols to 2 MB. Words of prose have under 100 bytes;
  /// a caller cuts longer ones.
  static constexpr size_t kMaxWordBytes = size_t{64} << 10;

 private:
  Status add_vocabulary(const BpeSpec& spec);
  Status add_merges(const BpeSpec& spec);
  [[nodiscard]] Status check_supported(const JsonObject& model) const;
  void push_candidate(int32_t symbol, Scratch& scratch) const;
  void apply(const Scratch::Candidate& candidate, Scratch& scratch) const;

  std::vector<std::string> tokens_;  ///< by id: decoded bytes
  std::unordered_map<std::string_view, int32_t> id_of_bytes_;
  std::unordered_map<std::string, int32_t> id_of_text_;  ///< spellings not of the alphabet
  std::array<int32_t, 256> id_of_byte_{};                ///< -1: the vocabulary lacks it
  MergeTable merges_;
  bool ignore_merges_ = false;
};

}  // namespace fimd
