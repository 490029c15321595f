// Fills a hole in a document: cuts the window, asks the model, returns the middle.
//
// The model sees LF line ends and the middle comes back in the document's own, so that replacing
// the hole's bytes with the middle is the whole edit.
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
  StopRules stop;
};

/// Streams the middle to `sink`, in the document's line ends, and returns it whole in `text`.
/// Errors: those of TextGenerator::generate(); kInvalidInput, `stop.max_tokens` leaves no room for
/// a prompt in the model's context.
Result<GenerationResult> fill(TextGenerator& generator,
                              const FillRequest& request,
                              const TextSink& sink,
                              std::stop_token stop);

}  // namespace fimd
