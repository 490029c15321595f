#include "engine/families.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/config_limits.h"
#include "engine/json/json_fields.h"

namespace fimd {
namespace {

using nlohmann::json;

// DeepSeek-V2 of 236B is the one model with this many experts under softmax; conversions of it that
// lost the keys would otherwise be routed without their groups.
constexpr int64_t kGroupedExperts = 160;
constexpr int64_t kGroupedExpertsGroups = 8;
constexpr int64_t kGroupedExpertsTopkGroup = 3;

struct AttentionBias {
  bool qkv = false;
  bool o = false;
};

/// `config` has its num_attention_heads and hidden_size.
Status read_gqa(const JsonObject& fields, AttentionBias bias, ModelConfig& config) {
  const int64_t num_heads = config.num_attention_heads;
  const std::string heads_text = "num_attention_heads (" + std::to_string(num_heads) + ")";
  GqaConfig gqa = {.qkv_bias = bias.qkv, .o_bias = bias.o};
  FIMD_TRY(gqa.num_key_value_heads,
           fields.integer("num_key_value_heads", {1, num_heads}, num_heads));
  if (num_heads % gqa.num_key_value_heads != 0) {
    return fields.wrong("num_key_value_heads", "a divisor of " + heads_text);
  }
  if (fields.find("head_dim") == nullptr && config.hidden_size % (2 * num_heads) != 0) {
    return fields.wrong("hidden_size", "an even multiple of " + heads_text);
  }
  FIMD_TRY(gqa.head_dim,
           fields.integer("head_dim", {2, kMaxHeadWidth}, config.hidden_size / num_heads));
  if (gqa.head_dim % 2 != 0) return fields.wrong("head_dim", "an even integer");
  config.attention = gqa;
  return {};
}

Result<MlaConfig> read_mla(const JsonObject& fields) {
  MlaConfig mla;
  if (!fields.has_key("q_lora_rank")) {
    return fields.wrong("q_lora_rank", "null or " + JsonRange<int64_t>{1, kMaxWidth}.text());
  }
  if (fields.find("q_lora_rank") != nullptr) {
    FIMD_TRY(mla.q_lora_rank, fields.integer("q_lora_rank", {1, kMaxWidth}));
  }
  FIMD_TRY(mla.kv_lora_rank, fields.integer("kv_lora_rank", {1, kMaxWidth}));
  FIMD_TRY(mla.qk_nope_head_dim, fields.integer("qk_nope_head_dim", {1, kMaxHeadWidth}));
  FIMD_TRY(mla.qk_rope_head_dim, fields.integer("qk_rope_head_dim", {2, kMaxHeadWidth}));
  FIMD_TRY(mla.v_head_dim, fields.integer("v_head_dim", {1, kMaxHeadWidth}));
  if (mla.qk_rope_head_dim % 2 != 0) return fields.wrong("qk_rope_head_dim", "an even integer");
  return mla;
}

/// `moe` has its n_routed_experts, at least 1.
Status read_expert_groups(const JsonObject& fields, MoeConfig& moe) {
  const int64_t num_experts = moe.n_routed_experts;
  const bool lost_groups = num_experts == kGroupedExperts && fields.find("n_group") == nullptr &&
                           fields.find("topk_group") == nullptr;
  const json method = fields.find("topk_method") != nullptr ? *fields.find("topk_method")
                      : lost_groups                         ? json("group_limited_greedy")
                                                            : json("greedy");
  if (method == "greedy") return {};
  if (method != "group_limited_greedy") {
    return fields.wrong("topk_method",
                        "\"greedy\" or \"group_limited_greedy\"",
                        method.is_string() ? ErrorCode::kUnsupported : ErrorCode::kInvalidInput);
  }
  moe.topk_method = TopkMethod::kGroupLimitedGreedy;
  if (lost_groups) {
    moe.n_group = kGroupedExpertsGroups;
    moe.topk_group = kGroupedExpertsTopkGroup;
    return {};
  }
  FIMD_TRY(moe.n_group, fields.integer("n_group", {1, num_experts}));
  FIMD_TRY(moe.topk_group, fields.integer("topk_group", {1, moe.n_group}));
  if (num_experts % moe.n_group == 0) return {};
  return fields.wrong("n_group",
                      "a divisor of n_routed_experts (" + std::to_string(num_experts) + ")");
}

Result<std::optional<MoeConfig>> read_moe(const JsonObject& fields) {
  MoeConfig moe;
  FIMD_TRY(moe.n_routed_experts, fields.integer("n_routed_experts", {0, kMaxExperts}, 0));
  if (moe.n_routed_experts == 0) return std::nullopt;
  FIMD_TRY_STATUS(fields.only("scoring_func", "softmax"));
  FIMD_TRY_STATUS(read_expert_groups(fields, moe));
  const int64_t kept_experts = moe.n_routed_experts / moe.n_group * moe.topk_group;
  FIMD_TRY(moe.num_experts_per_tok, fields.integer("num_experts_per_tok", {1, kept_experts}));
  FIMD_TRY(moe.n_shared_experts, fields.integer("n_shared_experts", {0, kMaxExperts}, 0));
  FIMD_TRY(moe.moe_intermediate_size,
           fields.integer("moe_intermediate_size", {1, kMaxIntermediateWidth}));
  FIMD_TRY(moe.first_k_dense_replace, fields.integer("first_k_dense_replace", {0, kMaxLayers}, 0));
  FIMD_TRY(moe.moe_layer_freq, fields.integer("moe_layer_freq", {1, kMaxLayers}, 1));
  FIMD_TRY(moe.routed_scaling_factor,
           fields.number("routed_scaling_factor", {kMinRoutedScale, kMaxRoutedScale}, 1));
  FIMD_TRY(moe.norm_topk_prob, fields.boolean("norm_topk_prob", false));
  return moe;
}

Status read_llama(const JsonObject& fields, ModelConfig& config) {
  AttentionBias bias;
  FIMD_TRY(bias.o, fields.boolean("attention_bias", false));
  FIMD_TRY(bias.qkv, fields.boolean("qkv_bias", bias.o));  // GGUF's tensors tell them apart
  return read_gqa(fields, bias, config);
}

Status read_qwen2(const JsonObject& fields, ModelConfig& config) {
  FIMD_TRY_STATUS(fields.only("use_sliding_window", false));
  return read_gqa(fields, {.qkv = true}, config);
}

Status read_deepseek_v2(const JsonObject& fields, ModelConfig& config) {
  FIMD_TRY_STATUS(fields.only("attention_bias", false));
  FIMD_TRY(config.attention, read_mla(fields));
  FIMD_TRY(config.moe, read_moe(fields));
  return {};
}

constexpr std::array kFamilies = {
    Family{.huggingface = "DeepseekV2ForCausalLM", .gguf = "deepseek2", .read = read_deepseek_v2},
    Family{.huggingface = "LlamaForCausalLM", .gguf = "llama", .read = read_llama},
    Family{.huggingface = "Qwen2ForCausalLM", .gguf = "qwen2", .read = read_qwen2},
};

}  // namespace

std::span<const Family> families() {
  return kFamilies;
}

}  // namespace fimd
