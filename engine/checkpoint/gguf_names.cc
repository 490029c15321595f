#include "engine/checkpoint/gguf_names.h"

#include <array>

#include "kernels/base/ascii.h"

namespace fimd {
namespace {

struct NamePair {
  std::string_view gguf;
  std::string_view huggingface;
};

constexpr std::array kOfModel = {
    NamePair{"token_embd", "model.embed_tokens"},
    NamePair{"output_norm", "model.norm"},
    NamePair{"output", "lm_head"},
};

/// Behind "blk.N." and "model.layers.N.".
constexpr std::array kOfLayer = {
    NamePair{"attn_norm", "input_layernorm"},
    NamePair{"ffn_norm", "post_attention_layernorm"},
    NamePair{"attn_q", "self_attn.q_proj"},
    NamePair{"attn_k", "self_attn.k_proj"},
    NamePair{"attn_v", "self_attn.v_proj"},
    NamePair{"attn_output", "self_attn.o_proj"},
    NamePair{"attn_q_a", "self_attn.q_a_proj"},
    NamePair{"attn_q_a_norm", "self_attn.q_a_layernorm"},
    NamePair{"attn_q_b", "self_attn.q_b_proj"},
    NamePair{"attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa"},
    NamePair{"attn_kv_a_norm", "self_attn.kv_a_layernorm"},
    NamePair{"attn_kv_b", "self_attn.kv_b_proj"},
    NamePair{"ffn_gate", "mlp.gate_proj"},
    NamePair{"ffn_up", "mlp.up_proj"},
    NamePair{"ffn_down", "mlp.down_proj"},
    NamePair{"ffn_gate_inp", "mlp.gate"},
    NamePair{"ffn_gate_shexp", "mlp.shared_experts.gate_proj"},
    NamePair{"ffn_up_shexp", "mlp.shared_experts.up_proj"},
    NamePair{"ffn_down_shexp", "mlp.shared_experts.down_proj"},
    NamePair{"ffn_gate_exps", "mlp.experts.{}.gate_proj"},
    NamePair{"ffn_up_exps", "mlp.experts.{}.up_proj"},
    NamePair{"ffn_down_exps", "mlp.experts.{}.down_proj"},
};

std::string_view huggingface_name(const auto& pairs, std::string_view gguf) {
  for (const NamePair& pair : pairs) {
    if (pair.gguf == gguf) return pair.huggingface;
  }
  return {};
}

}  // namespace

GgufPlace place_of_gguf_tensor(std::string_view gguf) {
  constexpr std::string_view kLayer = "blk.";
  const size_t kind = gguf.rfind('.');  // of ".weight" or ".bias"
  GgufPlace place = {.name = std::string(gguf)};
  if (kind == std::string_view::npos) return place;
  std::string_view stem = gguf.substr(0, kind);
  std::string name;
  if (stem.starts_with(kLayer)) {
    stem.remove_prefix(kLayer.size());
    size_t digits = 0;
    while (digits < stem.size() && is_ascii_digit(stem[digits])) ++digits;
    if (digits == 0 || stem.substr(digits, 1) != ".") return place;
    const std::string_view found = huggingface_name(kOfLayer, stem.substr(digits + 1));
    if (found.empty()) return place;
    name.append("model.layers.").append(stem.substr(0, digits + 1)).append(found);
    place.is_stacked = found.find("{}") != std::string_view::npos;
  } else {
    name = huggingface_name(kOfModel, stem);
    if (name.empty()) return place;
  }
  place.name = name.append(gguf.substr(kind));
  return place;
}

std::string expert_name(const GgufPlace& place, int64_t index) {
  std::string name = place.name;
  return name.replace(name.find("{}"), 2, std::to_string(index));
}

}  // namespace fimd
