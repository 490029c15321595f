// Prompts whose beginning stays what it is while the user types.
//
//   BOS begin  context P  hole  S  end  T          P | T ^ S in the document
//              frozen           frozen  typed      anchor at |, cursor at ^
//
// P ends at an anchor: where the text begins of the line in which a run of typing began, behind its
// indentation. What stands between the anchor and the cursor begins the middle. Everything up to
// `end` stays byte-equal from key to key, so an engine that keeps its last sequences computes only
// T's few tokens: exactly what it would compute from nothing.
//
// An anchor holds while P and S are what the document has around the cursor and T is short. A new
// one keeps the beginning of the old one's window if the budget allows, so that P too only grows.
//
// Source: EFIM, arXiv:2505.21889, without its retraining: the middle begins at a clean boundary,
// and token healing mends its end. Behind the indentation, because a middle that begins with one is
// rare in training: the bundled model then repeats lines.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "completion/context/context.h"
#include "completion/document.h"

namespace fimd {

/// T beyond this moves the anchor: a prompt should not grow for ever.
inline constexpr size_t kMaxTypedBytes = 1024;

struct AnchoredPrompt {
  std::string prompt;  ///< context and P, LF line ends
  std::string suffix;  ///< S
  std::string middle;  ///< T
};

struct PromptRequest {
  const DocumentSnapshot& document;
  Site site;
  const std::vector<Neighbour>& neighbours;
  int64_t budget_tokens = 0;                ///< of context, P and S together
  size_t max_typed_bytes = kMaxTypedBytes;  ///< of T, whose tokens are beyond the budget
  /// Not for texts that may never be the document's: the anchor is used, but a new one forgotten.
  bool keep = true;
};

/// One anchor per document. Thread: safe.
class AnchorBook {
 public:
  /// Errors: those of `count_tokens`.
  Result<AnchoredPrompt> prompt_for(const PromptRequest& request, const TokenCounter& count_tokens);

  /// The next request moves the anchor.
  void expire(const std::string& uri);

  void forget(const std::string& uri);

  /// Whether T is so long that moving the anchor in idle time saves a wait later.
  [[nodiscard]] bool is_worn(const std::string& uri, ByteOffset cursor) const;

 private:
  struct Anchor {
    size_t window_begin = 0;
    size_t offset = 0;    ///< where P ends
    std::string prefix;   ///< the document's bytes of P
    std::string suffix;   ///< the document's bytes of S
    bool to_end = false;  ///< S is all that follows
    bool expired = false;
    AnchoredPrompt frozen;  ///< without T
  };

  static bool holds(const Anchor& anchor, const PromptRequest& request);
  static Result<Anchor> make(const PromptRequest& request,
                             const Anchor* previous,
                             const TokenCounter& count_tokens);

  mutable std::mutex mutex_;
  std::map<std::string, Anchor> anchors_;  ///< by URI
};

}  // namespace fimd
