// What a prompt shows of other places: the text before the prefix.
//
// A prompt reads like one long file: chunks of other files, each under a comment with its path, the
// most useful last, then what of the own file the prefix does not reach (imports, the signatures of
// what encloses the cursor), then the own path, then the prefix. Equal requests give equal bytes,
// and small changes of the cursor's surroundings leave the order as it was, so that what was
// computed stays valid. rank.h says which chunks are useful.
//
// The own path is worth most, then the innermost signature, the ones around it, the imports, and
// the chunks last: that is the order in which the budget is spent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "completion/fim_window.h"
#include "completion/site.h"

namespace fimd {

/// Of those that are given, the most recent count.
inline constexpr size_t kMaxNeighbours = 20;

/// A document other than the one that is completed. Whoever makes one leaves out ignored files
/// (ignore.h); those with a secret file's name (secrets.h) are passed over here too.
struct Neighbour {
  std::string path;  ///< relative to the workspace, with slashes
  const Language* language = nullptr;
  std::shared_ptr<const std::string> text;
  int64_t recency = 0;  ///< of its last edit or visit: a counter, larger is later; not a time
  std::vector<ByteRange> edited;  ///< where it was edited last, newest first; may be empty
  bool is_cell = false;           ///< of the notebook whose cell is completed, so of its path too
};

/// Requests share it, so it never changes. Null: nobody has looked.
using Neighbours = std::shared_ptr<const std::vector<Neighbour>>;

struct ContextRequest {
  Site site;
  std::string path;  ///< of the own file, as Neighbour::path
  FimWindow window;  ///< the views into site.view.text that the prompt shows
  std::vector<Neighbour> neighbours;
  int64_t budget_tokens = 0;
};

struct PromptContext {
  std::string text;        ///< LF line ends, ending in one unless it is empty
  int64_t num_tokens = 0;  ///< the sum over its parts (fim_window.h)
};

/// What to put before the prefix: at most `budget_tokens` tokens, by sums. Secrets in it are masked
/// (secrets.h); masking the window is the caller's.
/// Errors: those of count_pieces().
/// Cost: some 4 ms for 20 neighbours of 20 kB; one call of `count_tokens` at most, with the parts
/// that have no more than kMaxBytesPerToken bytes for each token of the budget.
Result<PromptContext> build_context(const ContextRequest& request,
                                    const TokenCounter& count_tokens);

}  // namespace fimd
