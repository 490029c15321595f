#include "kernels/base/block_format.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

// Every type, by the bits that an element takes: its name says some of them.
TEST(BlockFormat, CountsTheBytesOfARow) {
  struct Case {
    DType dtype;
    const char* name;
    int64_t bytes_of_512;
  };

  constexpr Case kCases[] = {
      {DType::kF32, "F32", 2048},
      {DType::kF16, "F16", 1024},
      {DType::kBF16, "BF16", 1024},
      {DType::kQ4_0, "Q4_0", 288},
      {DType::kQ4_1, "Q4_1", 320},
      {DType::kQ5_0, "Q5_0", 352},
      {DType::kQ5_1, "Q5_1", 384},
      {DType::kQ8_0, "Q8_0", 544},
      {DType::kQ2_K, "Q2_K", 168},
      {DType::kQ3_K, "Q3_K", 220},
      {DType::kQ4_K, "Q4_K", 288},
      {DType::kQ5_K, "Q5_K", 352},
      {DType::kQ6_K, "Q6_K", 420},
      {DType::kIQ4_NL, "IQ4_NL", 288},
      {DType::kIQ4_XS, "IQ4_XS", 272},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(dtype_name(c.dtype), c.name);
    EXPECT_EQ(row_bytes(c.dtype, 512), c.bytes_of_512) << c.name;
    EXPECT_EQ(row_bytes(c.dtype, 0), 0) << c.name;
    EXPECT_EQ(row_bytes(c.dtype, block_format(c.dtype).block_elements),
              block_format(c.dtype).block_bytes);
  }
}

TEST(BlockFormatDeathTest, RefusesPartsOfABlock) {
  EXPECT_DEATH(row_bytes(DType::kQ8_0, 33), "check failed: .* Q8_0 33");
  EXPECT_DEATH(row_bytes(DType::kQ6_K, 128), "check failed: .* Q6_K 128");
}

// Six bits each, from the drawing of ggml-quants.c: scale 0 to 3 and min 0 to 3 have bytes of their
// own, whose upper two bits belong to 4 to 7.
TEST(BlockFormat, UnpacksTheScalesOfKBlocks) {
  std::array<uint8_t, 12> packed = {};
  for (int index = 0; index < 4; ++index) {
    const int scale = 40 + index;
    const int min = 20 + index;
    packed[index] = static_cast<uint8_t>((10 + index) | ((scale >> 4) << 6));
    packed[index + 4] = static_cast<uint8_t>((50 + index) | ((min >> 4) << 6));
    packed[index + 8] = static_cast<uint8_t>((scale & 15) | ((min & 15) << 4));
  }
  for (int index = 0; index < 4; ++index) {
    EXPECT_EQ(k_scale(packed, index), 10 + index);
    EXPECT_EQ(k_min(packed, index), 50 + index);
    EXPECT_EQ(k_scale(packed, index + 4), 40 + index);
    EXPECT_EQ(k_min(packed, index + 4), 20 + index);
  }
}

}  // namespace
}  // namespace fimd
