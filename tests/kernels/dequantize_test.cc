#include "kernels/reference/dequantize.h"

#include <bit>

#include "engine/checkpoint/safetensors.h"
#include "tests/kernels/kernel_test.h"
#include "tests/support/golden.h"

namespace fimd {
namespace {

std::vector<uint32_t> bits_of(std::span<const float> values) {
  std::vector<uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<uint32_t>(value));
  return bits;
}

// Row by row, since each block of the golden is of other scales.
TEST(Dequantize, GivesTheBitsOfTheGoldens) {
  const auto golden = SafetensorsFile::open(golden_root() / "gguf/blocks.safetensors");
  ASSERT_TRUE(golden) << golden.error().message;
  for (const DType dtype : kBlockDTypes) {
    const std::string name(dtype_name(dtype));
    const auto blocks = golden->values<uint8_t>(name + ".blocks");
    const auto values = golden->values<float>(name + ".values");
    ASSERT_TRUE(blocks && values) << name;
    const BlockFormat format = block_format(dtype);
    const size_t count = blocks->size() / static_cast<size_t>(format.block_bytes);
    ASSERT_GT(count, 4U);
    ASSERT_EQ(values->size(), count * static_cast<size_t>(format.block_elements));
    for (size_t row = 0; row < count; ++row) {
      std::vector<float> actual(static_cast<size_t>(format.block_elements));
      reference::dequantize_row(dtype, blocks->data() + row * format.block_bytes, actual);
      ASSERT_EQ(bits_of(actual), bits_of(values->subspan(row * actual.size(), actual.size())))
          << name << ", block " << row;
    }
    std::vector<float> all(values->size());
    reference::dequantize_row(dtype, blocks->data(), all);
    EXPECT_EQ(bits_of(all), bits_of(*values)) << name;
  }
}

TEST(Dequantize, ConvertsSingleElements) {
  const std::vector<bf16> row = {bf16{0x3f80}, bf16{0xc000}, bf16{0x7f80}};
  std::vector<float> values(row.size());
  reference::dequantize_row(DType::kBF16, row.data(), values);
  EXPECT_EQ(values, (std::vector<float>{1, -2, kInfinity}));
}

}  // namespace
}  // namespace fimd
