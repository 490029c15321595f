// Blocks of weights as floats, computed as the format defines it: integers are put together first,
// then fp32 products and sums in the order of block_format.h's formulas, each rounded once. So the
// values have the bits that gguf's numpy code gives.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/block_format.h"

namespace fimd::reference {

/// Writes the out.size() elements of the row that begins at `row`, which is aligned to its block.
/// Aborts if these are not whole blocks.
void dequantize_row(DType dtype, const void* row, std::span<float> out);

// legacy_blocks.cc
void dequantize_block(const BlockQ4_0& block, std::span<float, 32> out);
void dequantize_block(const BlockQ4_1& block, std::span<float, 32> out);
void dequantize_block(const BlockQ5_0& block, std::span<float, 32> out);
void dequantize_block(const BlockQ5_1& block, std::span<float, 32> out);
void dequantize_block(const BlockQ8_0& block, std::span<float, 32> out);

// k_blocks.cc
void dequantize_block(const BlockQ2_K& block, std::span<float, 256> out);
void dequantize_block(const BlockQ3_K& block, std::span<float, 256> out);
void dequantize_block(const BlockQ4_K& block, std::span<float, 256> out);
void dequantize_block(const BlockQ5_K& block, std::span<float, 256> out);
void dequantize_block(const BlockQ6_K& block, std::span<float, 256> out);

// iq4_blocks.cc
void dequantize_block(const BlockIQ4_NL& block, std::span<float, 32> out);
void dequantize_block(const BlockIQ4_XS& block, std::span<float, 256> out);

}  // namespace fimd::reference
