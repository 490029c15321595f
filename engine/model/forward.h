// The forward pass: token ids to logits, one walk down the layers.
//
//   h  = embed(tokens)
//   h += o_proj(attention(norm(h)))           per layer; MLA or GQA
//   h += mlp(norm(h)) or shared + experts     per layer
//   logits = lm_head(norm(h))                 for the rows that are asked for
//
// Invariants:
//   1. Logits do not depend on how a sequence is cut into steps, up to fp32 rounding.
//   2. A step that asks for fewer rows of logits than it has tokens computes nothing of the last
//      layer but the cache for the others.
//   3. The cache is the only thing that outlives a step.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "engine/kv_cache.h"
#include "engine/model/rope_table.h"
#include "engine/model/weights.h"
#include "kernels/backend.h"

namespace fimd {

/// What one step computes: tokens that follow the cached sequence, and tokens behind rows that were
/// moved to where they belong already, in one walk down the layers.
///
///   cached rows | tokens [0, tokens_before) | rows_between | tokens [tokens_before, T)
struct StepTokens {
  std::span<const int32_t> tokens;
  int64_t tokens_before = 0;  ///< of `tokens`, those before the rows; read where there are any
  int64_t rows_between = 0;
};

/// Rows [from, from + count) of a sequence that go to [to, to + count).
struct RowMove {
  int64_t from = 0;
  int64_t to = 0;
  int64_t count = 0;
};

/// Thread: safe to read; one step at a time per Exec and per cache.
class Model {
 public:
  /// Reads the configuration and maps the weights of a GGUF file or a Hugging Face folder.
  /// Errors: those of load_model_config(), Checkpoint::open() and bind_weights().
  static Result<Model> open(const std::filesystem::path& folder);

  [[nodiscard]] const ModelConfig& config() const { return config_; }

  [[nodiscard]] const ModelWeights& weights() const { return weights_; }

  [[nodiscard]] const Checkpoint& checkpoint() const { return checkpoint_; }

  [[nodiscard]] KvCache make_cache(int64_t capacity_tokens) const;

  /// Appends the step to the cached sequence and writes the logits [n, vocab_size] of the last n of
  /// its T tokens, n in [0, T]. Aborts if the cache has no room or a token is not in
  /// [0, vocab_size).
  void forward(const StepTokens& step,
               KvCache& cache,
               TensorView<float, 2> logits,
               const Backend& backend,
               Exec& exec) const;

  /// Moves rows of every layer, as far as their position is concerned: RoPE's angle is that of
  /// their new place; what their tokens attended to stays. They may lie behind the sequence's end.
  /// Aborts if the cache has no room. Cost: reads and writes the rows once.
  void move_rows(const RowMove& move, KvCache& cache, const Backend& backend, Exec& exec) const;

 private:
  Model(ModelConfig config, Checkpoint checkpoint, ModelWeights weights);

  ModelConfig config_;
  Checkpoint checkpoint_;
  ModelWeights weights_;
  RopeTable rope_;
  float softmax_scale_;
};

/// The cheaper form of MLA for a step of `query_tokens`. Per cache row and head the absorbed form
/// costs T (2 rank + rope) multiply-adds, the decompressed one T (nope + rope + v) and once
/// rank (nope + v) to make the row's key and value; they break even at about 171 tokens for
/// DeepSeek-V2's sizes.
MlaForm choose_mla_form(const MlaConfig& config, int64_t query_tokens);

}  // namespace fimd
