// W_UK and W_UV of multi-head latent attention, which newer GGUF files have apart.
//
//   attn_kv_b  [heads * (nope + v), rank]   per head W_UK, then W_UV: Hugging Face's, and older
//   files' attn_k_b   [heads, rank, nope]          W_UK of each head, transposed attn_v_b   [heads,
//   v, rank]             W_UV of each head
//
// Source: llama.cpp's converter since its pull request 12801.
#pragma once

#include <vector>

#include "engine/checkpoint/gguf.h"

namespace fimd {

/// A tensor and its blocks.
struct GgufMatrix {
  const GgufTensor* tensor = nullptr;
  const std::byte* data = nullptr;
};

/// attn_kv_b as floats, of the other two. Errors: kInvalidInput, their shapes do not fit each
/// other; the message begins with `place`.
Result<std::vector<float>> join_kv_b(const GgufMatrix& k_b,
                                     const GgufMatrix& v_b,
                                     const std::string& place);

}  // namespace fimd
