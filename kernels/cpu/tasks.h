// How the CPU's operations cut their work into tasks and hand it to the pool.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/ops.h"

namespace fimd::cpu {

constexpr int64_t divide_up(int64_t value, int64_t divisor) {
  return (value + divisor - 1) / divisor;
}

/// Multiply-adds below which a loop runs on the caller alone: about 2 us of them, which is what
/// another thread's help costs (a claim, and the caches that change hands).
inline constexpr int64_t kInlineMacs = int64_t{32} * 1024;

/// Multiply-adds that are worth a claim of their own: threads that contend for it pay some 100 ns.
inline constexpr int64_t kClaimMacs = int64_t{8} * 1024;

/// body(index, thread) for [0, count): on the pool, small indices several at a time, or inline when
/// all of it is too little work.
template <typename Body>
void parallel_tasks(Exec& exec, int64_t count, int64_t total_macs, Body&& body) {
  if (total_macs < kInlineMacs) {
    for (int64_t index = 0; index < count; ++index) body(index, 0);
    return;
  }
  const int64_t fair = divide_up(count, int64_t{4} * exec.pool.num_threads());
  const int64_t together = std::clamp<int64_t>(count * kClaimMacs / total_macs, 1, fair);
  exec.pool.parallel_for(divide_up(count, together), [&](int64_t group, int thread) {
    const int64_t end = std::min(count, (group + 1) * together);
    for (int64_t index = group * together; index < end; ++index) body(index, thread);
  });
}

/// Rows of a weight matrix in one task: some four tasks per thread, so that a thread that comes
/// late or is taken away costs little, in units of a cache line of outputs.
constexpr int64_t rows_per_task(int64_t rows, int num_threads) {
  constexpr int64_t kLine = 16;
  return std::clamp<int64_t>(rows / (4 * int64_t{num_threads}) / kLine * kLine, kLine, 4 * kLine);
}

/// Pointers to the rows of `view`, for operations that take tokens from anywhere.
template <typename T, int kRank>
T** row_pointers(Workspace::Scope& scope, const TensorView<T, kRank>& view) {
  T** pointers = scope.take<T*>(view.shape[0]);
  for (int64_t row = 0; row < view.shape[0]; ++row) pointers[row] = view.at(row);
  return pointers;
}

}  // namespace fimd::cpu
