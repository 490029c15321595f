#include "kernels/reference/dequantize.h"

namespace fimd::reference {
namespace {

/// 32 elements: scale * the values that 16 bytes of indices stand for.
void look_up(float scale, const uint8_t* nibbles, float* out) {
  for (int i = 0; i < 16; ++i) {
    out[i] = scale * static_cast<float>(kIq4Values[nibbles[i] & 15]);
    out[i + 16] = scale * static_cast<float>(kIq4Values[nibbles[i] >> 4]);
  }
}

}  // namespace

void dequantize_block(const BlockIQ4_NL& block, std::span<float, 32> out) {
  look_up(to_float(block.scale), block.nibbles.data(), out.data());
}

void dequantize_block(const BlockIQ4_XS& block, std::span<float, 256> out) {
  for (int b = 0; b < 8; ++b) {
    const int low = (block.scales_low[b / 2] >> (4 * (b % 2))) & 15;
    const int high = (block.scales_high >> (2 * b)) & 3;
    const float scale = to_float(block.scale) * static_cast<float>((low | (high << 4)) - 32);
    look_up(scale, block.nibbles.data() + int64_t{16} * b, out.data() + int64_t{32} * b);
  }
}

}  // namespace fimd::reference
