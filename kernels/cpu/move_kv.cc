// Strips of columns are the tasks, and each goes through all rows on its own: backwards when rows
// move to the back, else forwards, so that a row is read before another is written over it. That is
// memmove's order. It needs no scratch memory, and threads meet only where two strips do: the usual
// move is of many rows by a few, where tasks of rows would have to wait for each other.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/move_kv.cc"
#include <cstring>

#include "hwy/foreach_target.h"

#include "kernels/cpu/rotate-inl.h"
#include "kernels/cpu/simd-inl.h"
#include "kernels/cpu/tasks.h"
#include "kernels/ops.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

/// Columns of a strip that is only copied: 512 bytes of a row, which is far more than the two cache
/// lines that it may share with its neighbours.
constexpr int64_t kCopiedColumns = 128;

/// step(source, destination) for the rows' elements at `column`, in the order that overlap wants.
template <typename Step>
void for_rows(const MoveKvArgs& args, TensorView<float, 2> cache, int64_t column, Step&& step) {
  for (int64_t k = 0; k < args.count; ++k) {
    const int64_t i = args.to > args.from ? args.count - 1 - k : k;
    step(cache.at(args.from + i, column), cache.at(args.to + i, column));
  }
}

void move_copied(const MoveKvArgs& args,
                 TensorView<float, 2> cache,
                 int64_t begin,
                 int64_t columns) {
  if (args.from == args.to) return;
  for_rows(args, cache, begin, [&](const float* x, float* out) {
    std::memcpy(out, x, static_cast<size_t>(columns) * sizeof(float));
  });
}

}  // namespace

void move_kv(const MoveKvArgs& args, TensorView<float, 2> cache, Exec& exec) {
  const auto [rows, width] = cache.shape;
  const int64_t num_pairs = std::ssize(args.cos);
  const int64_t rope_end = args.rope_begin + args.rope_heads * 2 * num_pairs;
  FIMD_CHECK(std::ssize(args.sin) == num_pairs);
  FIMD_CHECK(args.count >= 0 && args.from >= 0 && args.to >= 0);
  FIMD_CHECK(args.from <= rows - args.count && args.to <= rows - args.count);
  FIMD_CHECK(args.rope_begin >= 0 && args.rope_heads >= 0 && rope_end <= width);

  // Heads first, then what lies before them, then what lies behind.
  const Rotation rotation = {args.pairing, num_pairs, args.cos.data(), args.sin.data()};
  const int64_t strips_before = divide_up(args.rope_begin, kCopiedColumns);
  const int64_t strips = strips_before + divide_up(width - rope_end, kCopiedColumns);
  const auto task = [&, end = width](int64_t index, int) {
    if (index < args.rope_heads) {
      const int64_t head = args.rope_begin + index * 2 * num_pairs;
      for_rows(args, cache, head, [&](const float* x, float* out) { rotate(rotation, x, out); });
      return;
    }
    const int64_t strip = index - args.rope_heads;
    const bool before = strip < strips_before;
    const int64_t begin =
        before ? strip * kCopiedColumns : rope_end + (strip - strips_before) * kCopiedColumns;
    const int64_t limit = before ? args.rope_begin : end;
    move_copied(args, cache, begin, std::min(kCopiedColumns, limit - begin));
  };
  parallel_tasks(exec, args.rope_heads + strips, args.count * width, task);
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace fimd::cpu {

HWY_EXPORT(move_kv);

void move_kv(const MoveKvArgs& args, TensorView<float, 2> cache, Exec& exec) {
  HWY_DYNAMIC_DISPATCH(move_kv)(args, cache, exec);
}

}  // namespace fimd::cpu

#endif  // HWY_ONCE
