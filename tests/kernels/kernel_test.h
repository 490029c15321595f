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
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/backend.h"
#include "kernels/cpu/targets.h"
#include "kernels/ops.h"
#include "kernels/reference/dequantize.h"
#include "tests/support/close.h"

namespace fimd {

inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr DType kElementDTypes[] = {DType::kF32, DType::kF16, DType::kBF16};

/// All other types, whose blocks hold many elements.
inline constexpr DType kBlockDTypes[] = {DType::kQ4_0,
                                         DType::kQ4_1,
                                         DType::kQ5_0,
                                         DType::kQ5_1,
                                         DType::kQ8_0,
                                         DType::kQ2_K,
                                         DType::kQ3_K,
                                         DType::kQ4_K,
                                         DType::kQ5_K,
                                         DType::kQ6_K,
                                         DType::kIQ4_NL,
                                         DType::kIQ4_XS};

/// What the columns of a matrix of any type may be: a multiple of each block's elements.
inline constexpr int64_t kBlockColumns = 256;

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

/// An owned weight matrix, aligned to its block and to nothing more, that ends where its memory
/// ends.
class Weight {
 public:
  Weight(DType dtype, int64_t rows, int64_t columns) {
    const int64_t alignment = visit_dtype(
        dtype, []<typename Block>(std::type_identity<Block>) { return int64_t{alignof(Block)}; });
    storage_.resize(static_cast<size_t>(alignment + rows * row_bytes(dtype, columns)));
    view_ = {storage_.data() + alignment, dtype, rows, columns};
  }

  /// Elements from -scale to scale; of types with a minimum or an offset, twice as far.
  Weight(DType dtype, int64_t rows, int64_t columns, Random& random, float scale = 1)
      : Weight(dtype, rows, columns) {
    visit_dtype(dtype, [&]<typename Block>(std::type_identity<Block>) {
      if constexpr (kIsElement<Block>) {
        for (int64_t i = 0; i < rows * columns; ++i) set(i, scale * random.uniform());
      } else {
        const std::span<Block> blocks(reinterpret_cast<Block*>(data()),
                                      static_cast<size_t>(view_.size_bytes()) / sizeof(Block));
        for (Block& block : blocks) fill(block, random, scale);
      }
    });
  }

  [[nodiscard]] const MatrixView& view() const { return view_; }

  /// The same numbers as F32.
  [[nodiscard]] Weight dequantized() const {
    Weight copy(DType::kF32, view_.rows, view_.columns);
    const std::span<float> values(reinterpret_cast<float*>(copy.data()),
                                  static_cast<size_t>(view_.rows * view_.columns));
    reference::dequantize_row(view_.dtype, view_.data, values);
    return copy;
  }

  /// Rounds towards zero to the element type; F16 below its normal range becomes a subnormal.
  void set(int64_t index, float value) {
    visit_element_type(view_.dtype, [&]<typename T>(std::type_identity<T>) {
      T& element = reinterpret_cast<T*>(data())[index];
      if constexpr (std::is_same_v<T, float>) {
        element = value;
      } else if constexpr (std::is_same_v<T, f16>) {
        element = f16{f16_bits(value)};
      } else {
        element = bf16{static_cast<uint16_t>(std::bit_cast<uint32_t>(value) >> 16)};
      }
    });
  }

 private:
  std::byte* data() { return storage_.data() + (storage_.size() - view_.size_bytes()); }

  /// Random bits, and scales that bring the largest of the elements to `scale` or below.
  template <typename Block>
  static void fill(Block& block, Random& random, float scale) {
    std::array<uint8_t, sizeof(Block)> bytes;
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.below(256));
    block = std::bit_cast<Block>(bytes);
    set_scales(block, [] { return 1.0F; });
    std::array<float, kBlockFormat<Block>.block_elements> values;
    reference::dequantize_block(block, std::span(values));
    float largest = 0;
    for (const float value : values) largest = std::max(largest, std::fabs(value));
    set_scales(block, [&] { return scale * random.uniform() / largest; });
  }

  template <typename Block, typename Next>
  static void set_scales(Block& block, const Next& next) {
    block.scale = f16{f16_bits(next())};
    if constexpr (requires { block.offset; }) block.offset = f16{f16_bits(next())};
    if constexpr (requires { block.min_scale; }) block.min_scale = f16{f16_bits(next())};
  }

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

/// The reference's operation gives the same bits with weights of blocks as with the same numbers as
/// F32. `operation` takes the weights that it is given.
template <int kRank>
void check_reference_reads_blocks(
    const Tensor<kRank>& initial,
    const std::vector<Weight>& weights,
    const std::function<void(const std::vector<Weight>&, TensorView<float, kRank>, Exec&)>&
        operation) {
  std::vector<Weight> floats;
  floats.reserve(weights.size());
  for (const Weight& weight : weights) floats.push_back(weight.dequantized());
  Tensor<kRank> expected = initial;
  Tensor<kRank> actual = initial;
  with_threads(2, [&](Exec& exec) { operation(floats, expected.view(), exec); });
  with_threads(2, [&](Exec& exec) { operation(weights, actual.view(), exec); });
  ASSERT_TRUE(actual.values() == expected.values());
}

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
