// A TextGenerator that answers from a script and remembers what it was asked.
//
// A token is a word with the spaces before it, a punctuation character, or a line feed: near
// enough to a real vocabulary for budgets, and countable by hand.
#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/text_generator.h"

namespace fimd {

/// The tokens of `text` in the fake's vocabulary.
inline int64_t count_fake_tokens(std::string_view text) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80;
  };
  int64_t count = 0;
  size_t offset = 0;
  while (offset < text.size()) {
    while (offset + 1 < text.size() && text[offset] == ' ') ++offset;
    ++count;
    if (!is_word(text[offset++])) continue;
    while (offset < text.size() && is_word(text[offset])) ++offset;
  }
  return count;
}

class FakeGenerator final : public TextGenerator {
 public:
  /// Answers with `pieces`, one a step.
  explicit FakeGenerator(std::vector<std::string> pieces, int64_t context_tokens = 1000)
      : pieces_(std::move(pieces)), context_tokens_(context_tokens) {}

  Result<GenerationResult> generate(const GenerationRequest& request,
                                    const TextSink& sink,
                                    std::stop_token stop) override {
    requests_.push_back(request);
    GenerationResult result = {.prompt_tokens = count_fake_tokens(request.prompt) +
                                                count_fake_tokens(request.suffix.value_or(""))};
    for (const std::string& piece : pieces_) {
      if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "cancelled");
      ++result.completion_tokens;
      result.text += piece;
      if (sink && !sink(piece)) break;
    }
    return result;
  }

  Result<int64_t> count_tokens(std::string_view text) override {
    counted_bytes_ += static_cast<int64_t>(text.size());
    return count_fake_tokens(text);
  }

  [[nodiscard]] int64_t context_tokens() const override { return context_tokens_; }

  [[nodiscard]] int64_t prompt_overhead_tokens() const override { return 4; }

  [[nodiscard]] const std::vector<GenerationRequest>& requests() const { return requests_; }

  /// All text that count_tokens() was given.
  [[nodiscard]] int64_t counted_bytes() const { return counted_bytes_; }

 private:
  std::vector<std::string> pieces_;
  int64_t context_tokens_;
  std::vector<GenerationRequest> requests_;
  int64_t counted_bytes_ = 0;
};

}  // namespace fimd
