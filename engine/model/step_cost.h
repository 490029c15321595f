// What a step must compute and read, from the configuration alone: the numerator of every "share
// of the machine's peak" that a benchmark reports.
#pragma once

#include <cstdint>

#include "engine/model_config.h"

namespace fimd {

struct StepShape {
  int64_t num_tokens;      ///< T
  int64_t context_tokens;  ///< cached before the step, plus T
  int64_t num_logits;      ///< rows of logits, at most T
};

/// Multiply-adds of the matrix products and of attention (causal pairs only, the cheaper MLA form)
/// in Model::forward(). Norms, softmax, rotations and routing, under 1 %, are not counted, and
/// neither is work that a schedule wastes.
int64_t step_multiply_adds(const ModelConfig& config, const StepShape& shape);

}  // namespace fimd
