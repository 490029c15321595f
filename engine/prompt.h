// A request as the model reads it.
//
//   text   BOS text
//   hole   BOS PREFIX prefix SUFFIX suffix MIDDLE, or
//          BOS SUFFIX suffix PREFIX prefix MIDDLE: as the vocabulary's format says (fim_formats.h)
//
// Each text is encoded on its own, so that none changes the tokens of another: while the prefix
// grows at its end, its earlier words and the whole suffix keep their tokens. Where the suffix
// comes first, all that precedes what is typed is then a common beginning, whose rows are exact;
// another suffix makes all of the prompt new.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/text_generator.h"
#include "engine/token_healing.h"

namespace fimd {

struct Prompt {
  std::vector<int32_t> ids;
  int64_t suffix_begin = 0;  ///< where SUFFIX is behind the prefix; else ids.size()
  ForcedBytes forced;        ///< what was taken back of the end of the text before the completion
};

/// How many tokens a prompt may have, and when its encoding is given up.
struct PromptLimits {
  int64_t context_tokens = 0;  ///< the prompt has fewer
  std::stop_token stop;
};

/// `index` is of `tokenizer`, and must outlive the result; it is used by requests that heal.
/// Errors: kInvalidInput, no token at all, or too many for the context, which is told by the bytes
/// alone where they are more than any tokens spell; kUnsupported, the tokenizer lacks the markers;
/// kCancelled.
Result<Prompt> build_prompt(const GenerationRequest& request,
                            const Tokenizer& tokenizer,
                            const VocabularyIndex* index,
                            const PromptLimits& limits);

}  // namespace fimd
