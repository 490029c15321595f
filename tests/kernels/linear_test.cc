#include "tests/kernels/kernel_test.h"

namespace fimd {
namespace {

// Terms are products of numbers below 1 in magnitude, some 300 of them: a sum wanders to about 20,
// each of its additions rounds by 2^-24 of that, and the roundings add up like a random walk.
constexpr Tolerance kLinearTolerance = {.floor = 2e-5, .epsilon = 1e-6};

struct Case {
  int64_t rows;
  int64_t columns;
};

// Rows and columns of 1, primes, and one off each width: vectors of 4, 8 and 16, strips of 64 rows,
// panels of 256 columns.
constexpr Case kCases[] = {
    {1, 1},
    {3, 7},
    {5, 16},
    {17, 33},
    {64, 256},
    {65, 257},
    {131, 64},
    {4, 523},
    {2, 8},
};

void check_linear(int64_t num_tokens, Case shape, DType dtype, bool accumulate) {
  Random random(static_cast<uint32_t>(num_tokens * 1000 + shape.rows));
  Tensor<2> x({num_tokens, shape.columns}, 3);
  x.fill(random);
  const Weight weight(dtype, shape.rows, shape.columns, random);
  Tensor<2> out({num_tokens, shape.rows}, 5);
  out.fill(random);
  SCOPED_TRACE(testing::Message() << num_tokens << " x [" << shape.rows << ", " << shape.columns
                                  << "] " << dtype_name(dtype) << " accumulate " << accumulate);
  check_against_reference<2>(
      out, kLinearTolerance, [&](const Backend& backend, TensorView<float, 2> y, Exec& exec) {
        backend.linear({.x = x.view(), .weight = weight.view(), .accumulate = accumulate}, y, exec);
      });
}

TEST(Linear, AgreesWithTheReference) {
  for (const DType dtype : kElementDTypes) {
    for (const int64_t num_tokens : kTokenCounts) {
      for (const Case& shape : kCases) {
        ASSERT_NO_FATAL_FAILURE(check_linear(num_tokens, shape, dtype, false));
      }
    }
  }
}

TEST(Linear, AgreesWithTheReferenceOnBlocks) {
  for (const DType dtype : kBlockDTypes) {
    const bool is_small = block_format(dtype).block_elements < kBlockColumns;
    for (const int64_t num_tokens : {1, 3, 9, 33}) {
      for (const int64_t rows : {1, 5, 17, 67}) {
        ASSERT_NO_FATAL_FAILURE(check_linear(num_tokens, {rows, kBlockColumns}, dtype, false));
      }
      ASSERT_NO_FATAL_FAILURE(check_linear(num_tokens, {8, 3 * kBlockColumns}, dtype, true));
      if (!is_small) continue;
      ASSERT_NO_FATAL_FAILURE(check_linear(num_tokens, {9, 160}, dtype, false));
    }
  }
}

TEST(Linear, AddsToTheOutput) {
  for (const int64_t num_tokens : {1, 7, 33}) {
    for (const Case& shape : kCases) {
      ASSERT_NO_FATAL_FAILURE(check_linear(num_tokens, shape, DType::kBF16, true));
    }
  }
}

TEST(Linear, AddsTheBias) {
  Random random(9);
  for (const int64_t num_tokens : {0, 1, 7, 33, 193}) {
    for (const bool accumulate : {false, true}) {
      Tensor<2> x({num_tokens, 33}, 3);
      x.fill(random);
      const Weight weight(DType::kBF16, 70, 33, random);
      Tensor<2> bias({1, 70});
      bias.fill(random);
      Tensor<2> out({num_tokens, 70}, 5);
      out.fill(random);
      check_against_reference<2>(
          out, kLinearTolerance, [&](const Backend& backend, TensorView<float, 2> y, Exec& exec) {
            backend.linear({.x = x.view(),
                            .weight = weight.view(),
                            .bias = {bias.view().data, 70},
                            .accumulate = accumulate},
                           y,
                           exec);
          });
    }
  }
}

TEST(Linear, CutsManyTokensIntoTasks) {
  for (const int64_t num_tokens : {191, 192, 193, 500}) {
    ASSERT_NO_FATAL_FAILURE(check_linear(num_tokens, {70, 40}, DType::kBF16, true));
  }
}

TEST(Linear, OfNoTokensDoesNothing) {
  ASSERT_NO_FATAL_FAILURE(check_linear(0, {5, 16}, DType::kBF16, false));
}

TEST(Linear, OfTheReferenceReadsEveryBlock) {
  for (const DType dtype : kBlockDTypes) {
    SCOPED_TRACE(dtype_name(dtype));
    Random random(2);
    Tensor<2> x({3, 2 * kBlockColumns});
    x.fill(random);
    const Weight weight(dtype, 5, 2 * kBlockColumns, random);
    ASSERT_NO_FATAL_FAILURE(check_reference_reads_blocks<2>(
        Tensor<2>({3, 5}), {weight}, [&](const auto& weights, TensorView<float, 2> y, Exec& exec) {
          reference_backend().linear({.x = x.view(), .weight = weights[0].view()}, y, exec);
        }));
  }
}

// A NaN or an infinity in one token, or in one row of the weights, must come out there and nowhere
// else: not through padding, a neighbouring token or a partial tile.
TEST(Linear, CarriesNanAndInfinityToTheirRowsOnly) {
  constexpr float kSpecial[] = {kNan, kInfinity, -kInfinity};
  constexpr int64_t kRows = 67;
  constexpr int64_t kColumns = 37;
  for (const DType dtype : kElementDTypes) {
    for (const int64_t num_tokens : {1, 5, 13}) {
      for (const float special : kSpecial) {
        Random random(1);
        Tensor<2> x({num_tokens, kColumns});
        x.fill(random);
        Weight weight(dtype, kRows, kColumns, random);
        x.view()(num_tokens - 1, kColumns - 1) = special;
        weight.set((kRows - 1) * kColumns + kColumns - 2, special);
        const Tensor<2> out({num_tokens, kRows});
        SCOPED_TRACE(testing::Message()
                     << num_tokens << " tokens, " << dtype_name(dtype) << ", " << special);
        ASSERT_NO_FATAL_FAILURE(check_against_reference<2>(
            out, kLinearTolerance, [&](const Backend& backend, TensorView<float, 2> y, Exec& exec) {
              backend.linear({.x = x.view(), .weight = weight.view()}, y, exec);
            }));
      }
    }
  }
}

}  // namespace
}  // namespace fimd
