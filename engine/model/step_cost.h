// What a step must compute, from the configuration alone: the numerator of the share of the FMA
// peak that `fimd bench` reports of prefill.
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
/// in Model::forward(). Norms, softmax, rotations and the choice of experts, under 1 %, are not
/// counted, and neither is work that a schedule wastes.
int64_t step_multiply_adds(const ModelConfig& config, const StepShape& shape);

}  // namespace fimd
