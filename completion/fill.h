// Fills a hole in a document: one completion, asked for, outside of any editor.
//
// The model sees LF line ends and the middle comes back in the document's own, so that replacing
// the range's bytes with the middle is the whole edit. A hole of whole lines stays one: a line end
// that ends the hole ends the middle too, and the model is asked only for what comes before it.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "completion/text_document.h"
#include "engine/text_generator.h"
#include "kernels/base/result.h"

namespace fimd {

struct FillRequest {
  const TextDocument& document;
  ByteRange hole;  ///< what the middle replaces; empty for a cursor
  SamplingParams sampling;
  int32_t max_tokens = 128;
  int32_t max_lines = 0;  ///< 0: as many as the hole's scope has
};

struct FillResult {
  std::string middle;  ///< in the document's line ends
  ByteRange replaced;  ///< the hole, and what of its line's rest the middle has too
  FinishReason finish_reason = FinishReason::kStop;
  int64_t prompt_tokens = 0;
  int64_t completion_tokens = 0;
};

/// Errors: those of Completer::complete(); kNotFound, the model suggests nothing that fits.
Result<FillResult> fill(TextGenerator& generator,
                        const FillRequest& request,
                        const std::stop_token& stop);

}  // namespace fimd
