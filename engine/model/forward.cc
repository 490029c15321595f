#include "engine/model/forward.h"

#include <utility>

namespace fimd {
namespace {

// The norms of the latents are built without an epsilon in the published code, which means 1e-6,
// whatever rms_norm_eps says.
constexpr float kLatentNormEpsilon = 1e-6F;

/// What every layer of one step shares.
struct Step {
  const ModelConfig& config;
  const Backend& backend;
  Exec& exec;
  TensorView<float, 2> cos;  ///< [T, rope_dim / 2]
  TensorView<float, 2> sin;
  float softmax_scale;

  [[nodiscard]] float epsilon() const { return static_cast<float>(config.rms_norm_eps); }

  void norm(TensorView<const float, 2> x,
            const std::vector<float>& weight,
            float norm_epsilon,
            TensorView<float, 2> out) const {
    backend.rms_norm({.x = x, .weight = weight, .epsilon = norm_epsilon}, out, exec);
  }

  void linear(TensorView<const float, 2> x,
              const MatrixView& weight,
              TensorView<float, 2> out) const {
    backend.linear({.x = x, .weight = weight}, out, exec);
  }

  void add_linear(TensorView<const float, 2> x,
                  const MatrixView& weight,
                  TensorView<float, 2> out) const {
    backend.linear({.x = x, .weight = weight, .accumulate = true}, out, exec);
  }

  /// Rotates x [n, heads, rope_dim], the last n tokens of the step.
  void rotate(TensorView<float, 3> x, RopePairing pairing) const {
    const int64_t first = cos.shape[0] - x.shape[0];
    const RopeArgs args = {
        .cos = cos.slice(0, first, x.shape[0]),
        .sin = sin.slice(0, first, x.shape[0]),
        .pairing = pairing,
    };
    backend.rope(args, x, exec);
  }
};

/// The last `count` rows of x.
TensorView<float, 2> last_rows(TensorView<float, 2> x, int64_t count) {
  return x.slice(0, x.shape[0] - count, count);
}

/// x [T, heads * dim] as [T, heads, dim].
TensorView<float, 3> split_heads(TensorView<float, 2> x, int64_t heads) {
  const int64_t dim = x.shape[1] / heads;
  return {x.data, {x.shape[0], heads, dim}, {x.strides[0], dim, 1}};
}

/// Dimensions [begin, begin + dim) of a row as one head.
TensorView<float, 3> one_head(TensorView<float, 2> x, int64_t begin, int64_t dim) {
  return split_heads(x.slice(1, begin, dim), 1);
}

/// out [n, heads * v_dim] from the normed input x [T, hidden]; n rows of queries, the last ones.
void attend_mla(const Step& step,
                const MlaWeights& weights,
                TensorView<float, 2> x,
                TensorView<float, 2> cache,
                TensorView<float, 2> out) {
  const ModelConfig& config = step.config;
  const int64_t heads = config.num_attention_heads;
  const int64_t rank = config.kv_lora_rank;
  const int64_t num_queries = out.shape[0];
  Workspace::Scope scope(step.exec.workspace);

  const TensorView<float, 2> latent = last_rows(cache, x.shape[0]);
  const TensorView<float, 2> c_kv = latent.slice(1, 0, rank);
  step.linear(x, weights.kv_a_proj_with_mqa, latent);
  step.norm(c_kv, weights.kv_a_layernorm, kLatentNormEpsilon, c_kv);
  step.rotate(one_head(latent, rank, config.qk_rope_head_dim), RopePairing::kInterleaved);
  if (num_queries == 0) return;

  const int64_t qk_dim = config.qk_nope_head_dim + config.qk_rope_head_dim;
  const TensorView<float, 2> queries_x = last_rows(x, num_queries);
  const TensorView<float, 2> q = scope.tensor<2>({num_queries, heads * qk_dim});
  if (config.q_lora_rank == 0) {
    step.linear(queries_x, weights.q_proj, q);
  } else {
    const TensorView<float, 2> q_latent = scope.tensor<2>({num_queries, config.q_lora_rank});
    step.linear(queries_x, weights.q_a_proj, q_latent);
    step.norm(q_latent, weights.q_a_layernorm, kLatentNormEpsilon, q_latent);
    step.linear(q_latent, weights.q_b_proj, q);
  }
  const TensorView<float, 3> q_heads = split_heads(q, heads);
  step.rotate(q_heads.slice(2, config.qk_nope_head_dim, config.qk_rope_head_dim),
              RopePairing::kInterleaved);

  const MlaAttentionArgs args = {
      .q = q_heads,
      .cache = cache,
      .kv_b = weights.kv_b_proj,
      .nope_dim = config.qk_nope_head_dim,
      .softmax_scale = step.softmax_scale,
      .form = choose_mla_form(config, num_queries),
  };
  step.backend.mla_attention(args, split_heads(out, heads), step.exec);
}

/// As attend_mla, for LLaMA.
void attend_gqa(const Step& step,
                const GqaWeights& weights,
                TensorView<float, 2> x,
                TensorView<float, 2> cache,
                TensorView<float, 2> out) {
  const ModelConfig& config = step.config;
  const int64_t heads = config.num_attention_heads;
  const int64_t kv_heads = config.num_key_value_heads;
  const int64_t kv_width = kv_heads * config.head_dim;
  const int64_t num_queries = out.shape[0];
  Workspace::Scope scope(step.exec.workspace);

  const TensorView<float, 2> k = cache.slice(1, 0, kv_width);
  const TensorView<float, 2> v = cache.slice(1, kv_width, kv_width);
  const TensorView<float, 2> new_k = last_rows(k, x.shape[0]);
  step.linear(x, weights.k_proj, new_k);
  step.linear(x, weights.v_proj, last_rows(v, x.shape[0]));
  step.rotate(split_heads(new_k, kv_heads), RopePairing::kHalfSplit);
  if (num_queries == 0) return;

  const TensorView<float, 2> q = scope.tensor<2>({num_queries, heads * config.head_dim});
  step.linear(last_rows(x, num_queries), weights.q_proj, q);
  step.rotate(split_heads(q, heads), RopePairing::kHalfSplit);
  const GqaAttentionArgs args = {
      .q = split_heads(q, heads),
      .k = split_heads(k, kv_heads),
      .v = split_heads(v, kv_heads),
      .softmax_scale = step.softmax_scale,
  };
  step.backend.gqa_attention(args, split_heads(out, heads), step.exec);
}

/// out += the layer's routed and shared experts of x.
void add_moe(const Step& step,
             const LayerWeights& layer,
             TensorView<float, 2> x,
             TensorView<float, 2> out) {
  const ModelConfig& config = step.config;
  const int64_t num_tokens = x.shape[0];
  const int64_t top_k = config.num_experts_per_tok;
  Workspace::Scope scope(step.exec.workspace);
  const TensorView<float, 2> logits = scope.tensor<2>({num_tokens, config.n_routed_experts});
  const MoeRouting routing = {
      .experts = {scope.take<int32_t>(num_tokens * top_k), {num_tokens, top_k}},
      .weights = scope.tensor<2>({num_tokens, top_k}),
  };
  step.linear(x, layer.router, logits);
  const bool grouped = config.topk_method == TopkMethod::kGroupLimitedGreedy;
  const MoeRouteArgs route = {
      .logits = logits,
      .num_groups = grouped ? config.n_group : 1,
      .topk_groups = grouped ? config.topk_group : 1,
      .normalize = config.norm_topk_prob && top_k > 1,
      .scaling_factor = static_cast<float>(config.routed_scaling_factor),
  };
  step.backend.moe_route(route, routing, step.exec);
  const MoeExpertsArgs experts = {
      .x = x,
      .experts = layer.experts,
      .chosen = routing.experts,
      .weights = routing.weights,
      .shared = layer.mlp,
  };
  step.backend.moe_experts(experts, out, step.exec);
}

/// One layer on the hidden states h [T, hidden]. Only the last `num_queries` rows of h are updated;
/// the others are used for the cache.
void run_layer(const Step& step,
               const LayerWeights& layer,
               TensorView<float, 2> h,
               TensorView<float, 2> cache,
               int64_t num_queries) {
  const ModelConfig& config = step.config;
  const bool is_mla = config.architecture == Architecture::kDeepseekV2;
  const TensorView<float, 2> residual = last_rows(h, num_queries);
  Workspace::Scope scope(step.exec.workspace);

  const TensorView<float, 2> x = scope.tensor<2>(h.shape);
  const TensorView<float, 2> attended = scope.tensor<2>({num_queries, layer.o_proj.columns});
  step.norm(h, layer.input_layernorm, step.epsilon(), x);
  if (is_mla) {
    attend_mla(step, layer.mla, x, cache, attended);
  } else {
    attend_gqa(step, layer.gqa, x, cache, attended);
  }
  if (num_queries == 0) return;
  step.add_linear(attended, layer.o_proj, residual);

  const TensorView<float, 2> mlp_x = last_rows(x, num_queries);
  step.norm(residual, layer.post_attention_layernorm, step.epsilon(), mlp_x);
  if (layer.experts.empty()) {
    step.backend.gated_mlp({.x = mlp_x, .mlp = layer.mlp}, residual, step.exec);
  } else {
    add_moe(step, layer, mlp_x, residual);
  }
}

int64_t rope_dim(const ModelConfig& config) {
  return config.architecture == Architecture::kDeepseekV2 ? config.qk_rope_head_dim
                                                          : config.head_dim;
}

}  // namespace

Model::Model(ModelConfig config, Checkpoint checkpoint, ModelWeights weights)
    : config_(std::move(config)),
      checkpoint_(std::move(checkpoint)),
      weights_(std::move(weights)),
      rope_(config_, rope_dim(config_)),
      softmax_scale_(static_cast<float>(fimd::softmax_scale(config_))) {}

Result<Model> Model::open(const std::filesystem::path& folder) {
  FIMD_TRY(ModelConfig config, load_model_config(folder));
  FIMD_TRY(Checkpoint checkpoint, Checkpoint::open(folder));
  FIMD_TRY(ModelWeights weights, bind_weights(checkpoint, config));
  return Model(std::move(config), std::move(checkpoint), std::move(weights));
}

KvCache Model::make_cache(int64_t capacity_tokens) const {
  return {config_.num_hidden_layers, config_.cache_width(), capacity_tokens};
}

void Model::forward(std::span<const int32_t> tokens,
                    KvCache& cache,
                    TensorView<float, 2> logits,
                    const Backend& backend,
                    Exec& exec) const {
  const int64_t num_tokens = std::ssize(tokens);
  const int64_t num_logits = logits.shape[0];
  FIMD_CHECK(num_tokens >= 1 && num_logits <= num_tokens, num_tokens, num_logits);
  Workspace::Scope scope(exec.workspace);

  const std::array<int64_t, 2> angles = {num_tokens, rope_dim(config_) / 2};
  const Step step = {
      .config = config_,
      .backend = backend,
      .exec = exec,
      .cos = scope.tensor<2>(angles),
      .sin = scope.tensor<2>(angles),
      .softmax_scale = softmax_scale_,
  };
  exec.pool.parallel_for(num_tokens, [&](int64_t t, int) {
    rope_.fill(cache.num_tokens() + t, step.cos.slice(0, t, 1), step.sin.slice(0, t, 1));
  });

  const TensorView<float, 2> h = scope.tensor<2>({num_tokens, config_.hidden_size});
  backend.embed({.table = weights_.embed_tokens, .tokens = tokens}, h, exec);
  for (int64_t layer = 0; layer < config_.num_hidden_layers; ++layer) {
    const bool is_last = layer + 1 == config_.num_hidden_layers;
    run_layer(step,
              weights_.layers[layer],
              h,
              cache.rows(layer, num_tokens),
              is_last ? num_logits : num_tokens);
  }
  cache.commit(num_tokens);
  if (num_logits == 0) return;

  const TensorView<float, 2> last = last_rows(h, num_logits);
  step.norm(last, weights_.norm, step.epsilon(), last);
  step.linear(last, weights_.lm_head, logits);
}

MlaForm choose_mla_form(const ModelConfig& config, int64_t query_tokens) {
  const int64_t kv_dim = config.qk_nope_head_dim + config.v_head_dim;
  const int64_t saved_per_query = 2 * config.kv_lora_rank - kv_dim;
  const int64_t spent_per_row = config.kv_lora_rank * kv_dim;
  return query_tokens * saved_per_query > spent_per_row ? MlaForm::kDecompressed
                                                        : MlaForm::kAbsorbed;
}

}  // namespace fimd
