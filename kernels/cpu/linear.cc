#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/linear.cc"
#include "hwy/foreach_target.h"

#include "kernels/cpu/projection-inl.h"
#include "kernels/cpu/tasks.h"
#include "kernels/ops.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

/// The product is then added to what stands in the part's output.
void begin_with_bias(const LinearArgs& args, const Projection& part) {
  const float* bias = args.bias.data() + part.out_column;
  for (int64_t t = 0; t < part.num_tokens; ++t) {
    float* out = part.out[t] + part.out_column;
    for (int64_t n = 0; n < part.w.rows; ++n) out[n] = args.accumulate ? out[n] + bias[n] : bias[n];
  }
}

}  // namespace

void linear(const LinearArgs& args, TensorView<float, 2> out, Exec& exec) {
  const int64_t num_tokens = args.x.shape[0];
  const MatrixView& weight = args.weight;
  FIMD_CHECK(args.x.shape[1] == weight.columns, args.x.shape[1], weight.columns);
  FIMD_CHECK(out.shape[0] == num_tokens && out.shape[1] == weight.rows, out.shape[1], weight.rows);
  FIMD_CHECK(args.bias.empty() || std::ssize(args.bias) == weight.rows, args.bias.size());

  const Form form = form_for(num_tokens);
  const int num_threads = exec.pool.num_threads();
  const int64_t task_rows =
      form == Form::kDot ? rows_per_task(weight.rows, num_threads) : kTaskRows;
  const int64_t task_tokens = form == Form::kDot ? std::max<int64_t>(num_tokens, 1) : kTaskTokens;
  const int64_t row_tasks = divide_up(weight.rows, task_rows);
  const int64_t token_tasks = divide_up(num_tokens, task_tokens);

  Workspace::Scope scope(exec.workspace);
  const float* const* x = row_pointers(scope, args.x);
  float* const* y = row_pointers(scope, out);
  float* panels = scope.take<float>(num_threads * kPanelFloats);
  const int64_t macs = num_tokens * weight.rows * weight.columns;
  parallel_tasks(exec, row_tasks * token_tasks, macs, [&](int64_t task, int thread) {
    const int64_t row = task / token_tasks * task_rows;
    const int64_t token = task % token_tasks * task_tokens;
    const Projection part = {
        .x = x + token,
        .out = y + token,
        .out_column = row,
        .num_tokens = std::min(task_tokens, num_tokens - token),
        .w = Rows::of(weight).slice(row, std::min(task_rows, weight.rows - row)),
        .accumulate = args.accumulate || !args.bias.empty(),
    };
    if (!args.bias.empty()) begin_with_bias(args, part);
    project(part, form, panels + thread * kPanelFloats);
  });
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace fimd::cpu {

HWY_EXPORT(linear);

void linear(const LinearArgs& args, TensorView<float, 2> out, Exec& exec) {
  HWY_DYNAMIC_DISPATCH(linear)(args, out, exec);
}

}  // namespace fimd::cpu

#endif  // HWY_ONCE
