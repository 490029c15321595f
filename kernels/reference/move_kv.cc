#include "kernels/ops.h"

namespace fimd::reference {

void move_kv(const MoveKvArgs& args, TensorView<float, 2> cache, Exec& exec) {
  const auto [rows, width] = cache.shape;
  const int64_t num_pairs = std::ssize(args.cos);
  FIMD_CHECK(std::ssize(args.sin) == num_pairs);
  FIMD_CHECK(args.count >= 0 && args.from >= 0 && args.to >= 0);
  FIMD_CHECK(args.from <= rows - args.count && args.to <= rows - args.count);
  FIMD_CHECK(args.rope_begin >= 0 && args.rope_heads >= 0);
  FIMD_CHECK(args.rope_begin + args.rope_heads * 2 * num_pairs <= width);

  Workspace::Scope scope(exec.workspace);
  const TensorView<float, 2> read = scope.tensor<2>({args.count, width});
  exec.pool.parallel_for(args.count, [&](int64_t i, int) {
    for (int64_t c = 0; c < read.shape[1]; ++c) read(i, c) = cache(args.from + i, c);
  });
  const bool interleaved = args.pairing == RopePairing::kInterleaved;
  exec.pool.parallel_for(args.count, [&](int64_t i, int) {
    for (int64_t c = 0; c < read.shape[1]; ++c) cache(args.to + i, c) = read(i, c);
    for (int64_t h = 0; h < args.rope_heads; ++h) {
      const int64_t head = args.rope_begin + h * 2 * num_pairs;
      for (int64_t pair = 0; pair < num_pairs; ++pair) {
        const int64_t a = head + (interleaved ? 2 * pair : pair);
        const int64_t b = head + (interleaved ? 2 * pair + 1 : pair + num_pairs);
        const double cos = args.cos[pair];
        const double sin = args.sin[pair];
        cache(args.to + i, a) = static_cast<float>(read(i, a) * cos - read(i, b) * sin);
        cache(args.to + i, b) = static_cast<float>(read(i, a) * sin + read(i, b) * cos);
      }
    }
  });
}

}  // namespace fimd::reference
