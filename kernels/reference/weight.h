// Rows of a weight matrix of any type: what every reference operation reads weights through.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/tensor_view.h"
#include "kernels/reference/dequantize.h"

namespace fimd::reference {

/// Reads one row at a time. Thread: not safe.
class WeightReader {
 public:
  explicit WeightReader(const MatrixView& weight)
      : weight_(weight), values_(static_cast<size_t>(weight.columns)) {}

  /// weight[row, :], valid until the next call.
  std::span<const float> row(int64_t row) {
    dequantize_row(weight_.dtype, weight_.row(row), values_);
    return values_;
  }

 private:
  MatrixView weight_;
  std::vector<float> values_;
};

/// weight[begin + n, k] at [n * columns + k] for n in [0, count).
inline std::vector<float> weight_rows(const MatrixView& weight, int64_t begin, int64_t count) {
  const MatrixView part = weight.slice_rows(begin, count);
  std::vector<float> values(static_cast<size_t>(count * part.columns));
  dequantize_row(part.dtype, part.data, values);
  return values;
}

}  // namespace fimd::reference
