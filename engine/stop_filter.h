// Applies stop strings and the line limit to a stream of text.
//
// A stop string may come in pieces, so text that could still become the beginning of one is held
// back until it cannot: what was released never has to be taken back.
#pragma once

#include <string>
#include <string_view>

#include "engine/text_generator.h"

namespace fimd {

/// Thread: compatible. `rules` must outlive the filter.
class StopFilter {
 public:
  explicit StopFilter(const StopRules& rules) : rules_(rules) {}

  /// Adds `text` and returns what is released by it. After stopped() turns true, nothing more is.
  std::string push(std::string_view text);

  /// What is still held back when the stream ends by itself.
  std::string finish();

  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  /// The position in pending_ of the first stop, or npos.
  [[nodiscard]] size_t find_stop() const;

  /// The length of the longest end of pending_ that begins a stop string.
  [[nodiscard]] size_t held_back() const;

  const StopRules& rules_;
  std::string pending_;
  int32_t line_feeds_ = 0;  ///< released so far
  bool stopped_ = false;
};

}  // namespace fimd
