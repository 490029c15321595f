// Views of memory that somebody else owns: a pointer, a shape and strides.
//
// TensorView<T, R> is for activations and caches: rows may be strided (a slice of a wider tensor),
// the last dimension is contiguous. MatrixView is for weights: two-dimensional, contiguous, of an
// element type known only at run time. Neither checks its pointer; operations check the shapes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/base/block_format.h"
#include "kernels/base/check.h"

namespace fimd {

template <typename T, int kRank>
struct TensorView {
  T* data = nullptr;
  std::array<int64_t, kRank> shape = {};
  std::array<int64_t, kRank> strides = {};  ///< in elements; the last is 1

  TensorView() = default;

  /// A contiguous row-major tensor at `data`.
  TensorView(T* data, std::array<int64_t, kRank> shape) : data(data), shape(shape) {
    int64_t stride = 1;
    for (int dim = kRank - 1; dim >= 0; --dim) {
      strides[dim] = stride;
      stride *= shape[dim];
    }
  }

  TensorView(T* data, std::array<int64_t, kRank> shape, std::array<int64_t, kRank> strides)
      : data(data), shape(shape), strides(strides) {}

  /// A view of mutable elements is a view of constant ones.
  operator TensorView<const T, kRank>() const requires(!std::is_const_v<T>) {
    return {data, shape, strides};
  }

  /// The address of the elements at the leading `indices`; trailing ones are 0.
  template <typename... Indices>
  [[nodiscard]] T* at(Indices... indices) const {
    static_assert(sizeof...(Indices) <= kRank);
    int64_t offset = 0;
    int dim = 0;
    ((offset += static_cast<int64_t>(indices) * strides[dim++]), ...);
    return data + offset;
  }

  template <typename... Indices>
  [[nodiscard]] T& operator()(Indices... indices) const {
    static_assert(sizeof...(Indices) == kRank);
    return *at(indices...);
  }

  /// Elements [begin, begin + count) of dimension `dim`.
  [[nodiscard]] TensorView slice(int dim, int64_t begin, int64_t count) const {
    FIMD_CHECK(begin >= 0 && count >= 0 && begin + count <= shape[dim], dim, begin, count);
    TensorView part = *this;
    part.data += begin * strides[dim];
    part.shape[dim] = count;
    return part;
  }
};

/// A weight matrix [rows, columns], row-major and contiguous. A row is whole blocks, and `data` is
/// aligned to its block.
struct MatrixView {
  const void* data = nullptr;
  DType dtype = DType::kF32;
  int64_t rows = 0;
  int64_t columns = 0;

  [[nodiscard]] bool empty() const { return rows == 0; }

  [[nodiscard]] int64_t size_bytes() const { return rows * row_bytes(dtype, columns); }

  [[nodiscard]] const std::byte* row(int64_t index) const {
    return static_cast<const std::byte*>(data) + index * row_bytes(dtype, columns);
  }

  /// Rows [begin, begin + count).
  [[nodiscard]] MatrixView slice_rows(int64_t begin, int64_t count) const {
    FIMD_CHECK(begin >= 0 && count >= 0 && begin + count <= rows, begin, count, rows);
    return {row(begin), dtype, count, columns};
  }
};

}  // namespace fimd
