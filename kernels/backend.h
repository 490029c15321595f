// A backend is a name and a table of operations (ops.h). Adding one adds a folder and a column
// in backend.cc.
//
//   reference   the equations in plain loops with double accumulators: the truth of the tests
//   cpu         vectors and tiles; the instruction set is chosen at run time
#pragma once

#include <span>
#include <string_view>

#include "kernels/ops.h"

namespace fimd {

struct Backend {
  std::string_view name;
  EmbedFn* embed;
  RmsNormFn* rms_norm;
  LinearFn* linear;
  RopeFn* rope;
  MoveKvFn* move_kv;
  MlaAttentionFn* mla_attention;
  GqaAttentionFn* gqa_attention;
  MoeRouteFn* moe_route;
  GatedMlpFn* gated_mlp;
  MoeExpertsFn* moe_experts;
};

/// All backends of this build, the slowest first.
std::span<const Backend> backends();

/// The backend called `name`, or null.
const Backend* find_backend(std::string_view name);

/// The last and fastest of backends(). The machine is not asked: each runs on all.
const Backend& best_backend();

}  // namespace fimd
