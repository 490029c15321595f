#include "engine/model_config.h"

#include <nlohmann/json.hpp>
#include <string>

#include "engine/checkpoint/gguf_parts.h"
#include "engine/config_limits.h"
#include "engine/families.h"
#include "engine/gguf_config.h"
#include "engine/json/json_fields.h"
#include "engine/json/json_file.h"

namespace fimd {
namespace {

using nlohmann::json;

// Real ones have 2 KB; those of other projects, with lists of quantised layers, some tens.
constexpr int64_t kMaxConfigBytes = 1 << 20;

Result<const Family*> read_family(const JsonObject& fields) {
  std::string expected;
  for (const Family& family : families()) {
    expected.append(expected.empty() ? "" : " or ").append(quote(family.huggingface));
  }
  const json* names = fields.find("architectures");
  if (names == nullptr || !names->is_array() || names->empty()) {
    return fields.wrong("architectures", "an array with " + expected);
  }
  for (const Family& family : families()) {
    if (names->front() == family.huggingface) return &family;
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
  FIMD_TRY(const Family* family, read_family(fields));
  config.architecture = family->huggingface;
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
  FIMD_TRY_STATUS(fields.only("mlp_bias", false));
  FIMD_TRY_STATUS(fields.only("quantization_config", nullptr));
  FIMD_TRY_STATUS(read_rope(fields, config));
  FIMD_TRY_STATUS(family->read(fields, config));
  FIMD_TRY_STATUS(read_special_tokens(fields, config));
  return config;
}

Result<json> read_object(const std::filesystem::path& path) {
  FIMD_TRY(json object, read_json_file(path, kMaxConfigBytes));
  if (object.is_object()) return object;
  return fail(ErrorCode::kInvalidInput,
              path.string() + ": is " + describe(object) + ", expected an object");
}

Result<ModelConfig> load_gguf_config(const std::filesystem::path& path) {
  FIMD_TRY(const std::vector<GgufFile> parts, open_gguf_parts(path));
  FIMD_TRY(const json object, config_of_gguf(parts));
  FIMD_TRY(ModelConfig config, read_config(JsonObject(object, path.string())));
  if (auto* gqa = std::get_if<GqaConfig>(&config.attention); gqa && has_permuted_heads(parts)) {
    gqa->pairing = RopePairing::kInterleaved;
  }
  return config;
}

}  // namespace

bool ModelConfig::is_moe_layer(int64_t layer) const {
  return moe && layer >= moe->first_k_dense_replace && layer % moe->moe_layer_freq == 0;
}

int64_t ModelConfig::cache_width() const {
  if (mla() != nullptr) return mla()->kv_lora_rank + mla()->qk_rope_head_dim;
  return 2 * gqa()->num_key_value_heads * gqa()->head_dim;
}

int64_t ModelConfig::qk_head_dim() const {
  return mla() != nullptr ? mla()->qk_nope_head_dim + mla()->qk_rope_head_dim : gqa()->head_dim;
}

int64_t ModelConfig::rope_head_dim() const {
  return mla() != nullptr ? mla()->qk_rope_head_dim : gqa()->head_dim;
}

int64_t ModelConfig::value_head_dim() const {
  return mla() != nullptr ? mla()->v_head_dim : gqa()->head_dim;
}

Result<ModelConfig> load_model_config(const std::filesystem::path& model) {
  if (is_gguf(model)) return load_gguf_config(model);
  const std::filesystem::path path = model / "config.json";
  FIMD_TRY(const json object, read_object(path));
  FIMD_TRY(ModelConfig config, read_config(JsonObject(object, path.string())));
  const std::filesystem::path generation_path = model / "generation_config.json";
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
