#include "kernels/backend.h"

#include <array>

namespace fimd {

// Each column is declared from the function types of ops.h, so a wrong signature does not link.
#define FIMD_DECLARE_COLUMN(column)    \
  namespace column {                   \
  extern EmbedFn embed;                \
  extern RmsNormFn rms_norm;           \
  extern LinearFn linear;              \
  extern RopeFn rope;                  \
  extern MoveKvFn move_kv;             \
  extern MlaAttentionFn mla_attention; \
  extern GqaAttentionFn gqa_attention; \
  extern MoeRouteFn moe_route;         \
  extern GatedMlpFn gated_mlp;         \
  extern MoeExpertsFn moe_experts;     \
  }  // namespace column

FIMD_DECLARE_COLUMN(reference)
FIMD_DECLARE_COLUMN(cpu)

#define FIMD_COLUMN(column)                                                         \
  Backend {                                                                         \
    .name = #column, .embed = column::embed, .rms_norm = column::rms_norm,          \
    .linear = column::linear, .rope = column::rope, .move_kv = column::move_kv,     \
    .mla_attention = column::mla_attention, .gqa_attention = column::gqa_attention, \
    .moe_route = column::moe_route, .gated_mlp = column::gated_mlp,                 \
    .moe_experts = column::moe_experts,                                             \
  }

std::span<const Backend> backends() {
  static const std::array kBackends = {FIMD_COLUMN(reference), FIMD_COLUMN(cpu)};
  return kBackends;
}

const Backend* find_backend(std::string_view name) {
  for (const Backend& backend : backends()) {
    if (backend.name == name) return &backend;
  }
  return nullptr;
}

const Backend& best_backend() {
  return backends().back();
}

}  // namespace fimd
