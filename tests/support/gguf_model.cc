#include "tests/support/gguf_model.h"

#include <array>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/checkpoint/checkpoint.h"
#include "kernels/base/block_format.h"
#include "kernels/base/check.h"

namespace fimd {
namespace {

using nlohmann::json;

struct GgufName {
  const char* huggingface;
  const char* gguf;
};

/// Behind "model.layers.N." and "blk.N.".
constexpr std::array kLayerNames = {
    GgufName{"input_layernorm", "attn_norm"},
    GgufName{"post_attention_layernorm", "ffn_norm"},
    GgufName{"self_attn.q_proj", "attn_q"},
    GgufName{"self_attn.k_proj", "attn_k"},
    GgufName{"self_attn.v_proj", "attn_v"},
    GgufName{"self_attn.o_proj", "attn_output"},
    GgufName{"self_attn.q_a_proj", "attn_q_a"},
    GgufName{"self_attn.q_a_layernorm", "attn_q_a_norm"},
    GgufName{"self_attn.q_b_proj", "attn_q_b"},
    GgufName{"self_attn.kv_a_proj_with_mqa", "attn_kv_a_mqa"},
    GgufName{"self_attn.kv_a_layernorm", "attn_kv_a_norm"},
    GgufName{"self_attn.kv_b_proj", "attn_kv_b"},
    GgufName{"mlp.gate_proj", "ffn_gate"},
    GgufName{"mlp.up_proj", "ffn_up"},
    GgufName{"mlp.down_proj", "ffn_down"},
    GgufName{"mlp.gate", "ffn_gate_inp"},
    GgufName{"mlp.shared_experts.gate_proj", "ffn_gate_shexp"},
    GgufName{"mlp.shared_experts.up_proj", "ffn_up_shexp"},
    GgufName{"mlp.shared_experts.down_proj", "ffn_down_shexp"},
};

uint32_t gguf_type(DType dtype) {
  FIMD_CHECK(dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16);
  return dtype == DType::kF32 ? 0 : dtype == DType::kF16 ? 1 : 30;
}

std::string_view bytes_of(const CheckpointTensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.data), static_cast<size_t>(tensor.size_bytes)};
}

class Converter {
 public:
  Converter(const std::filesystem::path& folder, KvBLayout kv_b)
      : checkpoint_(Checkpoint::open(folder).value()), kv_b_(kv_b) {
    std::ifstream file(folder / "config.json");
    config_ = json::parse(file);
    is_mla_ = config_.contains("kv_lora_rank");
    const bool is_qwen = config_["architectures"][0] == "Qwen2ForCausalLM";
    arch_ = is_mla_ ? "deepseek2" : is_qwen ? "qwen2" : "llama";
  }

  GgufToWrite convert() {
    write_keys();
    add("model.embed_tokens.weight", "token_embd.weight");
    add("model.norm.weight", "output_norm.weight");
    add("lm_head.weight", "output.weight");
    for (int layer = 0; layer < config_["num_hidden_layers"].get<int>(); ++layer) {
      const std::string from = "model.layers." + std::to_string(layer) + ".";
      const std::string to = "blk." + std::to_string(layer) + ".";
      if (is_mla_ && kv_b_ != KvBLayout::kWhole) add_halves(from, to);
      for (const GgufName& name : kLayerNames) {
        const bool is_kv_b = name.gguf == std::string_view("attn_kv_b");
        if (is_kv_b && kv_b_ == KvBLayout::kHalves) continue;
        for (const char* kind : {".weight", ".bias"}) {
          add(from + name.huggingface + kind, to + name.gguf + kind);
        }
      }
      for (const char* part : {"gate", "up", "down"}) {
        add_stack(from + "mlp.experts.",
                  std::string(part) + "_proj.weight",
                  to + "ffn_" + part + "_exps.weight");
      }
    }
    return std::move(file_);
  }

 private:
  void integer(const std::string& key, const char* name) {
    if (!config_.contains(name) || config_[name].is_null()) return;
    file_.keys.push_back(
        gguf_key(arch_ + "." + key, GgufType::kUint32, gguf_number(config_[name].get<uint32_t>())));
  }

  void number(const std::string& key, double value) {
    file_.keys.push_back(
        gguf_key(arch_ + "." + key, GgufType::kFloat32, gguf_number(static_cast<float>(value))));
  }

  void value(const std::string& key, int value) {
    file_.keys.push_back(
        gguf_key(arch_ + "." + key, GgufType::kUint32, gguf_number(static_cast<uint32_t>(value))));
  }

  void write_keys() {
    file_.keys.push_back(gguf_text_key("general.architecture", arch_));
    integer("block_count", "num_hidden_layers");
    integer("context_length", "max_position_embeddings");
    integer("embedding_length", "hidden_size");
    integer("feed_forward_length", "intermediate_size");
    integer("attention.head_count", "num_attention_heads");
    number("attention.layer_norm_rms_epsilon", config_["rms_norm_eps"].get<double>());
    // Since transformers 5 all that RoPE needs stands together.
    const bool is_new = config_.contains("rope_parameters");
    const json& rope = is_new ? config_["rope_parameters"] : config_;
    number("rope.freq_base", rope["rope_theta"].get<double>());
    if (is_mla_) {
      write_mla_keys();
      write_yarn(is_new ? rope : rope["rope_scaling"]);
    } else {
      integer("attention.head_count_kv", "num_key_value_heads");
      integer("attention.key_length", "head_dim");
    }
  }

  void write_mla_keys() {
    const int rope = config_["qk_rope_head_dim"].get<int>();
    integer("attention.q_lora_rank", "q_lora_rank");
    integer("attention.kv_lora_rank", "kv_lora_rank");
    integer("attention.value_length", "v_head_dim");
    value("attention.key_length", config_["qk_nope_head_dim"].get<int>() + rope);
    value("rope.dimension_count", rope);
    integer("expert_count", "n_routed_experts");
    integer("expert_shared_count", "n_shared_experts");
    integer("expert_used_count", "num_experts_per_tok");
    integer("expert_feed_forward_length", "moe_intermediate_size");
    integer("leading_dense_block_count", "first_k_dense_replace");
    if (config_["topk_method"] == "group_limited_greedy") {
      integer("expert_group_count", "n_group");
      integer("expert_group_used_count", "topk_group");
    }
    number("expert_weights_scale", config_["routed_scaling_factor"].get<double>());
  }

  void write_yarn(const json& rope_scaling) {
    if (!rope_scaling.contains("factor")) return;
    file_.keys.push_back(gguf_text_key(arch_ + ".rope.scaling.type", "yarn"));
    number("rope.scaling.factor", rope_scaling["factor"].get<double>());
    value("rope.scaling.original_context_length",
          rope_scaling["original_max_position_embeddings"].get<int>());
    number("rope.scaling.yarn_log_multiplier", 0.1 * rope_scaling["mscale_all_dim"].get<double>());
  }

  void add(const std::string& name, const std::string& gguf) {
    const CheckpointTensor* tensor = checkpoint_.find(name);
    if (tensor == nullptr) return;
    const bool is_vector = tensor->shape.size() == 1;
    std::string bytes = is_vector ? floats_of(*tensor) : std::string(bytes_of(*tensor));
    const bool is_permuted = arch_ == "llama" && (name.find(".q_proj.") != std::string::npos ||
                                                  name.find(".k_proj.") != std::string::npos);
    if (is_permuted) bytes = permuted(bytes, tensor->shape[0]);
    const std::vector<uint64_t> extents(tensor->shape.rbegin(), tensor->shape.rend());
    add_tensor(file_, gguf, is_vector ? 0 : gguf_type(tensor->dtype), extents, bytes);
  }

  void add_stack(const std::string& from, const std::string& part, const std::string& gguf) {
    std::string bytes;
    uint64_t count = 0;
    const CheckpointTensor* last = nullptr;
    for (;; ++count) {
      std::string name = from;
      name.append(std::to_string(count)).append(".").append(part);
      const CheckpointTensor* tensor = checkpoint_.find(name);
      if (tensor == nullptr) break;
      bytes += bytes_of(*tensor);
      last = tensor;
    }
    if (last == nullptr) return;
    const std::vector<uint64_t> extents = {
        static_cast<uint64_t>(last->shape[1]), static_cast<uint64_t>(last->shape[0]), count};
    add_tensor(file_, gguf, gguf_type(last->dtype), extents, bytes);
  }

  void add_halves(const std::string& from, const std::string& to) {
    const CheckpointTensor& kv_b = *checkpoint_.find(from + "self_attn.kv_b_proj.weight");
    const auto heads = config_["num_attention_heads"].get<size_t>();
    const auto nope = config_["qk_nope_head_dim"].get<size_t>();
    const auto v_dim = config_["v_head_dim"].get<size_t>();
    const auto rank = config_["kv_lora_rank"].get<size_t>();
    const std::string_view bytes = bytes_of(kv_b);
    const size_t element = bytes.size() / (heads * (nope + v_dim) * rank);
    std::string k_b;
    std::string v_b;
    for (size_t head = 0; head < heads; ++head) {
      const size_t row = head * (nope + v_dim);
      for (size_t r = 0; r < rank; ++r) {
        for (size_t n = 0; n < nope; ++n) {
          k_b += bytes.substr(((row + n) * rank + r) * element, element);
        }
      }
      v_b += bytes.substr((row + nope) * rank * element, v_dim * rank * element);
    }
    const uint32_t type = gguf_type(kv_b.dtype);
    add_tensor(file_, to + "attn_k_b.weight", type, {nope, rank, heads}, k_b);
    add_tensor(file_, to + "attn_v_b.weight", type, {rank, v_dim, heads}, v_b);
  }

  /// Row i of a head's first half goes to 2 i, row i of its second half to 2 i + 1.
  [[nodiscard]] std::string permuted(std::string_view rows, int64_t num_rows) const {
    const int64_t width = config_["hidden_size"].get<int64_t>();
    const int64_t dim =
        config_.value("head_dim", width / config_["num_attention_heads"].get<int64_t>());
    const size_t row_size = rows.size() / static_cast<size_t>(num_rows);
    std::string result;
    for (int64_t row = 0; row < num_rows; ++row) {
      const int64_t in_head = row % dim;
      const int64_t source = row - in_head + in_head / 2 + (in_head % 2) * (dim / 2);
      result += rows.substr(static_cast<size_t>(source) * row_size, row_size);
    }
    return result;
  }

  static std::string floats_of(const CheckpointTensor& tensor) {
    std::string floats;
    visit_element_type(tensor.dtype, [&]<typename T>(std::type_identity<T>) {
      for (int64_t i = 0; i < tensor.shape[0]; ++i) {
        T element;
        std::memcpy(&element, tensor.data + i * int64_t{sizeof(T)}, sizeof(T));
        floats += gguf_number(to_float(element));
      }
    });
    return floats;
  }

  Checkpoint checkpoint_;
  KvBLayout kv_b_;
  json config_;
  bool is_mla_ = false;
  std::string arch_;
  GgufToWrite file_;
};

}  // namespace

GgufToWrite gguf_of_folder(const std::filesystem::path& folder, KvBLayout kv_b) {
  return Converter(folder, kv_b).convert();
}

}  // namespace fimd
