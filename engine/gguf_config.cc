#include "engine/gguf_config.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/checkpoint/gguf_names.h"
#include "engine/families.h"
#include "engine/json/json_file.h"

namespace fimd {
namespace {

using nlohmann::json;

/// gguf.h's gating functions.
constexpr int64_t kSigmoidGating = 2;

struct KeyPair {
  std::string_view gguf;  ///< behind "ARCHITECTURE."
  const char* huggingface;
};

constexpr std::array kIntegers = {
    KeyPair{"block_count", "num_hidden_layers"},
    KeyPair{"context_length", "max_position_embeddings"},
    KeyPair{"embedding_length", "hidden_size"},
    KeyPair{"feed_forward_length", "intermediate_size"},
    KeyPair{"attention.head_count", "num_attention_heads"},
};

constexpr std::array kGqaIntegers = {
    KeyPair{"attention.head_count_kv", "num_key_value_heads"},
    KeyPair{"attention.key_length", "head_dim"},
};

constexpr std::array kMlaIntegers = {
    KeyPair{"attention.q_lora_rank", "q_lora_rank"},
    KeyPair{"attention.kv_lora_rank", "kv_lora_rank"},
    KeyPair{"rope.dimension_count", "qk_rope_head_dim"},
    KeyPair{"expert_count", "n_routed_experts"},
    KeyPair{"expert_shared_count", "n_shared_experts"},
    KeyPair{"expert_used_count", "num_experts_per_tok"},
    KeyPair{"expert_feed_forward_length", "moe_intermediate_size"},
    KeyPair{"leading_dense_block_count", "first_k_dense_replace"},
    KeyPair{"expert_group_count", "n_group"},
    KeyPair{"expert_group_used_count", "topk_group"},
};

/// Copies keys of one file into the configuration.
class Copier {
 public:
  Copier(std::span<const GgufFile> parts, std::string prefix)
      : parts_(parts), prefix_(std::move(prefix)) {}

  [[nodiscard]] const GgufFile& file() const { return parts_.front(); }

  [[nodiscard]] std::string key(std::string_view name) const { return prefix_ + std::string(name); }

  [[nodiscard]] bool has(std::string_view name) const {
    return file().find_key(key(name)) != nullptr;
  }

  Status integer(std::string_view name, const char* to) {
    if (!has(name)) return {};
    FIMD_TRY(config_[to], file().integer(key(name)));
    return {};
  }

  Status number(std::string_view name, const char* to) {
    if (!has(name)) return {};
    FIMD_TRY(config_[to], file().number(key(name)));
    return {};
  }

  Status integers(std::span<const KeyPair> pairs) {
    for (const KeyPair& pair : pairs) FIMD_TRY_STATUS(integer(pair.gguf, pair.huggingface));
    return {};
  }

  [[nodiscard]] const GgufTensor* tensor(std::string_view name) const {
    for (const GgufFile& part : parts_) {
      if (const GgufTensor* found = part.find_tensor(name)) return found;
    }
    return nullptr;
  }

  /// What was copied so far.
  [[nodiscard]] json& config() { return config_; }

 private:
  std::span<const GgufFile> parts_;
  std::string prefix_;
  json config_ = json::object();
};

/// The Hugging Face name of the family of arch `gguf`.
Result<std::string> read_family_name(const GgufFile& file) {
  FIMD_TRY(const std::string_view gguf, file.text("general.architecture"));
  std::string expected;
  for (const Family& family : families()) {
    if (family.gguf == gguf) return std::string(family.huggingface);
    expected.append(expected.empty() ? "" : " or ").append(quote(family.gguf));
  }
  return fail(
      ErrorCode::kUnsupported,
      file.path().string() + ": general.architecture is " + quote(gguf) + ", expected " + expected);
}

Status read_vocabulary(Copier& copier) {
  const GgufFile& file = copier.file();
  const GgufTensor* embedding = copier.tensor("token_embd.weight");
  if (embedding != nullptr && embedding->shape.size() == 2) {
    copier.config()["vocab_size"] = embedding->shape[0];
  }
  copier.config()["tie_word_embeddings"] = copier.tensor("output.weight") == nullptr;
  constexpr std::string_view kBos = "tokenizer.ggml.bos_token_id";
  constexpr std::string_view kEos = "tokenizer.ggml.eos_token_id";
  if (file.find_key(kBos) != nullptr) {
    FIMD_TRY(copier.config()["bos_token_id"], file.integer(kBos));
  }
  if (file.find_key(kEos) != nullptr) {
    FIMD_TRY(copier.config()["eos_token_id"], file.integer(kEos));
  }
  return {};
}

Status read_rope(Copier& copier) {
  FIMD_TRY_STATUS(copier.number("rope.freq_base", "rope_theta"));
  if (!copier.has("rope.scaling.type")) return {};
  FIMD_TRY(const std::string_view type, copier.file().text(copier.key("rope.scaling.type")));
  if (type == "none") return {};
  Copier scaling = copier;
  scaling.config() = {{"type", type}};
  FIMD_TRY_STATUS(scaling.number("rope.scaling.factor", "factor"));
  FIMD_TRY_STATUS(
      scaling.integer("rope.scaling.original_context_length", "original_max_position_embeddings"));
  constexpr std::string_view kLogMultiplier = "rope.scaling.yarn_log_multiplier";
  if (copier.has(kLogMultiplier)) {
    // 0.1 * mscale_all_dim. What multiplies cos and sin is 1 in every published model: both alike.
    FIMD_TRY(const double multiplier, copier.file().number(copier.key(kLogMultiplier)));
    scaling.config()["mscale"] = scaling.config()["mscale_all_dim"] = 10 * multiplier;
  }
  copier.config()["rope_scaling"] = std::move(scaling.config());
  return {};
}

Status read_gqa(Copier& copier) {
  FIMD_TRY_STATUS(copier.integers(kGqaIntegers));
  copier.config()["attention_bias"] = copier.tensor("blk.0.attn_output.bias") != nullptr;
  copier.config()["qkv_bias"] = copier.tensor("blk.0.attn_q.bias") != nullptr;
  return {};
}

Status read_mla(Copier& copier) {
  copier.config()["q_lora_rank"] = nullptr;  // unless the file has it
  FIMD_TRY_STATUS(copier.integers(kMlaIntegers));
  // Old files have the widths of a head under these names, new ones those of the latent.
  const bool is_new = copier.has("attention.key_length_mla");
  const char* key_length = is_new ? "attention.key_length_mla" : "attention.key_length";
  const char* value_length = is_new ? "attention.value_length_mla" : "attention.value_length";
  FIMD_TRY_STATUS(copier.integer(key_length, "qk_nope_head_dim"));
  FIMD_TRY_STATUS(copier.integer(value_length, "v_head_dim"));
  const json& rope = copier.config()["qk_rope_head_dim"];
  json& nope = copier.config()["qk_nope_head_dim"];
  if (nope.is_number_integer() && rope.is_number_integer()) {
    nope = nope.get<int64_t>() - std::min(nope.get<int64_t>(), rope.get<int64_t>());
  }
  FIMD_TRY_STATUS(copier.number("expert_weights_scale", "routed_scaling_factor"));
  if (copier.has("expert_weights_norm")) {
    FIMD_TRY(copier.config()["norm_topk_prob"],
             copier.file().boolean(copier.key("expert_weights_norm")));
  }
  if (copier.has("expert_gating_func")) {
    FIMD_TRY(const int64_t gating, copier.file().integer(copier.key("expert_gating_func")));
    if (gating == kSigmoidGating) copier.config()["scoring_func"] = "sigmoid";
  }
  if (copier.config().contains("n_group")) copier.config()["topk_method"] = "group_limited_greedy";
  return {};
}

}  // namespace

Result<json> config_of_gguf(std::span<const GgufFile> parts) {
  const GgufFile& file = parts.front();
  FIMD_TRY(const std::string family, read_family_name(file));
  FIMD_TRY(const std::string_view architecture, file.text("general.architecture"));
  Copier copier(parts, std::string(architecture) + ".");
  copier.config()["architectures"] = {family};
  FIMD_TRY_STATUS(copier.integers(kIntegers));
  FIMD_TRY_STATUS(copier.number("attention.layer_norm_rms_epsilon", "rms_norm_eps"));
  FIMD_TRY_STATUS(read_vocabulary(copier));
  FIMD_TRY_STATUS(read_rope(copier));
  FIMD_TRY_STATUS(copier.has("attention.kv_lora_rank") ? read_mla(copier) : read_gqa(copier));
  return std::move(copier.config());
}

bool has_permuted_heads(std::span<const GgufFile> parts) {
  const auto architecture = parts.front().text("general.architecture");
  return architecture && *architecture == "llama";
}

}  // namespace fimd
