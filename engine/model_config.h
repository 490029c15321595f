// Hyper-parameters of a checkpoint, under the names of its own config.json.
//
// What a Hugging Face folder may leave out has the default that the architecture's own
// configuration class gives it. Two spellings are read: the one that DeepSeek publishes
// (`rope_theta`, `rope_scaling`) and that of transformers 5 (`rope_parameters`). Types of weights
// are those of the tensors, whatever the configuration says. The ranges are in the .cc file. Values
// that no checkpoint of these architectures can have are errors, so nothing later needs to doubt a
// size: every product of two fields fits in int64_t, and the sizes are compared with the tensors'
// own shapes when they are bound.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "kernels/base/result.h"
#include "kernels/ops.h"

namespace fimd {

/// `rope_scaling` of type yarn. Source: YaRN, arXiv:2309.00071, and model-specific mscale.
struct YarnConfig {
  double factor = 1;                    ///< `factor`, at least 1
  int64_t original_context_tokens = 0;  ///< `original_max_position_embeddings`
  double beta_fast = 32;                ///< rotations over the original context: above, unscaled
  double beta_slow = 1;                 ///< below, divided by `factor`
  double mscale = 1;                    ///< of cos and sin; 1 when absent
  double mscale_all_dim = 0;            ///< of the softmax scale; 0 when absent: none
};

/// Multi-head latent attention.
struct MlaConfig {
  int64_t q_lora_rank = 0;  ///< 0 for null: a plain q_proj
  int64_t kv_lora_rank = 0;
  int64_t qk_nope_head_dim = 0;
  int64_t qk_rope_head_dim = 0;  ///< even
  int64_t v_head_dim = 0;
};

/// Grouped-query attention; multi-head where every head has its own keys.
struct GqaConfig {
  int64_t num_key_value_heads = 0;  ///< divides num_attention_heads
  int64_t head_dim = 0;             ///< hidden_size / num_attention_heads when absent; even
  bool qkv_bias = false;
  bool o_bias = false;
  RopePairing pairing = RopePairing::kHalfSplit;  ///< as the file orders the rows of q and k
};

enum class TopkMethod { kGreedy, kGroupLimitedGreedy };

/// DeepSeekMoE.
struct MoeConfig {
  int64_t n_routed_experts = 0;
  int64_t n_shared_experts = 0;     ///< one network of n_shared_experts * moe_intermediate_size
  int64_t num_experts_per_tok = 0;  ///< at most n_routed_experts / n_group * topk_group
  int64_t moe_intermediate_size = 0;
  int64_t first_k_dense_replace = 0;
  int64_t moe_layer_freq = 1;
  TopkMethod topk_method = TopkMethod::kGreedy;
  int64_t n_group = 1;     ///< divides n_routed_experts; 1 under kGreedy, whatever the file says
  int64_t topk_group = 1;  ///< at most n_group; 1 under kGreedy
  double routed_scaling_factor = 1;
  bool norm_topk_prob = false;
};

struct ModelConfig {
  std::string_view architecture;  ///< of families.h
  int64_t vocab_size = 0;         ///< rows of the embedding; may exceed the tokenizer's
  int64_t hidden_size = 0;
  int64_t num_hidden_layers = 0;
  int64_t num_attention_heads = 0;
  int64_t intermediate_size = 0;        ///< of the dense layers
  int64_t max_position_embeddings = 0;  ///< the context, tokens
  double rms_norm_eps = 1e-6;
  double rope_theta = 10000;
  std::optional<YarnConfig> yarn;    ///< absent: plain RoPE
  bool tie_word_embeddings = false;  ///< lm_head is the embedding
  std::optional<int32_t> bos_token_id;
  std::vector<int32_t> eos_token_ids;  ///< generation_config.json's, else config.json's

  std::variant<MlaConfig, GqaConfig> attention;
  std::optional<MoeConfig> moe;  ///< absent: every layer is dense

  /// Null where attention is of the other kind.
  [[nodiscard]] const MlaConfig* mla() const { return std::get_if<MlaConfig>(&attention); }

  [[nodiscard]] const GqaConfig* gqa() const { return std::get_if<GqaConfig>(&attention); }

  /// A layer is MoE iff there are experts, layer >= first_k_dense_replace and
  /// layer % moe_layer_freq == 0.
  [[nodiscard]] bool is_moe_layer(int64_t layer) const;

  /// Floats that one token adds to one layer's cache: the latent and the rotary key for MLA, K and
  /// V for GQA.
  [[nodiscard]] int64_t cache_width() const;

  /// Dimensions of a query or a key: of a dot product.
  [[nodiscard]] int64_t qk_head_dim() const;
  /// Of them, those that RoPE turns.
  [[nodiscard]] int64_t rope_head_dim() const;
  /// Dimensions of a head's output.
  [[nodiscard]] int64_t value_head_dim() const;
};

/// Reads the configuration of the model at `model`: a GGUF file's keys, or a folder's config.json
/// and, where there is one, generation_config.json. A key that is null counts as absent, except
/// that q_lora_rank must be there: absent and null differ by 1536. Errors: kNotFound, no
/// config.json; kInvalidInput, not JSON, a key missing, of a wrong type or out of range;
/// kUnsupported, an architecture, rope type, activation, scoring or routing function that is not
/// among ours, or biases of an MLP or quantisation, which we lack; kIo. The message names the file,
/// the key, what was found and what was expected.
Result<ModelConfig> load_model_config(const std::filesystem::path& model);

}  // namespace fimd
