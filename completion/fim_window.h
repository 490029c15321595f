// What of a file a fill-in-the-middle prompt shows: as much around the hole as its tokens allow.
//
//   prefix ........|<- lines ->|own line| hole |own line|<- lines ->|........ suffix
//
// What follows the hole is worth less than what precedes it, so the suffix is cut first, from its
// far end and at line boundaries, down to kSuffixShare of the budget; then the prefix likewise. The
// hole's own line goes last: its part after the hole first, then the part before it, between two
// characters.
//
// Text is counted outwards from the hole in blocks and no further than the budget reaches, so a
// window of a file of 50 MB costs as much as one of 50 kB. Counts of blocks only estimate the count
// of the whole, so the window is counted once more as a whole, and cut further while it is over.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "kernels/base/result.h"

namespace fimd {

/// The two sides of a hole.
struct FimWindow {
  std::string_view prefix;
  std::string_view suffix;
};

/// Tokens of a text as it would count in a prompt; never more than its bytes.
using TokenCounter = std::function<Result<int64_t>(std::string_view text)>;

/// 1 / this of the budget is the suffix's even when the prefix could fill it all: a model that sees
/// nothing of what follows writes it a second time.
inline constexpr int64_t kSuffixShare = 8;

/// The window into `whole` (valid UTF-8) that has at most `budget_tokens` tokens.
/// Errors: those of `count_tokens`.
/// Cost: counts about three times the budget's worth of text.
Result<FimWindow> cut_fim_window(FimWindow whole,
                                 int64_t budget_tokens,
                                 const TokenCounter& count_tokens);

}  // namespace fimd
