// One element of a weight matrix as a double: what every reference operation reads weights through.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/base/dtype.h"
#include "kernels/base/tensor_view.h"

namespace fimd::reference {

inline double weight_at(const MatrixView& weight, int64_t row, int64_t column) {
  const std::byte* address = weight.row(row) + column * element_bytes(weight.dtype);
  const auto load = [address]<typename T>(T value) {
    std::memcpy(&value, address, sizeof(value));
    return static_cast<double>(to_float(value));
  };
  switch (weight.dtype) {
    case DType::kF32: return load(float{});
    case DType::kF16: return load(f16{});
    case DType::kBF16: return load(bf16{});
  }
  return 0;
}

}  // namespace fimd::reference
