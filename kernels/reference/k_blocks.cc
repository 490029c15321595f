#include "kernels/reference/dequantize.h"

namespace fimd::reference {
namespace {

/// The two bits in `pairs` of element `index` of 256.
int two_bits(const std::array<uint8_t, 64>& pairs, int index) {
  const int byte = pairs[index / 128 * 32 + index % 32];
  return (byte >> (2 * (index % 128 / 32))) & 3;
}

/// The four bits of element `index` of a Q4_K or Q5_K block.
int four_bits(const std::array<uint8_t, 128>& nibbles, int index) {
  const int byte = nibbles[index / 64 * 32 + index % 32];
  return index % 64 < 32 ? byte & 15 : byte >> 4;
}

/// Bit index / 32 of the byte that an element shares with seven others.
int high_bit(const std::array<uint8_t, 32>& high_bits, int index) {
  return (high_bits[index % 32] >> (index / 32)) & 1;
}

/// s of sub-block `index` of 16 of a Q3_K block.
int q3_scale(const std::array<uint8_t, 12>& scales, int index) {
  const int low = index < 8 ? scales[index] & 15 : scales[index - 8] >> 4;
  const int high = (scales[8 + index % 4] >> (2 * (index / 4))) & 3;
  return (low | (high << 4)) - 32;
}

/// The six stored bits of element `index` of a Q6_K block.
int six_bits(const BlockQ6_K& block, int index) {
  const int byte = block.nibbles[index / 128 * 64 + index % 64];
  const int low = index % 128 < 64 ? byte & 15 : byte >> 4;
  return low | (two_bits(block.pairs, index) << 4);
}

/// Q4_K, and Q5_K with its fifth bits: scale * s * q(i) - min_scale * m.
template <typename Block, typename Quants>
void scale_and_min(const Block& block, std::span<float, 256> out, const Quants& q) {
  for (int i = 0; i < 256; ++i) {
    const float scale = to_float(block.scale) * static_cast<float>(k_scale(block.scales, i / 32));
    const float min = to_float(block.min_scale) * static_cast<float>(k_min(block.scales, i / 32));
    out[i] = scale * static_cast<float>(q(i)) - min;
  }
}

}  // namespace

void dequantize_block(const BlockQ2_K& block, std::span<float, 256> out) {
  for (int i = 0; i < 256; ++i) {
    const int packed = block.scales[i / 16];
    const float scale = to_float(block.scale) * static_cast<float>(packed & 15);
    const float min = to_float(block.min_scale) * static_cast<float>(packed >> 4);
    out[i] = scale * static_cast<float>(two_bits(block.pairs, i)) - min;
  }
}

void dequantize_block(const BlockQ3_K& block, std::span<float, 256> out) {
  for (int i = 0; i < 256; ++i) {
    const float scale = to_float(block.scale) * static_cast<float>(q3_scale(block.scales, i / 16));
    const int q = (two_bits(block.pairs, i) | (high_bit(block.high_bits, i) << 2)) - 4;
    out[i] = scale * static_cast<float>(q);
  }
}

void dequantize_block(const BlockQ4_K& block, std::span<float, 256> out) {
  scale_and_min(block, out, [&](int i) { return four_bits(block.nibbles, i); });
}

void dequantize_block(const BlockQ5_K& block, std::span<float, 256> out) {
  scale_and_min(block, out, [&](int i) {
    return four_bits(block.nibbles, i) | (high_bit(block.high_bits, i) << 4);
  });
}

void dequantize_block(const BlockQ6_K& block, std::span<float, 256> out) {
  for (int i = 0; i < 256; ++i) {
    const float scale = to_float(block.scale) * static_cast<float>(block.scales[i / 16]);
    out[i] = scale * static_cast<float>(six_bits(block, i) - 32);
  }
}

}  // namespace fimd::reference
