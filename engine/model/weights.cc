#include "engine/model/weights.h"

#include <cstring>
#include <string>

#include "engine/json/json_file.h"

namespace fimd {
namespace {

/// Looks tensors up under a common prefix such as "model.layers.3.self_attn.".
class Binder {
 public:
  Binder(const Checkpoint& checkpoint, std::string prefix)
      : checkpoint_(checkpoint), prefix_(std::move(prefix)) {}

  [[nodiscard]] Binder inside(const std::string& name) const {
    return {checkpoint_, prefix_ + name + "."};
  }

  [[nodiscard]] Result<MatrixView> matrix(const std::string& name,
                                          int64_t rows,
                                          int64_t columns) const {
    FIMD_TRY(const CheckpointTensor tensor, find(name + ".weight", {rows, columns}));
    return MatrixView{tensor.data, tensor.dtype, rows, columns};
  }

  [[nodiscard]] Result<std::vector<float>> vector(const std::string& name, int64_t width) const {
    return floats(name + ".weight", width);
  }

  /// Empty unless `wanted`.
  [[nodiscard]] Result<std::vector<float>> bias(const std::string& name,
                                                int64_t width,
                                                bool wanted) const {
    if (!wanted) return std::vector<float>();
    return floats(name + ".bias", width);
  }

  [[nodiscard]] Result<GatedMlp> gated_mlp(int64_t hidden, int64_t intermediate) const {
    GatedMlp mlp;
    FIMD_TRY(mlp.gate, matrix("gate_proj", intermediate, hidden));
    FIMD_TRY(mlp.up, matrix("up_proj", intermediate, hidden));
    FIMD_TRY(mlp.down, matrix("down_proj", hidden, intermediate));
    return mlp;
  }

 private:
  [[nodiscard]] Result<CheckpointTensor> find(const std::string& name,
                                              const std::vector<int64_t>& shape) const {
    return checkpoint_.tensor(prefix_ + name, shape);
  }

  [[nodiscard]] Result<std::vector<float>> floats(const std::string& name, int64_t width) const {
    FIMD_TRY(const CheckpointTensor tensor, find(name, {width}));
    if (block_format(tensor.dtype).block_elements != 1) {
      return fail(ErrorCode::kUnsupported,
                  checkpoint_.path().string() + ": tensor " + quote(tensor.name) + " is " +
                      std::string(dtype_name(tensor.dtype)) + ", expected F32, F16 or BF16");
    }
    std::vector<float> values(width);
    for (int64_t i = 0; i < width; ++i) values[i] = element(tensor, i);
    return values;
  }

  static float element(const CheckpointTensor& tensor, int64_t index) {
    return visit_element_type(tensor.dtype, [&]<typename T>(std::type_identity<T>) {
      T value;
      std::memcpy(&value, tensor.data + index * int64_t{sizeof(value)}, sizeof(value));
      return to_float(value);
    });
  }

  const Checkpoint& checkpoint_;
  std::string prefix_;
};

Result<MlaWeights> bind_mla(const Binder& attention,
                            const ModelConfig& config,
                            const MlaConfig& sizes) {
  const int64_t heads = config.num_attention_heads;
  const int64_t q_rows = heads * (sizes.qk_nope_head_dim + sizes.qk_rope_head_dim);
  const int64_t kv_a_rows = sizes.kv_lora_rank + sizes.qk_rope_head_dim;
  const int64_t kv_b_rows = heads * (sizes.qk_nope_head_dim + sizes.v_head_dim);
  MlaWeights mla;
  if (sizes.q_lora_rank == 0) {
    FIMD_TRY(mla.q_proj, attention.matrix("q_proj", q_rows, config.hidden_size));
  } else {
    FIMD_TRY(mla.q_a_proj, attention.matrix("q_a_proj", sizes.q_lora_rank, config.hidden_size));
    FIMD_TRY(mla.q_a_layernorm, attention.vector("q_a_layernorm", sizes.q_lora_rank));
    FIMD_TRY(mla.q_b_proj, attention.matrix("q_b_proj", q_rows, sizes.q_lora_rank));
  }
  FIMD_TRY(mla.kv_a_proj_with_mqa,
           attention.matrix("kv_a_proj_with_mqa", kv_a_rows, config.hidden_size));
  FIMD_TRY(mla.kv_a_layernorm, attention.vector("kv_a_layernorm", sizes.kv_lora_rank));
  FIMD_TRY(mla.kv_b_proj, attention.matrix("kv_b_proj", kv_b_rows, sizes.kv_lora_rank));
  return mla;
}

Result<GqaWeights> bind_gqa(const Binder& attention,
                            const ModelConfig& config,
                            const GqaConfig& sizes) {
  const int64_t q_rows = config.num_attention_heads * sizes.head_dim;
  const int64_t kv_rows = sizes.num_key_value_heads * sizes.head_dim;
  GqaWeights gqa;
  FIMD_TRY(gqa.q_proj, attention.matrix("q_proj", q_rows, config.hidden_size));
  FIMD_TRY(gqa.k_proj, attention.matrix("k_proj", kv_rows, config.hidden_size));
  FIMD_TRY(gqa.v_proj, attention.matrix("v_proj", kv_rows, config.hidden_size));
  FIMD_TRY(gqa.q_bias, attention.bias("q_proj", q_rows, sizes.qkv_bias));
  FIMD_TRY(gqa.k_bias, attention.bias("k_proj", kv_rows, sizes.qkv_bias));
  FIMD_TRY(gqa.v_bias, attention.bias("v_proj", kv_rows, sizes.qkv_bias));
  return gqa;
}

Status bind_experts(const Binder& mlp,
                    const ModelConfig& config,
                    const MoeConfig& moe,
                    LayerWeights& layer) {
  const int64_t hidden = config.hidden_size;
  FIMD_TRY(layer.router, mlp.matrix("gate", moe.n_routed_experts, hidden));
  for (int64_t e = 0; e < moe.n_routed_experts; ++e) {
    const Binder expert = mlp.inside("experts." + std::to_string(e));
    FIMD_TRY(layer.experts.emplace_back(), expert.gated_mlp(hidden, moe.moe_intermediate_size));
  }
  if (moe.n_shared_experts > 0) {
    const int64_t width = moe.n_shared_experts * moe.moe_intermediate_size;
    FIMD_TRY(layer.mlp, mlp.inside("shared_experts").gated_mlp(hidden, width));
  }
  return {};
}

Result<LayerWeights> bind_layer(const Binder& binder, const ModelConfig& config, bool is_moe) {
  const int64_t hidden = config.hidden_size;
  const Binder attention = binder.inside("self_attn");
  LayerWeights layer;
  FIMD_TRY(layer.input_layernorm, binder.vector("input_layernorm", hidden));
  FIMD_TRY(layer.post_attention_layernorm, binder.vector("post_attention_layernorm", hidden));
  if (const MlaConfig* mla = config.mla()) {
    FIMD_TRY(layer.mla, bind_mla(attention, config, *mla));
  } else {
    FIMD_TRY(layer.gqa, bind_gqa(attention, config, *config.gqa()));
    FIMD_TRY(layer.o_bias, attention.bias("o_proj", hidden, config.gqa()->o_bias));
  }
  const int64_t o_columns = config.num_attention_heads * config.value_head_dim();
  FIMD_TRY(layer.o_proj, attention.matrix("o_proj", hidden, o_columns));
  const Binder mlp = binder.inside("mlp");
  if (is_moe) {
    FIMD_TRY_STATUS(bind_experts(mlp, config, *config.moe, layer));
  } else {
    FIMD_TRY(layer.mlp, mlp.gated_mlp(hidden, config.intermediate_size));
  }
  return layer;
}

WeightSize size_of(const MatrixView& matrix) {
  return {matrix.rows * matrix.columns, matrix.size_bytes()};
}

WeightSize size_of(const std::vector<float>& vector) {
  return {std::ssize(vector), std::ssize(vector) * int64_t{sizeof(float)}};
}

WeightSize size_of(const GatedMlp& mlp) {
  WeightSize size = size_of(mlp.gate);
  size += size_of(mlp.up);
  size += size_of(mlp.down);
  return size;
}

/// Everything in a layer but its routed experts.
WeightSize size_without_experts(const LayerWeights& layer) {
  const MlaWeights& mla = layer.mla;
  const GqaWeights& gqa = layer.gqa;
  WeightSize size = size_of(layer.mlp);
  for (const auto* vector : {&layer.input_layernorm,
                             &layer.post_attention_layernorm,
                             &mla.q_a_layernorm,
                             &mla.kv_a_layernorm,
                             &gqa.q_bias,
                             &gqa.k_bias,
                             &gqa.v_bias,
                             &layer.o_bias}) {
    size += size_of(*vector);
  }
  for (const MatrixView& matrix : {mla.q_proj,
                                   mla.q_a_proj,
                                   mla.q_b_proj,
                                   mla.kv_a_proj_with_mqa,
                                   mla.kv_b_proj,
                                   gqa.q_proj,
                                   gqa.k_proj,
                                   gqa.v_proj,
                                   layer.o_proj,
                                   layer.router}) {
    size += size_of(matrix);
  }
  return size;
}

}  // namespace

Result<ModelWeights> bind_weights(const Checkpoint& checkpoint, const ModelConfig& config) {
  const Binder root(checkpoint, "");
  const Binder model = root.inside("model");
  ModelWeights weights;
  FIMD_TRY(weights.embed_tokens,
           model.matrix("embed_tokens", config.vocab_size, config.hidden_size));
  for (int64_t index = 0; index < config.num_hidden_layers; ++index) {
    const Binder layer = model.inside("layers." + std::to_string(index));
    FIMD_TRY(weights.layers.emplace_back(), bind_layer(layer, config, config.is_moe_layer(index)));
  }
  FIMD_TRY(weights.norm, model.vector("norm", config.hidden_size));
  if (config.tie_word_embeddings) {
    weights.lm_head = weights.embed_tokens;
  } else {
    FIMD_TRY(weights.lm_head, root.matrix("lm_head", config.vocab_size, config.hidden_size));
  }
  return weights;
}

WeightSize& WeightSize::operator+=(const WeightSize& other) {
  parameters += other.parameters;
  size_bytes += other.size_bytes;
  return *this;
}

ModelSize measure_model(const ModelWeights& weights, const ModelConfig& config) {
  ModelSize size;
  for (const LayerWeights& layer : weights.layers) {
    const WeightSize common = size_without_experts(layer);
    size.total += common;
    size.active += common;
    for (int64_t e = 0; e < std::ssize(layer.experts); ++e) {
      const WeightSize expert = size_of(layer.experts[e]);
      size.total += expert;
      if (e < config.moe->num_experts_per_tok) size.active += expert;
    }
  }
  for (const WeightSize& head : {size_of(weights.norm), size_of(weights.lm_head)}) {
    size.total += head;
    size.active += head;
  }
  if (weights.lm_head.data != weights.embed_tokens.data)
    size.total += size_of(weights.embed_tokens);
  return size;
}

}  // namespace fimd
