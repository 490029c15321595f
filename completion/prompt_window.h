// Prompts that stay what they are, but for what the user typed.
//
//   context | ... window's beginning ... ^ ... window's end ... |    ^ the hole, at the cursor
//
// The hole is where the cursor is, as in what models were trained on. What is frozen is the window:
// where in the document the prompt begins, where it ends, and the context before it. A window
// follows its document: typing, deleting, an edit below the cursor and one above the window leave
// it where it is in the text. So two prompts in a row differ in what was edited and in where the
// hole is, and an engine that keeps rows computes little more than that (docs/completion.md).
//
// A new window is built when
// - an edit straddles one of its ends, or the cursor has left it or come too near to an end;
// - its budget is spent: a counted window grows by at most as many tokens as bytes are inserted. It
//   is counted again then, and goes on if 1 / kReserveShare of the budget is free;
// - another document was edited or visited since, and the user is elsewhere now or idle: its
//   context may be another.
// It begins where the old one did, if the budget allows and the cursor is behind that, so that an
// engine keeps the beginning; else 1 / kSlackShare of the budget stays free for what is typed next.
//
// Secrets are masked before anything is cut off, so one that an end of the window or the cursor
// splits is masked as a whole.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "completion/context/context.h"
#include "completion/document.h"
#include "engine/text_generator.h"

namespace fimd {

/// 1 / this of the budget is for other files and what the window does not reach.
inline constexpr int64_t kContextShare = 4;
/// A window that was cut leaves 1 / this of its budget free: a few hundred keys.
inline constexpr int64_t kSlackShare = 4;
/// A window that goes on, or shows its whole document, leaves at least 1 / this free.
inline constexpr int64_t kReserveShare = 8;
/// In idle time a window with less than 1 / this free is counted, so that no key waits for it.
inline constexpr int64_t kIdleReserveShare = 16;
/// Of documents; the one that was not asked for the longest goes. Each keeps one text.
inline constexpr size_t kMaxPromptWindows = 16;

struct WindowRequest {
  const DocumentSnapshot& document;
  Site site;
  const std::vector<Neighbour>& neighbours;
  int64_t budget_tokens = 0;  ///< of the whole prompt, by sums (fim_window.h)
  bool renews = false;        ///< in idle time: builds anew what soon would have to be
};

/// A window and the text that it is of.
struct FrozenWindow;

struct WindowPrompt {
  HolePrompt prompt;       ///< LF line ends
  bool continues = false;  ///< the request before it in this document: see continues_typing()
  bool is_new = false;     ///< window or context are not those of the request before it
  std::shared_ptr<const FrozenWindow> window;
  uint64_t sequence = 0;  ///< of the request; later ones have larger numbers
};

/// One window per document. Thread: safe; no lock is held while tokens are counted.
class PromptWindows {
 public:
  /// The prompt, which keep() makes the one that the next request goes on from.
  /// Errors: those of build_context().
  /// Cost: compares the text with the last one, masks and copies the window; at most two calls of
  /// `count_tokens` for a new window, one to count a window again, else none.
  Result<WindowPrompt> prompt_for(const WindowRequest& request, const TokenCounter& count_tokens);

  /// For idle time: whether the document has a window that is good for the next keys too, so that
  /// prompt_for() with `renews` and the same budget would only move it along. It then is kept for
  /// this text.
  /// Cost: compares the text with the last one, and masks the window.
  bool follow(const DocumentSnapshot& document,
              const Site& site,
              const std::vector<Neighbour>& neighbours);

  /// Does nothing where a later request was kept meanwhile.
  void keep(const std::string& uri, const WindowPrompt& prompt);

  void forget(const std::string& uri);

  [[nodiscard]] bool contains(const std::string& uri) const;

  /// Whether the rows that an engine has of the document's last prompt are inexact
  /// (GenerationResult::drift_tokens). False for a document without a window.
  [[nodiscard]] bool has_drifted(const std::string& uri) const;
  void set_drifted(const std::string& uri, bool drifted);

 private:
  struct Entry {
    std::shared_ptr<const FrozenWindow> window;
    uint64_t sequence = 0;
    bool drifted = false;
  };

  /// Numbers `prompt` and returns the window to go on from, or null.
  std::shared_ptr<const FrozenWindow> begin(const std::string& uri, WindowPrompt& prompt);

  mutable std::mutex mutex_;
  uint64_t last_sequence_ = 0;
  std::map<std::string, Entry> entries_;  ///< by URI
};

}  // namespace fimd
