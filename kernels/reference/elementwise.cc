#include <cmath>

#include "kernels/ops.h"
#include "kernels/reference/dequantize.h"

namespace fimd::reference {

void embed(const EmbedArgs& args, TensorView<float, 2> out, Exec& exec) {
  const auto [num_tokens, width] = out.shape;
  FIMD_CHECK(num_tokens == std::ssize(args.tokens) && width == args.table.columns);
  exec.pool.parallel_for(num_tokens, [&](int64_t t, int) {
    const int32_t token = args.tokens[t];
    FIMD_CHECK(token >= 0 && token < args.table.rows, token, args.table.rows);
    const std::span row(out.at(t), static_cast<size_t>(args.table.columns));
    dequantize_row(args.table.dtype, args.table.row(token), row);
  });
}

void rms_norm(const RmsNormArgs& args, TensorView<float, 2> out, Exec& exec) {
  const int64_t num_tokens = args.x.shape[0];
  const int64_t width = args.x.shape[1];
  FIMD_CHECK(out.shape == args.x.shape && width == std::ssize(args.weight));
  exec.pool.parallel_for(num_tokens, [&](int64_t t, int) {
    double sum_of_squares = 0;
    for (int64_t i = 0; i < width; ++i) {
      sum_of_squares += static_cast<double>(args.x(t, i)) * args.x(t, i);
    }
    const double mean = sum_of_squares / static_cast<double>(width);
    const double scale = 1.0 / std::sqrt(mean + static_cast<double>(args.epsilon));
    for (int64_t i = 0; i < width; ++i) {
      out(t, i) = static_cast<float>(args.weight[i] * (args.x(t, i) * scale));
    }
  });
}

void rope(const RopeArgs& args, TensorView<float, 3> x, Exec& exec) {
  const int64_t num_tokens = x.shape[0];
  const int64_t num_heads = x.shape[1];
  const int64_t num_pairs = x.shape[2] / 2;
  const std::array<int64_t, 2> angles = {num_tokens, num_pairs};
  FIMD_CHECK(x.shape[2] % 2 == 0 && args.cos.shape == angles && args.sin.shape == angles);
  const bool interleaved = args.pairing == RopePairing::kInterleaved;
  exec.pool.parallel_for(num_tokens, [&](int64_t t, int) {
    for (int64_t h = 0; h < num_heads; ++h) {
      for (int64_t i = 0; i < num_pairs; ++i) {
        float& a = x(t, h, interleaved ? 2 * i : i);
        float& b = x(t, h, interleaved ? 2 * i + 1 : i + num_pairs);
        const double cos = args.cos(t, i);
        const double sin = args.sin(t, i);
        const double rotated_a = a * cos - b * sin;
        const double rotated_b = a * sin + b * cos;
        a = static_cast<float>(rotated_a);
        b = static_cast<float>(rotated_b);
      }
    }
  });
}

}  // namespace fimd::reference
