#include "engine/model_config.h"

#include <nlohmann/json.hpp>
#include <string>

#include "engine/json/json_fields.h"
#include "engine/json/json_file.h"

namespace fimd {
namespace {

using nlohmann::json;

// Real ones have 2 KB; those of other projects, with lists of quantised layers, some tens.
constexpr int64_t kMaxConfigBytes = 1 << 20;

// Bounds on what one number may make us allocate or loop over: generous against the largest models
// of today (in brackets), small enough that the product of any two is far from overflow.
constexpr int64_t kMaxWidth = 65'536;               // hidden and latent widths [16,384]
constexpr int64_t kMaxIntermediateWidth = 1 << 20;  // [53,248]
constexpr int64_t kMaxLayers = 1024;                // [126]
constexpr int64_t kMaxHeads = 4096;                 // [128]
constexpr int64_t kMaxHeadWidth = 4096;             // [256]
constexpr int64_t kMaxExperts = 4096;               // [512]
constexpr int64_t kMaxVocabulary = 1 << 21;         // [262,144]
constexpr int64_t kMaxContextTokens = 1 << 24;      // [10,485,760]
constexpr size_t kMaxEndTokens = 64;                // [3]
constexpr double kMinRmsNormEps = 1e-12;            // [1e-6]; in fp32 still above zero when added
constexpr double kMaxRmsNormEps = 0.1;              // [1e-5]
constexpr double kMinRopeTheta = 2;                 // [10,000]; YaRN divides by its logarithm
constexpr double kMaxRopeTheta = 1e12;              // [5e8]
constexpr double kMaxYarnFactor = 65'536;           // [40]
constexpr double kMinYarnBeta = 1e-3;               // [1]; YaRN takes its logarithm
constexpr double kMaxYarnBeta = 1e6;                // [32]
constexpr double kMaxYarnMscale = 100;              // [1]
constexpr double kMinRoutedScale = 1e-6;            // [1]
constexpr double kMaxRoutedScale = 1e6;             // [16]

// DeepSeek-V2 of 236B is the one model with this many experts under softmax; conversions of it that
// lost the keys would otherwise be routed without their groups.
constexpr int64_t kGroupedExperts = 160;
constexpr int64_t kGroupedExpertsGroups = 8;
constexpr int64_t kGroupedExpertsTopkGroup = 3;

Result<Architecture> read_architecture(const JsonObject& fields) {
  const std::string expected = "\"DeepseekV2ForCausalLM\" or \"LlamaForCausalLM\"";
  const json* names = fields.find("architectures");
  if (names == nullptr || !names->is_array() || names->empty()) {
    return fields.wrong("architectures", "an array with " + expected);
  }
  for (const Architecture architecture : {Architecture::kDeepseekV2, Architecture::kLlama}) {
    if (names->front() == architecture_name(architecture)) return architecture;
  }
  return fail(ErrorCode::kUnsupported,
              fields.place_of("architectures") + " begins with " + describe(names->front()) +
                  ", expected " + expected);
}

Result<YarnConfig> read_yarn(const JsonObject& fields) {
  YarnConfig yarn;
  FIMD_TRY(yarn.factor, fields.number("factor", {1, kMaxYarnFactor}));
  FIMD_TRY(yarn.original_context_tokens,
           fields.integer("original_max_position_embeddings", {1, kMaxContextTokens}));
  FIMD_TRY(yarn.beta_fast, fields.number("beta_fast", {kMinYarnBeta, kMaxYarnBeta}, 32));
  FIMD_TRY(yarn.beta_slow, fields.number("beta_slow", {kMinYarnBeta, yarn.beta_fast}, 1));
  FIMD_TRY(yarn.mscale, fields.number("mscale", {0, kMaxYarnMscale}, 1));
  FIMD_TRY(yarn.mscale_all_dim, fields.number("mscale_all_dim", {0, kMaxYarnMscale}, 0));
  // Would replace the multiplier that the mscales give.
  FIMD_TRY_STATUS(fields.only("attention_factor", nullptr));
  return yarn;
}

Status read_rope(const JsonObject& fields, ModelConfig& config) {
  const JsonRange<double> theta = {kMinRopeTheta, kMaxRopeTheta};
  FIMD_TRY(config.rope_theta, fields.number("rope_theta", theta, 10000));
  // transformers 5 calls the object rope_parameters and moves rope_theta into it.
  const bool is_new_spelling = fields.find("rope_parameters") != nullptr;
  const char* name = is_new_spelling ? "rope_parameters" : "rope_scaling";
  if (fields.find(name) == nullptr) return {};
  FIMD_TRY(const JsonObject rope, fields.object(name));
  FIMD_TRY(config.rope_theta, rope.number("rope_theta", theta, config.rope_theta));
  const char* type_key = rope.find("rope_type") != nullptr ? "rope_type" : "type";
  const json* type = rope.find(type_key);
  if (type == nullptr || !type->is_string()) {
    return rope.wrong(type_key, "\"yarn\" or \"default\"");
  }
  if (*type == "default") return {};
  if (*type != "yarn") {
    return rope.wrong(type_key, "\"yarn\" or \"default\"", ErrorCode::kUnsupported);
  }
  FIMD_TRY(config.yarn, read_yarn(rope));
  return {};
}

/// `config` has its num_attention_heads and hidden_size.
Status read_llama_attention(const JsonObject& fields, ModelConfig& config) {
  const int64_t num_heads = config.num_attention_heads;
  const std::string heads_text = "num_attention_heads (" + std::to_string(num_heads) + ")";
  FIMD_TRY(config.num_key_value_heads,
           fields.integer("num_key_value_heads", {1, num_heads}, num_heads));
  if (num_heads % config.num_key_value_heads != 0) {
    return fields.wrong("num_key_value_heads", "a divisor of " + heads_text);
  }
  if (fields.find("head_dim") == nullptr && config.hidden_size % (2 * num_heads) != 0) {
    return fields.wrong("hidden_size", "an even multiple of " + heads_text);
  }
  FIMD_TRY(config.head_dim,
           fields.integer("head_dim", {2, kMaxHeadWidth}, config.hidden_size / num_heads));
  if (config.head_dim % 2 != 0) return fields.wrong("head_dim", "an even integer");
  return {};
}

Status read_mla_attention(const JsonObject& fields, ModelConfig& config) {
  if (!fields.has_key("q_lora_rank")) {
    return fields.wrong("q_lora_rank", "null or " + JsonRange<int64_t>{1, kMaxWidth}.text());
  }
  if (fields.find("q_lora_rank") != nullptr) {
    FIMD_TRY(config.q_lora_rank, fields.integer("q_lora_rank", {1, kMaxWidth}));
  }
  FIMD_TRY(config.kv_lora_rank, fields.integer("kv_lora_rank", {1, kMaxWidth}));
  FIMD_TRY(config.qk_nope_head_dim, fields.integer("qk_nope_head_dim", {1, kMaxHeadWidth}));
  FIMD_TRY(config.qk_rope_head_dim, fields.integer("qk_rope_head_dim", {2, kMaxHeadWidth}));
  FIMD_TRY(config.v_head_dim, fields.integer("v_head_dim", {1, kMaxHeadWidth}));
  if (config.qk_rope_head_dim % 2 != 0) return fields.wrong("qk_rope_head_dim", "an even integer");
  return {};
}

/// `config` has its n_routed_experts, at least 1.
Status read_expert_groups(const JsonObject& fields, ModelConfig& config) {
  const int64_t num_experts = config.n_routed_experts;
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
  config.topk_method = TopkMethod::kGroupLimitedGreedy;
  if (lost_groups) {
    config.n_group = kGroupedExpertsGroups;
    config.topk_group = kGroupedExpertsTopkGroup;
    return {};
  }
  FIMD_TRY(config.n_group, fields.integer("n_group", {1, num_experts}));
  FIMD_TRY(config.topk_group, fields.integer("topk_group", {1, config.n_group}));
  if (num_experts % config.n_group == 0) return {};
  return fields.wrong("n_group",
                      "a divisor of n_routed_experts (" + std::to_string(num_experts) + ")");
}

Status read_moe(const JsonObject& fields, ModelConfig& config) {
  FIMD_TRY(config.n_routed_experts, fields.integer("n_routed_experts", {0, kMaxExperts}, 0));
  if (config.n_routed_experts == 0) return {};
  FIMD_TRY_STATUS(fields.only("scoring_func", "softmax"));
  FIMD_TRY_STATUS(read_expert_groups(fields, config));
  const int64_t kept_experts = config.n_routed_experts / config.n_group * config.topk_group;
  FIMD_TRY(config.num_experts_per_tok, fields.integer("num_experts_per_tok", {1, kept_experts}));
  FIMD_TRY(config.n_shared_experts, fields.integer("n_shared_experts", {0, kMaxExperts}, 0));
  FIMD_TRY(config.moe_intermediate_size,
           fields.integer("moe_intermediate_size", {1, kMaxIntermediateWidth}));
  FIMD_TRY(config.first_k_dense_replace,
           fields.integer("first_k_dense_replace", {0, kMaxLayers}, 0));
  FIMD_TRY(config.moe_layer_freq, fields.integer("moe_layer_freq", {1, kMaxLayers}, 1));
  FIMD_TRY(config.routed_scaling_factor,
           fields.number("routed_scaling_factor", {kMinRoutedScale, kMaxRoutedScale}, 1));
  FIMD_TRY(config.norm_topk_prob, fields.boolean("norm_topk_prob", false));
  return {};
}

/// Replaces what `config` has of them by what the file has.
Status read_special_tokens(const JsonObject& fields, ModelConfig& config) {
  const JsonRange<int64_t> ids = {0, config.vocab_size - 1};
  if (fields.find("bos_token_id") != nullptr) {
    FIMD_TRY(const int64_t id, fields.integer("bos_token_id", ids));
    config.bos_token_id = static_cast<int32_t>(id);
  }
  const json* end = fields.find("eos_token_id");
  if (end == nullptr) return {};
  config.eos_token_ids.clear();
  if (!end->is_array()) {
    FIMD_TRY(const int64_t id, fields.integer("eos_token_id", ids));
    config.eos_token_ids.push_back(static_cast<int32_t>(id));
    return {};
  }
  if (end->size() > kMaxEndTokens) {
    return fields.wrong("eos_token_id", "at most " + std::to_string(kMaxEndTokens) + " of them");
  }
  for (const json& element : *end) {
    const json wrapped = {{"eos_token_id", element}};
    FIMD_TRY(const int64_t id, JsonObject(wrapped, fields.place()).integer("eos_token_id", ids));
    config.eos_token_ids.push_back(static_cast<int32_t>(id));
  }
  return {};
}

Result<ModelConfig> read_config(const JsonObject& fields) {
  ModelConfig config;
  FIMD_TRY(config.architecture, read_architecture(fields));
  FIMD_TRY(config.vocab_size, fields.integer("vocab_size", {1, kMaxVocabulary}));
  FIMD_TRY(config.hidden_size, fields.integer("hidden_size", {1, kMaxWidth}));
  FIMD_TRY(config.num_hidden_layers, fields.integer("num_hidden_layers", {1, kMaxLayers}));
  FIMD_TRY(config.num_attention_heads, fields.integer("num_attention_heads", {1, kMaxHeads}));
  FIMD_TRY(config.intermediate_size,
           fields.integer("intermediate_size", {1, kMaxIntermediateWidth}));
  FIMD_TRY(config.max_position_embeddings,
           fields.integer("max_position_embeddings", {1, kMaxContextTokens}));
  FIMD_TRY(config.rms_norm_eps,
           fields.number("rms_norm_eps", {kMinRmsNormEps, kMaxRmsNormEps}, 1e-6));
  FIMD_TRY(config.tie_word_embeddings, fields.boolean("tie_word_embeddings", false));
  FIMD_TRY_STATUS(fields.only("hidden_act", "silu"));
  FIMD_TRY_STATUS(fields.only("attention_bias", false));
  FIMD_TRY_STATUS(fields.only("mlp_bias", false));
  FIMD_TRY_STATUS(fields.only("quantization_config", nullptr));
  FIMD_TRY_STATUS(read_rope(fields, config));
  if (config.architecture == Architecture::kLlama) {
    FIMD_TRY_STATUS(read_llama_attention(fields, config));
  } else {
    FIMD_TRY_STATUS(read_mla_attention(fields, config));
    FIMD_TRY_STATUS(read_moe(fields, config));
  }
  FIMD_TRY_STATUS(read_special_tokens(fields, config));
  return config;
}

Result<json> read_object(const std::filesystem::path& path) {
  FIMD_TRY(json object, read_json_file(path, kMaxConfigBytes));
  if (object.is_object()) return object;
  return fail(ErrorCode::kInvalidInput,
              path.string() + ": is " + describe(object) + ", expected an object");
}

}  // namespace

bool ModelConfig::is_moe_layer(int64_t layer) const {
  return n_routed_experts > 0 && layer >= first_k_dense_replace && layer % moe_layer_freq == 0;
}

int64_t ModelConfig::cache_width() const {
  switch (architecture) {
    case Architecture::kDeepseekV2: return kv_lora_rank + qk_rope_head_dim;
    case Architecture::kLlama: return 2 * num_key_value_heads * head_dim;
  }
  return 0;
}

std::string_view architecture_name(Architecture architecture) {
  switch (architecture) {
    case Architecture::kDeepseekV2: return "DeepseekV2ForCausalLM";
    case Architecture::kLlama: return "LlamaForCausalLM";
  }
  return "?";
}

Result<ModelConfig> load_model_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  FIMD_TRY(const json object, read_object(path));
  FIMD_TRY(ModelConfig config, read_config(JsonObject(object, path.string())));
  const std::filesystem::path generation_path = folder / "generation_config.json";
  const Result<json> generation = read_object(generation_path);
  if (generation) {
    const JsonObject fields(*generation, generation_path.string());
    FIMD_TRY_STATUS(read_special_tokens(fields, config));
  } else if (generation.error().code != ErrorCode::kNotFound) {
    return tl::unexpected(generation.error());
  }
  return config;
}

}  // namespace fimd
