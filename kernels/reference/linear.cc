#include "kernels/ops.h"
#include "kernels/reference/weight.h"

namespace fimd::reference {

void linear(const LinearArgs& args, TensorView<float, 2> out, Exec& exec) {
  const int64_t num_tokens = args.x.shape[0];
  const MatrixView& weight = args.weight;
  FIMD_CHECK(args.x.shape[1] == weight.columns, args.x.shape[1], weight.columns);
  FIMD_CHECK(out.shape[0] == num_tokens && out.shape[1] == weight.rows, out.shape[1], weight.rows);
  FIMD_CHECK(args.bias.empty() || std::ssize(args.bias) == weight.rows, args.bias.size());
  exec.pool.parallel_for(weight.rows, [&](int64_t n, int) {
    const std::vector<float> row = weight_rows(weight, n, 1);
    for (int64_t t = 0; t < num_tokens; ++t) {
      double sum = args.accumulate ? out(t, n) : 0;
      if (!args.bias.empty()) sum += args.bias[n];
      for (int64_t k = 0; k < weight.columns; ++k) sum += double{args.x(t, k)} * row[k];
      out(t, n) = static_cast<float>(sum);
    }
  });
}

}  // namespace fimd::reference
