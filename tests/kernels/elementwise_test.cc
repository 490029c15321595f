#include "tests/kernels/kernel_test.h"

namespace fimd {
namespace {

constexpr int64_t kWidths[] = {1, 2, 7, 16, 17, 64, 65, 257};

TEST(Embed, CopiesRowsOfEveryType) {
  for (const DType dtype : kElementDTypes) {
    for (const int64_t width : kWidths) {
      Random random(7);
      Weight table(dtype, 11, width, random);
      table.set(3 * width, kInfinity);
      table.set(4 * width, kNan);
      table.set(5 * width, -1e-6F);  // subnormal as F16
      const std::vector<int32_t> tokens = {10, 0, 3, 3, 4, 5};
      const Tensor<2> out({std::ssize(tokens), width}, 1);
      SCOPED_TRACE(testing::Message() << dtype_name(dtype) << " " << width);
      ASSERT_NO_FATAL_FAILURE(check_against_reference<2>(
          out, {0, 0}, [&](const Backend& backend, TensorView<float, 2> y, Exec& exec) {
            backend.embed({.table = table.view(), .tokens = tokens}, y, exec);
          }));
    }
  }
}

// Rounded once where there is a fused multiply-add, twice elsewhere and in the reference.
TEST(Embed, AgreesWithTheReferenceOnBlocks) {
  const std::vector<int32_t> tokens = {6, 0, 1, 6};
  for (const DType dtype : kBlockDTypes) {
    Random random(7);
    const Weight table(dtype, 7, 2 * kBlockColumns, random);
    ASSERT_NO_FATAL_FAILURE(check_against_reference<2>(
        Tensor<2>({std::ssize(tokens), 2 * kBlockColumns}, 2),
        {.floor = 1e-6, .epsilon = 1e-6},
        [&](const Backend& backend, TensorView<float, 2> y, Exec& exec) {
          backend.embed({.table = table.view(), .tokens = tokens}, y, exec);
        }));
  }
}

TEST(Embed, OfTheReferenceReadsEveryBlock) {
  const std::vector<int32_t> tokens = {6, 0, 1, 6};
  for (const DType dtype : kBlockDTypes) {
    SCOPED_TRACE(dtype_name(dtype));
    Random random(7);
    const Weight table(dtype, 7, 2 * kBlockColumns, random);
    ASSERT_NO_FATAL_FAILURE(check_reference_reads_blocks<2>(
        Tensor<2>({std::ssize(tokens), 2 * kBlockColumns}),
        {table},
        [&](const auto& weights, TensorView<float, 2> y, Exec& exec) {
          reference_backend().embed({.table = weights[0].view(), .tokens = tokens}, y, exec);
        }));
  }
}

void check_rms_norm(Tensor<2>& x, bool in_place) {
  const auto [num_tokens, width] = x.view().shape;
  Random random(8);
  std::vector<float> weight(static_cast<size_t>(width));
  for (float& value : weight) value = random.uniform();
  const Tensor<2> out = in_place ? x : Tensor<2>({num_tokens, width}, 2);
  SCOPED_TRACE(testing::Message() << num_tokens << " x " << width << " in place " << in_place);
  // Everything is of size 1; the sum of squares has only positive terms.
  check_against_reference<2>(
      out, {1e-6, 1e-6}, [&](const Backend& backend, TensorView<float, 2> y, Exec& exec) {
        const TensorView<const float, 2> from = in_place ? y : x.view();
        backend.rms_norm({.x = from, .weight = weight, .epsilon = 1e-6F}, y, exec);
      });
}

TEST(RmsNorm, AgreesWithTheReference) {
  for (const int64_t num_tokens : kTokenCounts) {
    for (const int64_t width : kWidths) {
      Random random(9);
      Tensor<2> x({num_tokens, width}, 3);
      x.fill(random, 5);
      ASSERT_NO_FATAL_FAILURE(check_rms_norm(x, false));
      ASSERT_NO_FATAL_FAILURE(check_rms_norm(x, true));
    }
  }
}

TEST(RmsNorm, OfZerosIsZeroAndCarriesNanAndInfinity) {
  Random random(9);
  Tensor<2> x({4, 37});
  x.fill(random);
  for (int64_t i = 0; i < 37; ++i) x.view()(0, i) = 0;
  x.view()(1, 36) = kNan;
  x.view()(2, 3) = kInfinity;
  check_rms_norm(x, false);
}

void check_rope(int64_t num_tokens, int64_t num_heads, int64_t width, RopePairing pairing) {
  Random random(10);
  Tensor<2> cos({num_tokens, width / 2}, 1);
  Tensor<2> sin({num_tokens, width / 2}, 4);
  cos.fill(random);
  sin.fill(random);
  Tensor<3> x({num_tokens, num_heads, width}, 5);
  x.fill(random);
  SCOPED_TRACE(testing::Message() << num_tokens << " x " << num_heads << " x " << width);
  check_against_reference<3>(
      x, {2e-7, 0}, [&](const Backend& backend, TensorView<float, 3> y, Exec& exec) {
        backend.rope({.cos = cos.view(), .sin = sin.view(), .pairing = pairing}, y, exec);
      });
}

TEST(Rope, AgreesWithTheReferenceInBothPairings) {
  for (const int64_t num_tokens : {1, 3, 33}) {
    for (const int64_t num_heads : {1, 3, 16}) {
      for (const int64_t width : {2, 6, 16, 32, 34, 64, 128}) {
        for (const RopePairing pairing : {RopePairing::kInterleaved, RopePairing::kHalfSplit}) {
          ASSERT_NO_FATAL_FAILURE(check_rope(num_tokens, num_heads, width, pairing));
        }
      }
    }
  }
}

// A view of the last part of each head, as MLA rotates it.
TEST(Rope, RotatesASliceInPlace) {
  Random random(11);
  Tensor<2> angles({2, 4});
  angles.fill(random);
  Tensor<3> x({2, 3, 20});
  x.fill(random);
  check_against_reference<3>(
      x, {2e-7, 0}, [&](const Backend& backend, TensorView<float, 3> y, Exec& exec) {
        backend.rope({.cos = angles.view(), .sin = angles.view()}, y.slice(2, 12, 8), exec);
      });
}

}  // namespace
}  // namespace fimd
