// Tokens that are cut out of a text as a whole, before it is pre-tokenized: special tokens, and
// others that were added to a vocabulary after its merges.
//
// The leftmost longest match wins. Those that are not `normalized` are looked for first, in the
// whole text, the others in what then remains. With SpecialTokens::kLiteral a match of a special
// token is passed over, and so is what else begins inside of it.
// Source: `added_vocabulary` of the Python package `tokenizers`.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/tokenizer/bpe.h"
#include "engine/tokenizer/regex.h"
#include "engine/tokenizer/tokenizer.h"
#include "kernels/base/result.h"

namespace fimd {

struct AddedToken {
  int32_t id = 0;
  std::string content;
  std::string bytes;         ///< what it decodes to
  bool single_word = false;  ///< matches only where no word character is next to it
  bool lstrip = false;       ///< swallows the white space before it
  bool rstrip = false;       ///< swallows the white space behind it
  bool normalized = false;
  bool special = false;
};

/// Finds the longest of some texts that another one begins with.
class PrefixIndex {
 public:
  /// The texts stay where they are and are not empty; numbers are what find() answers.
  void add(std::string_view text, size_t number) { entries_.push_back({text, number}); }

  /// To be called once, behind the last add().
  void build();

  /// Cost: length of the longest entry x log(entries), no memory.
  [[nodiscard]] std::optional<size_t> longest_prefix_of(std::string_view text) const;

  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::string_view text;
    size_t number;
  };

  std::vector<Entry> entries_;               ///< sorted by text
  std::array<size_t, 257> first_of_byte_{};  ///< entries that begin with each byte
};

/// Thread: safe.
class AddedTokens {
 public:
  /// Receives either a piece of text, or, with `token` set, an added token in its place. False ends
  /// the split.
  using Sink = std::function<bool(std::string_view text, const AddedToken* token)>;

  /// Reads the value of `added_tokens`, whose ids must agree with `bpe`'s.
  /// Errors: kInvalidInput; messages begin with `where`.
  static Result<AddedTokens> parse(const nlohmann::json* spec,
                                   const Bpe& bpe,
                                   const std::string& where);

  /// The same of tokens that were read already; those without a content count for nothing, and
  /// `bytes` is filled in.
  static Result<AddedTokens> build(std::vector<AddedToken> tokens,
                                   const Bpe& bpe,
                                   const std::string& where);

  struct Query {
    std::string_view text;
    SpecialTokens special = SpecialTokens::kLiteral;
    RegexScratch& scratch;
    std::stop_token stop = {};  ///< looked at every kStopCheckBytes
  };

  /// Calls `sink` from left to right with what the text consists of; no piece is empty. False: the
  /// sink or a stop ended it.
  bool split(const Query& query, const Sink& sink) const;

  /// Sorted by id.
  [[nodiscard]] const std::vector<AddedToken>& all() const { return tokens_; }

  /// Null when there is none.
  [[nodiscard]] const AddedToken* find(std::string_view content) const;

 private:
  Status add(AddedToken token, const Bpe& bpe, const std::string& where);
  Status build_indices(const std::string& where);
  static constexpr size_t kStopCheckBytes = 1 << 16;  ///< under a millisecond of searching

  bool cut(const PrefixIndex& index, const Query& query, const Sink& sink) const;
  [[nodiscard]] bool stands_alone(std::string_view text,
                                  size_t begin,
                                  size_t end,
                                  RegexScratch& scratch) const;

  std::vector<AddedToken> tokens_;                           ///< sorted by id
  std::unordered_map<std::string_view, size_t> by_content_;  ///< indices into tokens_
  PrefixIndex raw_;                                          ///< of those that are not normalized
  PrefixIndex normalized_;
  std::optional<Regex> word_character_;  ///< where some token is a single_word
};

}  // namespace fimd
