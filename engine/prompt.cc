#include "engine/prompt.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace fimd {
namespace {

size_t text_bytes(const GenerationRequest& request) {
  if (const auto* text = std::get_if<TextPrompt>(&request.prompt)) return text->text.size();
  const auto& hole = std::get<HolePrompt>(request.prompt);
  return hole.prefix.size() + hole.suffix.size();
}

/// Encodes the texts of one prompt.
class PromptBuilder {
 public:
  PromptBuilder(const Tokenizer& tokenizer, const PromptLimits& limits)
      : tokenizer_(tokenizer), limits_(limits), prompt_{.ids = tokenizer.prefix_ids()} {}

  [[nodiscard]] Status check_bytes(size_t size_bytes) const {
    const auto most = static_cast<size_t>(limits_.context_tokens) *
                      std::max<size_t>(tokenizer_.longest_token_bytes(), 1);
    if (size_bytes <= most) return {};
    return fail(ErrorCode::kInvalidInput,
                "the prompt has " + std::to_string(size_bytes) +
                    " bytes, more than any tokens fewer than the " +
                    std::to_string(limits_.context_tokens) + " of the context spell");
  }

  void add_marker(int32_t id) { prompt_.ids.push_back(id); }

  Status add(std::string_view text) {
    FIMD_TRY(const std::vector<int32_t> ids, encode(text));
    prompt_.ids.insert(prompt_.ids.end(), ids.begin(), ids.end());
    return {};
  }

  /// Adds the text before the completion; takes its unfinished end back where there is an index.
  Status add_healed(std::string_view text, const VocabularyIndex* index) {
    FIMD_TRY(std::vector<int32_t> ids, encode(text));
    if (index != nullptr) {
      TakenBack taken = take_back_unfinished(tokenizer_, text, ids);
      prompt_.forced = ForcedBytes(*index, std::move(taken.bytes));
      if (!prompt_.forced.empty()) ids.resize(ids.size() - taken.num_tokens);
    }
    prompt_.ids.insert(prompt_.ids.end(), ids.begin(), ids.end());
    return {};
  }

  /// Of a suffix behind the prefix. Without one nothing of the prompt is ever moved.
  void begin_suffix() { suffix_begin_ = num_tokens(); }

  Result<Prompt> take() {
    if (prompt_.ids.empty()) {
      return fail(ErrorCode::kInvalidInput, "the prompt is empty, expected at least one token");
    }
    if (num_tokens() >= limits_.context_tokens) return too_long(std::to_string(num_tokens()));
    prompt_.suffix_begin = suffix_begin_.value_or(num_tokens());
    return std::move(prompt_);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> too_long(const std::string& found) const {
    return fail(ErrorCode::kInvalidInput,
                "the prompt has " + found + " tokens, expected fewer than the " +
                    std::to_string(limits_.context_tokens) + " of the context");
  }

  [[nodiscard]] int64_t num_tokens() const { return std::ssize(prompt_.ids); }

  /// Given up as soon as the prompt cannot fit any more.
  Result<std::vector<int32_t>> encode(std::string_view text) {
    const auto room = static_cast<size_t>(std::max<int64_t>(
        limits_.context_tokens + static_cast<int64_t>(kMaxTakenBackTokens) - num_tokens(), 0));
    auto ids = tokenizer_.encode(
        text, SpecialTokens::kLiteral, {.stop = limits_.stop, .max_tokens = room});
    if (ids || ids.error().code != ErrorCode::kInvalidInput) return ids;
    return too_long("too many");
  }

  const Tokenizer& tokenizer_;
  const PromptLimits& limits_;
  Prompt prompt_;
  std::optional<int64_t> suffix_begin_;
};

Status add_hole(const HolePrompt& hole,
                const FimTokens& fim,
                const VocabularyIndex* index,
                PromptBuilder& builder) {
  const auto add_suffix = [&]() -> Status {
    builder.add_marker(fim.suffix);
    return builder.add(hole.suffix);
  };
  if (fim.format->suffix_first) FIMD_TRY_STATUS(add_suffix());
  builder.add_marker(fim.prefix);
  FIMD_TRY_STATUS(builder.add_healed(hole.prefix, fim.format->heals ? index : nullptr));
  if (!fim.format->suffix_first) {
    builder.begin_suffix();
    FIMD_TRY_STATUS(add_suffix());
  }
  if (fim.middle) builder.add_marker(*fim.middle);
  return {};
}

}  // namespace

Result<Prompt> build_prompt(const GenerationRequest& request,
                            const Tokenizer& tokenizer,
                            const VocabularyIndex* index,
                            const PromptLimits& limits) {
  if (!request.heal) index = nullptr;
  PromptBuilder builder(tokenizer, limits);
  const auto* hole = std::get_if<HolePrompt>(&request.prompt);
  const Result<FimTokens>& fim = tokenizer.fim_tokens();
  if (hole != nullptr && !fim) {
    return fail(ErrorCode::kUnsupported,
                "the model cannot fill in the middle: " + fim.error().message);
  }
  FIMD_TRY_STATUS(builder.check_bytes(text_bytes(request)));
  if (hole == nullptr) {
    FIMD_TRY_STATUS(builder.add_healed(std::get<TextPrompt>(request.prompt).text, index));
    return builder.take();
  }
  FIMD_TRY_STATUS(add_hole(*hole, *fim, index, builder));
  return builder.take();
}

}  // namespace fimd
