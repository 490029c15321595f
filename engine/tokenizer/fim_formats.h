// How models were trained to fill holes: markers and their order, a row for each family.
//
//   PREFIX text before the hole, SUFFIX text behind it, MIDDLE answer        most families
//   SUFFIX text behind the hole, PREFIX text before it, MIDDLE answer        suffix first
//
// Before either stands what stands before every text: BOS, or nothing (Tokenizer::prefix_ids). A
// vocabulary uses the first row all of whose markers and kin it has; a model's name says nothing.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "kernels/base/result.h"

namespace fimd {

/// What is empty is not there.
struct FimFormat {
  std::string_view name;
  std::string_view prefix;  ///< before the text before the hole
  std::string_view suffix;  ///< before the text behind it
  std::string_view middle =
      {};  ///< before the answer; empty: it continues the text before the hole
  std::array<std::string_view, 2> kin = {};  ///< tell families apart that spell markers alike
  bool suffix_first = false;
  bool heals = true;                 ///< an unfinished word is taken back (token_healing.h)
  std::string_view repository = {};  ///< before a repository's name
  std::string_view file = {};        ///< before a file's path; where the file in hand ends, too
  std::array<std::string_view, 3> ends = {};  ///< what else the answer ends at
};

/// The markers of a vocabulary.
struct FimTokens {
  const FimFormat* format = nullptr;
  int32_t prefix = 0;
  int32_t suffix = 0;
  std::optional<int32_t> middle;
};

/// The markers of the first row that `find` knows whole. Errors: kUnsupported, there is none; the
/// message names what the row that lacks least lacks.
Result<FimTokens> find_fim_tokens(
    const std::function<std::optional<int32_t>(std::string_view)>& find);

/// Whether a token spelled so is special, however a vocabulary marks it: the markers, separators
/// and ends of every row, and what ends a turn of a chat.
bool is_reserved(std::string_view spelling);

/// Calls `visit` with each of these spellings; some come more than once.
void for_each_reserved(const std::function<void(std::string_view)>& visit);

}  // namespace fimd
