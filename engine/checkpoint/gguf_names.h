// What GGUF calls the tensors that Hugging Face's checkpoints have, and the families.
//
//   blk.3.attn_q.weight       model.layers.3.self_attn.q_proj.weight
//   blk.3.ffn_up_exps.weight  model.layers.3.mlp.experts.{0, 1, ...}.up_proj.weight, stacked
//
// Source: gguf-py's constants.py and tensor_mapping.py.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fimd {

/// Where a tensor of a GGUF file belongs.
struct GgufPlace {
  std::string name;         ///< Hugging Face's, with "{}" for the expert's number where stacked
  bool is_stacked = false;  ///< one matrix for each expert
};

/// The place of the tensor `gguf`; its own name where nobody else has one for it.
GgufPlace place_of_gguf_tensor(std::string_view gguf);

/// The name of expert `index` of a stack.
std::string expert_name(const GgufPlace& place, int64_t index);

}  // namespace fimd
