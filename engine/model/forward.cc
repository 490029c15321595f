#include "engine/model/forward.h"

#include <algorithm>
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
  int64_t tokens_before;  ///< of StepTokens; T where no rows are between
  int64_t rows_between;

  [[nodiscard]] float epsilon() const { return static_cast<float>(config.rms_norm_eps); }

  void norm(TensorView<const float, 2> x,
            const std::vector<float>& weight,
            float norm_epsilon,
            TensorView<float, 2> out) const {
    backend.rms_norm({.x = x, .weight = weight, .epsilon = norm_epsilon}, out, exec);
  }

  void linear(TensorView<const float, 2> x,
              const MatrixView& weight,
              TensorView<float, 2> out,
              std::span<const float> bias = {}) const {
    backend.linear({.x = x, .weight = weight, .bias = bias}, out, exec);
  }

  void add_linear(TensorView<const float, 2> x,
                  const MatrixView& weight,
                  TensorView<float, 2> out,
                  std::span<const float> bias = {}) const {
    backend.linear({.x = x, .weight = weight, .bias = bias, .accumulate = true}, out, exec);
  }

  [[nodiscard]] int64_t num_tokens() const { return cos.shape[0]; }

  /// Where the rows of the step's tokens are made: their place in `cache`, or `scratch` where other
  /// rows lie between them.
  TensorView<float, 2> new_rows(TensorView<float, 2> cache, Workspace::Scope& scratch) const {
    if (rows_between == 0) return cache.slice(0, cache.shape[0] - num_tokens(), num_tokens());
    return scratch.tensor<2>({num_tokens(), cache.shape[1]});
  }

  /// Puts the rows that new_rows() gave into their place.
  void store(TensorView<const float, 2> rows, TensorView<float, 2> cache) const {
    if (rows_between == 0) return;
    const int64_t first = cache.shape[0] - rows_between - num_tokens();
    for (int64_t t = 0; t < num_tokens(); ++t) {
      const int64_t position = first + t + (t < tokens_before ? 0 : rows_between);
      std::copy_n(&rows(t, 0), rows.shape[1], &cache(position, 0));
    }
  }

  /// Calls attend(first, count, context) for the last `num_queries` tokens in runs: queries [first,
  /// first + count) of them are at the end of the first `context` rows.
  template <typename Attend>
  void for_runs(int64_t num_queries, int64_t total_rows, const Attend& attend) const {
    const int64_t behind = std::min(num_queries, num_tokens() - tokens_before);
    const int64_t before = num_queries - behind;
    const int64_t context_before = total_rows - rows_between - (num_tokens() - tokens_before);
    if (before > 0) attend(0, before, context_before);
    if (behind > 0) attend(before, behind, total_rows);
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
  const MlaConfig& mla = *step.config.mla();
  const int64_t heads = step.config.num_attention_heads;
  const int64_t rank = mla.kv_lora_rank;
  const int64_t num_queries = out.shape[0];
  Workspace::Scope scope(step.exec.workspace);

  const TensorView<float, 2> latent = step.new_rows(cache, scope);
  const TensorView<float, 2> c_kv = latent.slice(1, 0, rank);
  step.linear(x, weights.kv_a_proj_with_mqa, latent);
  step.norm(c_kv, weights.kv_a_layernorm, kLatentNormEpsilon, c_kv);
  step.rotate(one_head(latent, rank, mla.qk_rope_head_dim), RopePairing::kInterleaved);
  step.store(latent, cache);
  if (num_queries == 0) return;

  const int64_t qk_dim = mla.qk_nope_head_dim + mla.qk_rope_head_dim;
  const TensorView<float, 2> queries_x = last_rows(x, num_queries);
  const TensorView<float, 2> q = scope.tensor<2>({num_queries, heads * qk_dim});
  if (mla.q_lora_rank == 0) {
    step.linear(queries_x, weights.q_proj, q);
  } else {
    const TensorView<float, 2> q_latent = scope.tensor<2>({num_queries, mla.q_lora_rank});
    step.linear(queries_x, weights.q_a_proj, q_latent);
    step.norm(q_latent, weights.q_a_layernorm, kLatentNormEpsilon, q_latent);
    step.linear(q_latent, weights.q_b_proj, q);
  }
  const TensorView<float, 3> q_heads = split_heads(q, heads);
  step.rotate(q_heads.slice(2, mla.qk_nope_head_dim, mla.qk_rope_head_dim),
              RopePairing::kInterleaved);

  const TensorView<float, 3> out_heads = split_heads(out, heads);
  step.for_runs(num_queries, cache.shape[0], [&](int64_t first, int64_t count, int64_t context) {
    const MlaAttentionArgs args = {
        .q = q_heads.slice(0, first, count),
        .cache = cache.slice(0, 0, context),
        .kv_b = weights.kv_b_proj,
        .nope_dim = mla.qk_nope_head_dim,
        .softmax_scale = step.softmax_scale,
        .form = choose_mla_form(mla, count),
    };
    step.backend.mla_attention(args, out_heads.slice(0, first, count), step.exec);
  });
}

/// As attend_mla, for GQA.
void attend_gqa(const Step& step,
                const GqaWeights& weights,
                TensorView<float, 2> x,
                TensorView<float, 2> cache,
                TensorView<float, 2> out) {
  const GqaConfig& gqa = *step.config.gqa();
  const int64_t heads = step.config.num_attention_heads;
  const int64_t kv_heads = gqa.num_key_value_heads;
  const int64_t kv_width = kv_heads * gqa.head_dim;
  const int64_t num_queries = out.shape[0];
  Workspace::Scope scope(step.exec.workspace);

  const TensorView<float, 2> new_rows = step.new_rows(cache, scope);
  const TensorView<float, 2> new_k = new_rows.slice(1, 0, kv_width);
  step.linear(x, weights.k_proj, new_k, weights.k_bias);
  step.linear(x, weights.v_proj, new_rows.slice(1, kv_width, kv_width), weights.v_bias);
  step.rotate(split_heads(new_k, kv_heads), gqa.pairing);
  step.store(new_rows, cache);
  if (num_queries == 0) return;

  const TensorView<float, 2> q = scope.tensor<2>({num_queries, heads * gqa.head_dim});
  step.linear(last_rows(x, num_queries), weights.q_proj, q, weights.q_bias);
  step.rotate(split_heads(q, heads), gqa.pairing);
  const TensorView<float, 3> q_heads = split_heads(q, heads);
  const TensorView<float, 3> k = split_heads(cache.slice(1, 0, kv_width), kv_heads);
  const TensorView<float, 3> v = split_heads(cache.slice(1, kv_width, kv_width), kv_heads);
  const TensorView<float, 3> out_heads = split_heads(out, heads);
  step.for_runs(num_queries, cache.shape[0], [&](int64_t first, int64_t count, int64_t context) {
    const GqaAttentionArgs args = {
        .q = q_heads.slice(0, first, count),
        .k = k.slice(0, 0, context),
        .v = v.slice(0, 0, context),
        .softmax_scale = step.softmax_scale,
    };
    step.backend.gqa_attention(args, out_heads.slice(0, first, count), step.exec);
  });
}

/// out += the layer's routed and shared experts of x.
void add_moe(const Step& step,
             const LayerWeights& layer,
             TensorView<float, 2> x,
             TensorView<float, 2> out) {
  const MoeConfig& moe = *step.config.moe;
  const int64_t num_tokens = x.shape[0];
  const int64_t top_k = moe.num_experts_per_tok;
  Workspace::Scope scope(step.exec.workspace);
  const TensorView<float, 2> logits = scope.tensor<2>({num_tokens, moe.n_routed_experts});
  const MoeRouting routing = {
      .experts = {scope.take<int32_t>(num_tokens * top_k), {num_tokens, top_k}},
      .weights = scope.tensor<2>({num_tokens, top_k}),
  };
  step.linear(x, layer.router, logits);
  const bool grouped = moe.topk_method == TopkMethod::kGroupLimitedGreedy;
  const MoeRouteArgs route = {
      .logits = logits,
      .num_groups = grouped ? moe.n_group : 1,
      .topk_groups = grouped ? moe.topk_group : 1,
      .normalize = moe.norm_topk_prob && top_k > 1,
      .scaling_factor = static_cast<float>(moe.routed_scaling_factor),
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
  const TensorView<float, 2> residual = last_rows(h, num_queries);
  Workspace::Scope scope(step.exec.workspace);

  const TensorView<float, 2> x = scope.tensor<2>(h.shape);
  const TensorView<float, 2> attended = scope.tensor<2>({num_queries, layer.o_proj.columns});
  step.norm(h, layer.input_layernorm, step.epsilon(), x);
  if (step.config.mla() != nullptr) {
    attend_mla(step, layer.mla, x, cache, attended);
  } else {
    attend_gqa(step, layer.gqa, x, cache, attended);
  }
  if (num_queries == 0) return;
  step.add_linear(attended, layer.o_proj, residual, layer.o_bias);

  const TensorView<float, 2> mlp_x = last_rows(x, num_queries);
  step.norm(residual, layer.post_attention_layernorm, step.epsilon(), mlp_x);
  if (layer.experts.empty()) {
    step.backend.gated_mlp({.x = mlp_x, .mlp = layer.mlp}, residual, step.exec);
  } else {
    add_moe(step, layer, mlp_x, residual);
  }
}

}  // namespace

Model::Model(ModelConfig config, Checkpoint checkpoint, ModelWeights weights)
    : config_(std::move(config)),
      checkpoint_(std::move(checkpoint)),
      weights_(std::move(weights)),
      rope_(config_, config_.rope_head_dim()),
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

void Model::forward(const StepTokens& input,
                    KvCache& cache,
                    TensorView<float, 2> logits,
                    const Backend& backend,
                    Exec& exec) const {
  const int64_t num_tokens = std::ssize(input.tokens);
  const int64_t num_logits = logits.shape[0];
  const int64_t new_rows = num_tokens + input.rows_between;
  const int64_t tokens_before = input.rows_between == 0 ? num_tokens : input.tokens_before;
  FIMD_CHECK(tokens_before >= 0 && tokens_before <= num_tokens, tokens_before, num_tokens);
  FIMD_CHECK(num_tokens >= 1 && num_logits <= num_tokens, num_tokens, num_logits);
  Workspace::Scope scope(exec.workspace);

  const std::array<int64_t, 2> angles = {num_tokens, config_.rope_head_dim() / 2};
  const Step step = {
      .config = config_,
      .backend = backend,
      .exec = exec,
      .cos = scope.tensor<2>(angles),
      .sin = scope.tensor<2>(angles),
      .softmax_scale = softmax_scale_,
      .tokens_before = tokens_before,
      .rows_between = input.rows_between,
  };
  exec.pool.parallel_for(num_tokens, [&](int64_t t, int) {
    const int64_t position = cache.num_tokens() + t + (t < tokens_before ? 0 : input.rows_between);
    rope_.fill(position, step.cos.slice(0, t, 1), step.sin.slice(0, t, 1));
  });

  const TensorView<float, 2> h = scope.tensor<2>({num_tokens, config_.hidden_size});
  backend.embed({.table = weights_.embed_tokens, .tokens = input.tokens}, h, exec);
  for (int64_t layer = 0; layer < config_.num_hidden_layers; ++layer) {
    const bool is_last = layer + 1 == config_.num_hidden_layers;
    run_layer(step,
              weights_.layers[layer],
              h,
              cache.rows(layer, new_rows),
              is_last ? num_logits : num_tokens);
  }
  cache.commit(new_rows);
  if (num_logits == 0) return;

  const TensorView<float, 2> last = last_rows(h, num_logits);
  step.norm(last, weights_.norm, step.epsilon(), last);
  step.linear(last, weights_.lm_head, logits);
}

void Model::move_rows(const RowMove& move,
                      KvCache& cache,
                      const Backend& backend,
                      Exec& exec) const {
  const MlaConfig* mla = config_.mla();
  const GqaConfig* gqa = config_.gqa();
  Workspace::Scope scope(exec.workspace);
  const auto num_pairs = static_cast<size_t>(config_.rope_head_dim() / 2);
  const std::span<float> cos(scope.take<float>(std::ssize(rope_.inverse_frequencies())), num_pairs);
  const std::span<float> sin(scope.take<float>(std::ssize(rope_.inverse_frequencies())), num_pairs);
  rope_.fill_turn(move.to - move.from, cos, sin);
  const MoveKvArgs args = {
      .from = move.from,
      .to = move.to,
      .count = move.count,
      .rope_begin = mla != nullptr ? mla->kv_lora_rank : 0,
      .rope_heads = gqa != nullptr ? gqa->num_key_value_heads : 1,
      .cos = cos,
      .sin = sin,
      .pairing = gqa != nullptr ? gqa->pairing : RopePairing::kInterleaved,
  };
  const int64_t end = std::max(move.from, move.to) + move.count;
  for (int64_t layer = 0; layer < config_.num_hidden_layers; ++layer) {
    const int64_t beyond = std::max<int64_t>(end - cache.num_tokens(), 0);
    backend.move_kv(args, cache.rows(layer, beyond), exec);
  }
}

MlaForm choose_mla_form(const MlaConfig& config, int64_t query_tokens) {
  const int64_t kv_dim = config.qk_nope_head_dim + config.v_head_dim;
  const int64_t saved_per_query = 2 * config.kv_lora_rank - kv_dim;
  const int64_t spent_per_row = config.kv_lora_rank * kv_dim;
  return query_tokens * saved_per_query > spent_per_row ? MlaForm::kDecompressed
                                                        : MlaForm::kAbsorbed;
}

}  // namespace fimd
