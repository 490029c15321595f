// A request as the model reads it.
//
//   completion           BOS prompt
//   fill in the middle   BOS fim_begin prompt fim_hole suffix fim_end middle
//
// Each text is encoded on its own, so that none changes the tokens of another: while the middle
// grows, everything up to `fim_end` stays what it was, and so do the middle's earlier words.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/text_generator.h"
#include "engine/token_healing.h"

namespace fimd {

struct Prompt {
  std::vector<int32_t> ids;
  ForcedBytes forced;  ///< what was taken back of the middle's end
};

/// `index` is of `tokenizer`, and must outlive the result; without one nothing is taken back.
/// Errors: kInvalidInput, a middle without a suffix, or no token at all; kUnsupported, the
/// tokenizer lacks the markers.
Result<Prompt> build_prompt(const GenerationRequest& request,
                            const Tokenizer& tokenizer,
                            const VocabularyIndex* index);

}  // namespace fimd
