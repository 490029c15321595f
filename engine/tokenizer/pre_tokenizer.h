// Cuts a text into words, the units inside which byte pairs are merged.
//
// A list of splits, each applied to the pieces that the previous one left, then ByteLevel, which
// may put a space before a piece and split once more with GPT-2's pattern. Pieces go through the
// list depth first: nothing is stored per piece, so that a text of any length needs no memory here,
// but for a copy of the piece that ByteLevel puts a space before.
// Source: the `pre_tokenizers` of the Python package `tokenizers`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/regex.h"
#include "kernels/base/result.h"

namespace fimd {

class JsonObject;

/// What becomes of the matches of a split, and of what lies between them.
enum class SplitBehavior {
  kIsolated,            ///< each is a piece
  kRemoved,             ///< matches are dropped
  kMergedWithPrevious,  ///< a match joins the piece before it, unless that is a match
  kMergedWithNext,      ///< a match joins the piece behind it, unless that is a match
  kContiguous,          ///< adjacent matches are one piece
};

/// Thread: safe.
class PreTokenizer {
 public:
  /// Reads the value of `pre_tokenizer`: Split, Digits, ByteLevel (last), or a Sequence of these.
  /// Errors: kInvalidInput, kUnsupported; messages begin with the place of `spec`.
  static Result<PreTokenizer> parse(const JsonObject& spec);

  /// Receives a word, which is valid only during the call; false ends the split.
  using Sink = std::function<bool(std::string_view word)>;

  /// A word of more bytes may be cut behind any character.
  static constexpr size_t kWindowBytes = size_t{256} << 10;

  /// Calls `sink` with each word of valid `text`, from left to right; none is empty. False: the
  /// sink ended it, or a stop did, which is looked at every kWindowBytes.
  bool split(std::string_view text,
             RegexScratch& scratch,
             const Sink& sink,
             const std::stop_token& stop = {}) const;

 private:
  struct Split {
    Regex regex;
    SplitBehavior behavior = SplitBehavior::kIsolated;
    bool invert = false;  ///< the pieces between the matches are the matches
  };

  struct Run;
  class Cutter;

  Status add(const JsonObject& spec);
  Status add_sequence(const JsonObject& spec);
  Status add_split(const JsonObject& spec);
  Status add_digits(const JsonObject& spec);
  Status add_byte_level(const JsonObject& spec);

  static std::optional<Regex::Match> find(Run& run,
                                          const Regex& regex,
                                          std::string_view text,
                                          size_t from);
  static void run_split(Run& run, size_t index, std::string_view piece);
  static void run_piece(Run& run, size_t index, std::string_view piece);

  std::vector<Split> splits_;
  size_t prefix_index_ = 0;  ///< the splits before it are those before ByteLevel
  bool has_byte_level_ = false;
  bool add_prefix_space_ = false;
};

}  // namespace fimd
