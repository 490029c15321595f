// What the kernel tests share: tensors with strides and guards, weights of every type, and the loop
// over instruction sets and thread counts.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kernels/backend.h"
#include "kernels/cpu/targets.h"
#include "kernels/ops.h"
#include "tests/support/close.h"

namespace fimd {

inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr DType kAllDTypes[] = {DType::kF32, DType::kF16, DType::kBF16};

/// Token counts around every tile of every form: 1, primes, one past a power of two.
inline constexpr int64_t kTokenCounts[] = {1, 2, 3, 5, 7, 8, 9, 17, 33, 64, 129};

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}

  /// In [-1, 1).
  float uniform() { return static_cast<float>(engine_() >> 8) * 0x1p-23F - 1.0F; }

  int64_t below(int64_t bound) {
    return static_cast<int64_t>(engine_() % static_cast<uint64_t>(bound));
  }

 private:
  std::mt19937 engine_;
};

/// An owned tensor whose rows (leading dimension) are `gap` floats further apart than needed. The
/// gaps hold a pattern that operations must leave alone, and nothing follows the last row, so that
/// AddressSanitizer sees a read beyond it.
template <int kRank>
class Tensor {
 public:
  explicit Tensor(std::array<int64_t, kRank> shape, int64_t gap = 0) : gap_(gap) {
    view_ = TensorView<float, kRank>(nullptr, shape);
    row_floats_ = shape[0] == 0 ? 0 : view_.strides[0];
    view_.strides[0] += gap;
    const int64_t size = shape[0] == 0 ? 0 : (shape[0] - 1) * view_.strides[0] + row_floats_;
    storage_.assign(static_cast<size_t>(size), kGuard);
    view_.data = storage_.data();
  }

  Tensor(const Tensor& other) : Tensor(other.view_.shape, other.gap_) {
    storage_ = other.storage_;
    fix();
  }

  Tensor& operator=(const Tensor& other) {
    gap_ = other.gap_;
    row_floats_ = other.row_floats_;
    storage_ = other.storage_;
    view_ = other.view_;
    fix();
    return *this;
  }

  TensorView<float, kRank> view() { return view_; }

  /// Its values without the gaps.
  [[nodiscard]] std::vector<float> values() const {
    std::vector<float> result;
    for (int64_t row = 0; row < view_.shape[0]; ++row) {
      const float* begin = view_.data + row * view_.strides[0];
      result.insert(result.end(), begin, begin + row_floats_);
    }
    return result;
  }

  Tensor& fill(Random& random, float scale = 1) {
    return fill_with([&] { return scale * random.uniform(); });
  }

  Tensor& fill_with(const std::function<float()>& next) {
    for (int64_t row = 0; row < view_.shape[0]; ++row) {
      for (int64_t i = 0; i < row_floats_; ++i) view_.data[row * view_.strides[0] + i] = next();
    }
    return *this;
  }

  [[nodiscard]] bool gaps_are_untouched() const {
    for (int64_t row = 0; row + 1 < view_.shape[0]; ++row) {
      for (int64_t i = row_floats_; i < view_.strides[0]; ++i) {
        if (view_.data[row * view_.strides[0] + i] != kGuard) return false;
      }
    }
    return true;
  }

 private:
  static constexpr float kGuard = 12345.0F;

  void fix() { view_.data = storage_.data(); }

  int64_t gap_;
  int64_t row_floats_;
  std::vector<float> storage_;
  TensorView<float, kRank> view_;
};

/// An owned weight matrix, aligned to its element and to nothing more, that ends where its memory
/// ends.
class Weight {
 public:
  Weight(DType dtype, int64_t rows, int64_t columns) {
    const int64_t element = element_bytes(dtype);
    storage_.resize(static_cast<size_t>((rows * columns + 1) * element));
    view_ = {storage_.data() + element, dtype, rows, columns};
  }

  Weight(DType dtype, int64_t rows, int64_t columns, Random& random, float scale = 1)
      : Weight(dtype, rows, columns) {
    for (int64_t i = 0; i < rows * columns; ++i) set(i, scale * random.uniform());
  }

  [[nodiscard]] const MatrixView& view() const { return view_; }

  /// Rounds towards zero to the element type; F16 below its normal range becomes a subnormal.
  void set(int64_t index, float value) {
    std::byte* address = storage_.data() + (index + 1) * element_bytes(view_.dtype);
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    uint16_t half = static_cast<uint16_t>(bits >> 16);
    switch (view_.dtype) {
      case DType::kF32: std::memcpy(address, &value, sizeof(value)); return;
      case DType::kBF16: break;
      case DType::kF16: half = f16_bits(value); break;
    }
    std::memcpy(address, &half, sizeof(half));
  }

 private:
  static uint16_t f16_bits(float value) {
    const auto sign = static_cast<uint16_t>(std::signbit(value) ? 0x8000 : 0);
    if (std::isnan(value)) return static_cast<uint16_t>(sign | 0x7E00);
    if (std::isinf(value)) return static_cast<uint16_t>(sign | 0x7C00);
    const float magnitude = std::fabs(value);
    if (magnitude < 0x1p-14F)
      return static_cast<uint16_t>(sign | static_cast<int>(magnitude * 0x1p24F));
    const uint32_t bits = std::bit_cast<uint32_t>(magnitude);
    return static_cast<uint16_t>(sign | ((bits >> 13) - (112U << 10)));
  }

  std::vector<std::byte> storage_;
  MatrixView view_;
};

inline const Backend& reference_backend() {
  return *find_backend("reference");
}

inline const Backend& cpu_backend() {
  return *find_backend("cpu");
}

/// Runs `run` on a pool of `num_threads`.
inline void with_threads(int num_threads, const std::function<void(Exec&)>& run) {
  static std::unique_ptr<ThreadPool> pools[4];
  if (!pools[num_threads]) pools[num_threads] = std::make_unique<ThreadPool>(num_threads);
  Workspace workspace;
  Exec exec{*pools[num_threads], workspace};
  run(exec);
}

/// An operation writing to `out`, on the backend it is given.
template <int kRank>
using Operation = std::function<void(const Backend&, TensorView<float, kRank> out, Exec&)>;

/// Compares the CPU's operation, on every instruction set, with the reference. `initial` is what
/// `out` holds before. Whatever the number of threads, the result must have the same bits.
template <int kRank>
void check_against_reference(const Tensor<kRank>& initial,
                             Tolerance tolerance,
                             const Operation<kRank>& operation) {
  Tensor<kRank> expected = initial;
  with_threads(2, [&](Exec& exec) { operation(reference_backend(), expected.view(), exec); });
  const std::vector<float> expected_values = expected.values();
  const auto bits = [](float value) { return std::bit_cast<uint32_t>(value); };
  const int64_t width = expected.view().shape[kRank - 1];
  for (const int64_t target : cpu::supported_targets()) {
    const cpu::ScopedTarget scope(target);
    std::vector<float> with_one_thread;
    for (const int num_threads : {1, 2, 3}) {
      Tensor<kRank> actual = initial;
      with_threads(num_threads, [&](Exec& exec) { operation(cpu_backend(), actual.view(), exec); });
      const std::vector<float> values = actual.values();
      ASSERT_TRUE(is_close(values, expected_values, std::max<int64_t>(width, 1), tolerance))
          << cpu::target_name(target) << ", " << num_threads << " threads";
      ASSERT_TRUE(actual.gaps_are_untouched()) << cpu::target_name(target);
      if (num_threads == 1) with_one_thread = values;
      ASSERT_TRUE(std::ranges::equal(values, with_one_thread, {}, bits, bits))
          << cpu::target_name(target) << ": " << num_threads << " threads give other bits than one";
    }
  }
}

}  // namespace fimd
