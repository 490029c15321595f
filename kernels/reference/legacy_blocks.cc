#include "kernels/reference/dequantize.h"

namespace fimd::reference {
namespace {

/// The four stored bits of element `index` of 32.
int four_bits(const std::array<uint8_t, 16>& nibbles, int index) {
  const int byte = nibbles[index % 16];
  return index < 16 ? byte & 15 : byte >> 4;
}

/// The five stored bits of element `index` of a Q5_0 or Q5_1 block.
template <typename Block>
int five_bits(const Block& block, int index) {
  const int high = (block.high_bits[index / 8] >> (index % 8)) & 1;
  return four_bits(block.nibbles, index) | (high << 4);
}

/// scale * q(i) + offset.
template <typename Quants>
void scale_and_offset(float scale, float offset, std::span<float, 32> out, const Quants& q) {
  for (int i = 0; i < 32; ++i) out[i] = scale * static_cast<float>(q(i)) + offset;
}

/// scale * q(i).
template <typename Quants>
void scale_only(float scale, std::span<float, 32> out, const Quants& q) {
  for (int i = 0; i < 32; ++i) out[i] = scale * static_cast<float>(q(i));
}

}  // namespace

void dequantize_block(const BlockQ4_0& block, std::span<float, 32> out) {
  scale_only(to_float(block.scale), out, [&](int i) { return four_bits(block.nibbles, i) - 8; });
}

void dequantize_block(const BlockQ4_1& block, std::span<float, 32> out) {
  scale_and_offset(to_float(block.scale), to_float(block.offset), out, [&](int i) {
    return four_bits(block.nibbles, i);
  });
}

void dequantize_block(const BlockQ5_0& block, std::span<float, 32> out) {
  scale_only(to_float(block.scale), out, [&](int i) { return five_bits(block, i) - 16; });
}

void dequantize_block(const BlockQ5_1& block, std::span<float, 32> out) {
  scale_and_offset(to_float(block.scale), to_float(block.offset), out, [&](int i) {
    return five_bits(block, i);
  });
}

void dequantize_block(const BlockQ8_0& block, std::span<float, 32> out) {
  scale_only(to_float(block.scale), out, [&](int i) { return int{block.values[i]}; });
}

}  // namespace fimd::reference
