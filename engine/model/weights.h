// The weights of a model, bound by name from a checkpoint and checked against its configuration.
//
// Matrices are views of the checkpoint's mapping, as stored. Vectors (norms, biases), a few
// kilobytes a layer, are copied to float. Field names are the checkpoint's own, without "_proj"
// where it adds nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/checkpoint/checkpoint.h"
#include "engine/model_config.h"
#include "kernels/ops.h"

namespace fimd {

/// Multi-head latent attention (`self_attn` of DeepSeek-V2).
struct MlaWeights {
  MatrixView q_proj;                  ///< [heads * (nope + rope), hidden]; empty if q_lora_rank
  MatrixView q_a_proj;                ///< [q_lora_rank, hidden]; empty without q_lora_rank
  std::vector<float> q_a_layernorm;   ///< [q_lora_rank]
  MatrixView q_b_proj;                ///< [heads * (nope + rope), q_lora_rank]
  MatrixView kv_a_proj_with_mqa;      ///< [kv_lora_rank + rope, hidden]
  std::vector<float> kv_a_layernorm;  ///< [kv_lora_rank]
  MatrixView kv_b_proj;               ///< [heads * (nope + v), kv_lora_rank]
};

/// Grouped-query attention (`self_attn` of LLaMA and its kin).
struct GqaWeights {
  MatrixView q_proj;          ///< [heads * head_dim, hidden]
  MatrixView k_proj;          ///< [kv_heads * head_dim, hidden]
  MatrixView v_proj;          ///< [kv_heads * head_dim, hidden]
  std::vector<float> q_bias;  ///< [heads * head_dim]; empty: none, as the next two
  std::vector<float> k_bias;  ///< [kv_heads * head_dim]
  std::vector<float> v_bias;  ///< [kv_heads * head_dim]
};

struct LayerWeights {
  std::vector<float> input_layernorm;           ///< [hidden]
  std::vector<float> post_attention_layernorm;  ///< [hidden]
  MlaWeights mla;                               ///< bound where attention is MLA
  GqaWeights gqa;                               ///< bound where attention is GQA
  MatrixView o_proj;                            ///< [hidden, heads * value_head_dim]
  std::vector<float> o_bias;                    ///< [hidden]; empty: none
  GatedMlp mlp;                                 ///< a dense layer's; a MoE layer's shared experts
  MatrixView router;                            ///< `mlp.gate`: [experts, hidden]; empty if dense
  std::vector<GatedMlp> experts;                ///< [n_routed_experts]; empty if dense
};

struct ModelWeights {
  MatrixView embed_tokens;  ///< [vocab_size, hidden]
  std::vector<LayerWeights> layers;
  std::vector<float> norm;  ///< [hidden]
  MatrixView lm_head;       ///< [vocab_size, hidden]; embed_tokens when tied
};

/// Binds every tensor that `config` asks for. The result borrows the checkpoint's mapping.
/// Errors: those of Checkpoint::tensor().
Result<ModelWeights> bind_weights(const Checkpoint& checkpoint, const ModelConfig& config);

/// Elements and what they take in the checkpoint.
struct WeightSize {
  int64_t parameters = 0;
  int64_t size_bytes = 0;

  WeightSize& operator+=(const WeightSize& other);
};

struct ModelSize {
  WeightSize total;   ///< every bound tensor, tied ones once
  WeightSize active;  ///< what one token multiplies: the chosen experts, no embedding table
};

ModelSize measure_model(const ModelWeights& weights, const ModelConfig& config);

}  // namespace fimd
