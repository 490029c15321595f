#include "engine/model/step_cost.h"

#include "engine/model/forward.h"

namespace fimd {
namespace {

/// (query, key) pairs that the causal mask leaves to the last `num_queries` tokens.
int64_t causal_pairs(int64_t num_queries, int64_t context_tokens) {
  return num_queries * context_tokens - num_queries * (num_queries - 1) / 2;
}

int64_t mla_multiply_adds(const ModelConfig& config, const StepShape& shape, int64_t num_queries) {
  const MlaConfig& mla = *config.mla();
  const int64_t heads = config.num_attention_heads;
  const int64_t hidden = config.hidden_size;
  const int64_t rank = mla.kv_lora_rank;
  const int64_t rope = mla.qk_rope_head_dim;
  const int64_t kv_dim = mla.qk_nope_head_dim + mla.v_head_dim;
  const int64_t q_dim = heads * (mla.qk_nope_head_dim + rope);
  const int64_t q = mla.q_lora_rank == 0 ? hidden * q_dim : mla.q_lora_rank * (hidden + q_dim);
  const int64_t o = heads * mla.v_head_dim * hidden;
  const int64_t pairs = causal_pairs(num_queries, shape.context_tokens);
  const bool absorbed = choose_mla_form(mla, num_queries) == MlaForm::kAbsorbed;
  const int64_t attention =
      absorbed ? heads * (pairs * (2 * rank + rope) + num_queries * rank * kv_dim)
               : heads * (pairs * (kv_dim + rope) + shape.context_tokens * rank * kv_dim);
  return shape.num_tokens * hidden * (rank + rope) + num_queries * (q + o) + attention;
}

int64_t gqa_multiply_adds(const ModelConfig& config, const StepShape& shape, int64_t num_queries) {
  const int64_t q_width = config.num_attention_heads * config.gqa()->head_dim;
  const int64_t kv_width = config.gqa()->num_key_value_heads * config.gqa()->head_dim;
  const int64_t pairs = causal_pairs(num_queries, shape.context_tokens);
  return config.hidden_size * 2 * (shape.num_tokens * kv_width + num_queries * q_width) +
         pairs * 2 * q_width;
}

int64_t mlp_multiply_adds_per_token(const ModelConfig& config, int64_t layer) {
  if (!config.is_moe_layer(layer)) return 3 * config.hidden_size * config.intermediate_size;
  const MoeConfig& moe = *config.moe;
  const int64_t networks = moe.num_experts_per_tok + moe.n_shared_experts;
  return config.hidden_size * (moe.n_routed_experts + 3 * networks * moe.moe_intermediate_size);
}

}  // namespace

int64_t step_multiply_adds(const ModelConfig& config, const StepShape& shape) {
  int64_t total = shape.num_logits * config.hidden_size * config.vocab_size;
  for (int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    const bool is_last = layer + 1 == config.num_hidden_layers;
    const int64_t num_queries = is_last ? shape.num_logits : shape.num_tokens;
    total += config.mla() != nullptr ? mla_multiply_adds(config, shape, num_queries)
                                     : gqa_multiply_adds(config, shape, num_queries);
    total += num_queries * mlp_multiply_adds_per_token(config, layer);
  }
  return total;
}

}  // namespace fimd
