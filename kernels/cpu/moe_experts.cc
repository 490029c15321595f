// SwiGLU networks over batches of tokens: each routed expert with the tokens that chose it, and the
// shared expert, or a dense layer's network, with all of them.
//
// Two parallel loops. The first makes the activations h = weight * silu(gate x) * (up x), a task
// being some rows of one network's gate and up. The second adds W_down h to the output, a task
// being some columns of the output and all networks one after the other; so no partial outputs are
// kept, and the order of the additions does not depend on the threads.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/moe_experts.cc"
#include <span>

#include "hwy/foreach_target.h"

#include "kernels/cpu/projection-inl.h"
#include "kernels/cpu/tasks.h"
#include "kernels/ops.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

constexpr int64_t kShared = -1;  // the shared expert's place before the routed ones

/// One network and its tokens, whose slots are [first_slot, first_slot + num_tokens).
struct Batch {
  const GatedMlp* mlp;
  int64_t expert;  ///< its index, or kShared
  int64_t first_slot;
  int64_t num_tokens;
};

/// A slot is a token of a batch. Arrays by slot, batch after batch.
struct Slots {
  const float** x;    ///< its input row
  float** activated;  ///< its h, as wide as the batch's network
  float** out;        ///< its output row
  float* weight;
};

/// Some rows of the gate and up of one batch, for some of its tokens.
struct ActivateTask {
  const Batch* batch;
  int64_t token;
  int64_t num_tokens;
  int64_t row;
  int64_t num_rows;
};

void check_shapes(const GatedMlp& mlp, int64_t hidden) {
  FIMD_CHECK(mlp.gate.columns == hidden && mlp.up.columns == hidden && mlp.down.rows == hidden);
  FIMD_CHECK(mlp.gate.rows == mlp.up.rows && mlp.down.columns == mlp.gate.rows);
}

/// A batch for the shared expert and for each expert that was chosen, those with more tokens first.
std::span<Batch> make_batches(const MoeExpertsArgs& args, Workspace::Scope& scope) {
  const int64_t num_tokens = args.x.shape[0];
  const int64_t num_experts = std::ssize(args.experts);
  Batch* batches = scope.take<Batch>(num_experts + 1);
  for (int64_t e = 0; e < num_experts; ++e) {
    batches[e] = {.mlp = &args.experts[e], .expert = e, .first_slot = 0, .num_tokens = 0};
  }
  for (int64_t t = 0; t < num_tokens; ++t) {
    for (int64_t k = 0; k < args.chosen.shape[1]; ++k) {
      const int32_t expert = args.chosen(t, k);
      FIMD_CHECK(expert >= 0 && expert < num_experts, expert, num_experts);
      ++batches[expert].num_tokens;
    }
  }
  const int64_t shared_tokens = args.shared.gate.empty() ? 0 : num_tokens;
  batches[num_experts] = {&args.shared, kShared, 0, shared_tokens};
  std::sort(batches, batches + num_experts + 1, [](const Batch& a, const Batch& b) {
    return a.num_tokens != b.num_tokens ? a.num_tokens > b.num_tokens : a.expert < b.expert;
  });
  int64_t num_batches = 0;
  int64_t num_slots = 0;
  while (num_batches <= num_experts && batches[num_batches].num_tokens > 0) {
    batches[num_batches].first_slot = num_slots;
    num_slots += batches[num_batches++].num_tokens;
  }
  return std::span(batches, num_batches);
}

/// Gives every token its slot in every batch that it belongs to.
Slots fill_slots(const MoeExpertsArgs& args,
                 TensorView<float, 2> out,
                 std::span<const Batch> batches,
                 Workspace::Scope& scope) {
  int64_t num_slots = 0;
  int64_t num_activated = 0;
  int64_t shared_slot = kShared;
  int64_t* next_slot = scope.take<int64_t>(std::ssize(args.experts));
  for (const Batch& batch : batches) {
    num_slots += batch.num_tokens;
    num_activated += batch.num_tokens * batch.mlp->gate.rows;
    (batch.expert == kShared ? shared_slot : next_slot[batch.expert]) = batch.first_slot;
  }
  const Slots slots = {
      .x = scope.take<const float*>(num_slots),
      .activated = scope.take<float*>(num_slots),
      .out = scope.take<float*>(num_slots),
      .weight = scope.take<float>(num_slots),
  };
  const auto fill = [&](int64_t slot, int64_t t, float weight) {
    slots.x[slot] = args.x.at(t);
    slots.out[slot] = out.at(t);
    slots.weight[slot] = weight;
  };
  for (int64_t t = 0; t < args.x.shape[0]; ++t) {
    for (int64_t k = 0; k < args.chosen.shape[1]; ++k) {
      fill(next_slot[args.chosen(t, k)]++, t, args.weights(t, k));
    }
    if (shared_slot != kShared) fill(shared_slot + t, t, 1.0F);
  }
  float* activated = scope.take<float>(num_activated);
  for (const Batch& batch : batches) {
    for (int64_t i = 0; i < batch.num_tokens; ++i) {
      slots.activated[batch.first_slot + i] = activated;
      activated += batch.mlp->gate.rows;
    }
  }
  return slots;
}

/// Cuts the batches' gates and ups into tasks.
std::span<const ActivateTask> make_tasks(std::span<const Batch> batches, Workspace::Scope& scope) {
  const auto for_each = [&](const auto& body) {
    for (const Batch& batch : batches) {
      const int64_t rows = batch.mlp->gate.rows;
      const int64_t step_rows =
          form_for(batch.num_tokens) == Form::kDot ? kTaskRows / 2 : kTaskRows;
      for (int64_t token = 0; token < batch.num_tokens; token += kTaskTokens) {
        for (int64_t row = 0; row < rows; row += step_rows) {
          body({&batch,
                token,
                std::min(kTaskTokens, batch.num_tokens - token),
                row,
                std::min(step_rows, rows - row)});
        }
      }
    }
  };
  int64_t num_tasks = 0;
  for_each([&](const ActivateTask&) { ++num_tasks; });
  auto* tasks = scope.take<ActivateTask>(num_tasks);
  int64_t next = 0;
  for_each([&](const ActivateTask& task) { tasks[next++] = task; });
  return std::span(tasks, num_tasks);
}

/// What a thread needs for a task: a panel, and the results of `up`.
struct Scratch {
  float* panel;
  float** up;  ///< [kTaskTokens] pointers to kTaskRows floats
};

void activate(const Slots& slots, const ActivateTask& task, const Scratch& scratch) {
  const GatedMlp& mlp = *task.batch->mlp;
  const Form form = form_for(task.batch->num_tokens);
  const int64_t slot = task.batch->first_slot + task.token;
  Projection projection = {
      .x = slots.x + slot,
      .out = slots.activated + slot,
      .out_column = task.row,
      .num_tokens = task.num_tokens,
      .w = Rows::of(mlp.gate).slice(task.row, task.num_rows),
      .accumulate = false,
  };
  project(projection, form, scratch.panel);
  projection.w = Rows::of(mlp.up).slice(task.row, task.num_rows);
  projection.out = scratch.up;
  projection.out_column = 0;
  project(projection, form, scratch.panel);
  for (int64_t t = 0; t < task.num_tokens; ++t) {
    float* gate = slots.activated[slot + t] + task.row;
    const FloatVec weight = hn::Set(Floats(), slots.weight[slot + t]);
    for (int64_t n = 0; n < task.num_rows; n += kLanes) {
      const int64_t rest = task.num_rows - n;
      const FloatVec up = hn::LoadU(Floats(), scratch.up[t] + n);  // kTaskRows wide: whole vectors
      const FloatVec product = hn::Mul(silu(load_up_to(gate + n, rest)), up);
      store_up_to(hn::Mul(weight, product), gate + n, rest);
    }
  }
}

/// Adds all networks' outputs at columns [row, row + num_rows).
void add_down(const Slots& slots,
              std::span<const Batch> batches,
              int64_t row,
              int64_t num_rows,
              float* panel) {
  for (const Batch& batch : batches) {
    for (int64_t token = 0; token < batch.num_tokens; token += kTaskTokens) {
      const int64_t slot = batch.first_slot + token;
      const Projection projection = {
          .x = slots.activated + slot,
          .out = slots.out + slot,
          .out_column = row,
          .num_tokens = std::min(kTaskTokens, batch.num_tokens - token),
          .w = Rows::of(batch.mlp->down).slice(row, num_rows),
          .accumulate = true,
      };
      project(projection, form_for(batch.num_tokens), panel);
    }
  }
}

}  // namespace

void moe_experts(const MoeExpertsArgs& args, TensorView<float, 2> out, Exec& exec) {
  const int64_t num_tokens = args.x.shape[0];
  const int64_t hidden = args.x.shape[1];
  FIMD_CHECK(out.shape == args.x.shape && args.chosen.shape == args.weights.shape);
  FIMD_CHECK(args.chosen.shape[0] == num_tokens);
  for (const GatedMlp& expert : args.experts) check_shapes(expert, hidden);
  if (!args.shared.gate.empty()) check_shapes(args.shared, hidden);

  Workspace::Scope scope(exec.workspace);
  const std::span<const Batch> batches = make_batches(args, scope);
  const Slots slots = fill_slots(args, out, batches, scope);
  const std::span<const ActivateTask> tasks = make_tasks(batches, scope);
  int64_t macs = 0;  // of `down`; the activations are twice as many
  for (const Batch& batch : batches) macs += batch.num_tokens * batch.mlp->down.columns;
  macs *= hidden;

  const int num_threads = exec.pool.num_threads();
  float* panels = scope.take<float>(num_threads * kPanelFloats);
  const auto up = scope.tensor<2>({num_threads * kTaskTokens, kTaskRows});
  float** up_rows = row_pointers(scope, up);
  parallel_tasks(exec, std::ssize(tasks), 2 * macs, [&](int64_t index, int thread) {
    activate(slots, tasks[index], {panels + thread * kPanelFloats, up_rows + thread * kTaskTokens});
  });
  const int64_t task_rows = rows_per_task(hidden, num_threads);
  parallel_tasks(exec, divide_up(hidden, task_rows), macs, [&](int64_t index, int thread) {
    const int64_t row = index * task_rows;
    float* panel = panels + thread * kPanelFloats;
    add_down(slots, batches, row, std::min(task_rows, hidden - row), panel);
  });
}

void gated_mlp(const GatedMlpArgs& args, TensorView<float, 2> out, Exec& exec) {
  MoeExpertsArgs alone = {.x = args.x, .shared = args.mlp};
  alone.chosen.shape = {args.x.shape[0], 0};
  alone.weights.shape = {args.x.shape[0], 0};
  moe_experts(alone, out, exec);
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace fimd::cpu {

HWY_EXPORT(gated_mlp);
HWY_EXPORT(moe_experts);

void gated_mlp(const GatedMlpArgs& args, TensorView<float, 2> out, Exec& exec) {
  HWY_DYNAMIC_DISPATCH(gated_mlp)(args, out, exec);
}

void moe_experts(const MoeExpertsArgs& args, TensorView<float, 2> out, Exec& exec) {
  HWY_DYNAMIC_DISPATCH(moe_experts)(args, out, exec);
}

}  // namespace fimd::cpu

#endif  // HWY_ONCE
