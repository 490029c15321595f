#include "engine/prompt.h"

#include <utility>

namespace fimd {
namespace {

void append(std::vector<int32_t>& ids, const std::vector<int32_t>& more) {
  ids.insert(ids.end(), more.begin(), more.end());
}

void append_middle(std::string_view middle,
                   const Tokenizer& tokenizer,
                   const VocabularyIndex* index,
                   Prompt& prompt) {
  std::vector<int32_t> ids = tokenizer.encode(middle, SpecialTokens::kLiteral);
  if (index != nullptr) {
    TakenBack taken = take_back_unfinished(tokenizer, middle, ids);
    prompt.forced = ForcedBytes(*index, std::move(taken.bytes));
    if (!prompt.forced.empty()) ids.resize(ids.size() - taken.num_tokens);
  }
  append(prompt.ids, ids);
}

}  // namespace

Result<Prompt> build_prompt(const GenerationRequest& request,
                            const Tokenizer& tokenizer,
                            const VocabularyIndex* index) {
  Prompt prompt = {.ids = tokenizer.prefix_ids(), .forced = {}};
  if (!request.suffix) {
    if (!request.middle.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  "the request has a middle but no suffix, expected both or no middle");
    }
    append(prompt.ids, tokenizer.encode(request.prompt, SpecialTokens::kLiteral));
    if (!prompt.ids.empty()) return prompt;
    return fail(ErrorCode::kInvalidInput, "the prompt is empty, expected at least one token");
  }
  const std::optional<FimTokens> fim = tokenizer.fim_tokens();
  if (!fim) {
    return fail(ErrorCode::kUnsupported,
                "the model cannot fill in the middle: its tokenizer has no fim_begin, fim_hole and "
                "fim_end tokens");
  }
  prompt.ids.push_back(fim->begin);
  append(prompt.ids, tokenizer.encode(request.prompt, SpecialTokens::kLiteral));
  prompt.ids.push_back(fim->hole);
  append(prompt.ids, tokenizer.encode(*request.suffix, SpecialTokens::kLiteral));
  prompt.ids.push_back(fim->end);
  if (!request.middle.empty()) append_middle(request.middle, tokenizer, index, prompt);
  return prompt;
}

}  // namespace fimd
