// Suggestions that were made, found again while the user types along.
//
//   suggested:  self.it|ems.append(item)     typed "ems.app":  self.items.app|end(item)
//
// A suggestion stays good while the text before the cursor is what preceded it and a beginning of
// it, and the text after the cursor is what followed it: through typing, deleting back to where it
// began, and accepting a part. Closers that the editor types ahead, or that the user types over,
// are part of what the rest replaces.
//
// Thread: safe.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "completion/completion.h"

namespace fimd {

class SuggestionCache {
 public:
  /// How much of a suggestion there is: kCut, as much as was written in time.
  enum class Extent { kWhole, kCut };

  /// Remembers what was suggested at `cursor` of `text`.
  void store(std::string_view uri,
             std::string_view text,
             ByteOffset cursor,
             const Completion& completion,
             Extent extent);

  /// What is left of the newest suggestion that the user is typing along with; with kWhole, of
  /// those that were not cut.
  [[nodiscard]] std::optional<Completion> find(std::string_view uri,
                                               std::string_view text,
                                               ByteOffset cursor,
                                               Extent least) const;

 private:
  struct Entry {
    std::string uri;
    size_t start = 0;
    std::string before;   ///< what precedes `start`, up to kContextBytes
    std::string text;     ///< the suggestion
    std::string covered;  ///< what it replaces
    std::string after;    ///< what follows, up to kContextBytes
    bool at_end = false;  ///< nothing follows that
    Extent extent = Extent::kWhole;
  };

  static std::optional<Completion> rest_of(const Entry& entry,
                                           std::string_view text,
                                           size_t cursor);

  mutable std::mutex mutex_;
  std::deque<Entry> entries_;  ///< newest first
};

}  // namespace fimd
