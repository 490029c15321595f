// A TextGenerator that answers from a script and remembers what it was asked.
//
// A token is a word with the spaces before it, a punctuation character, or a line feed: near
// enough to a real vocabulary for budgets, and countable by hand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/text_generator.h"
#include "kernels/base/ascii.h"

namespace fimd {

/// The tokens of `text` in the fake's vocabulary.
inline int64_t count_fake_tokens(std::string_view text) {
  const auto is_word = [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || !is_ascii(c);
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

inline Result<std::vector<int32_t>> count_fake_pieces(std::span<const std::string_view> pieces) {
  std::vector<int32_t> counts;
  counts.reserve(pieces.size());
  for (const std::string_view piece : pieces) {
    counts.push_back(static_cast<int32_t>(count_fake_tokens(piece)));
  }
  return counts;
}

/// The text before the hole, or before the answer.
inline std::string prefix_of(const GenerationRequest& request) {
  const auto* text = std::get_if<TextPrompt>(&request.prompt);
  return text != nullptr ? text->text : std::get<HolePrompt>(request.prompt).prefix;
}

/// The text behind the hole; empty without one.
inline std::string suffix_of(const GenerationRequest& request) {
  const auto* hole = std::get_if<HolePrompt>(&request.prompt);
  return hole != nullptr ? hole->suffix : "";
}

/// Thread: compatible.
class FakeGenerator final : public TextGenerator {
 public:
  /// Answers with `pieces`, one a step, as many as there may be tokens.
  explicit FakeGenerator(std::vector<std::string> pieces, int64_t context_tokens = 1000)
      : pieces_(std::move(pieces)),
        info_({.model = "fake",
               .context_tokens = context_tokens,
               .overhead_tokens = 4,
               .fills_holes = true}) {}

  /// What its card names.
  void set_languages(std::vector<std::string> languages) { info_.languages = std::move(languages); }

  Result<GeneratorInfo> info(std::stop_token stop) override {
    ++num_infos_;
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "cancelled");
    if (info_error_) return tl::unexpected(*info_error_);
    return info_;
  }

  Result<GenerationResult> generate(const GenerationRequest& request,
                                    const TextSink& sink,
                                    std::stop_token stop) override {
    requests_.push_back(request);
    GenerationResult result = {
        .prompt_tokens =
            count_fake_tokens(prefix_of(request)) + count_fake_tokens(suffix_of(request)),
        .drift_tokens = std::min<int64_t>(drift_tokens_, request.max_drift_tokens)};
    for (const std::string& piece : pieces_) {
      if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "cancelled");
      if (result.completion_tokens == request.stop.max_tokens) {
        result.finish_reason = FinishReason::kLength;
        break;
      }
      ++result.completion_tokens;
      result.text += piece;
      if (sink && !sink(piece)) break;
    }
    return result;
  }

  Result<std::vector<int32_t>> count_tokens(std::span<const std::string_view> pieces,
                                            std::stop_token stop) override {
    ++num_counts_;
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "cancelled");
    return count_fake_pieces(pieces);
  }

  /// From now on the rows of a prompt drift so far, where the request allows it.
  void set_drift(int64_t tokens) { drift_tokens_ = tokens; }

  /// From now on info() fails.
  void break_info(Error error) { info_error_ = std::move(error); }

  [[nodiscard]] const std::vector<GenerationRequest>& requests() const { return requests_; }

  /// Calls of count_tokens().
  [[nodiscard]] int num_counts() const { return num_counts_; }

  /// Calls of info().
  [[nodiscard]] int num_infos() const { return num_infos_; }

 private:
  std::vector<std::string> pieces_;
  GeneratorInfo info_;
  std::optional<Error> info_error_;
  int64_t drift_tokens_ = 0;
  std::vector<GenerationRequest> requests_;
  int num_counts_ = 0;
  int num_infos_ = 0;
};

}  // namespace fimd
