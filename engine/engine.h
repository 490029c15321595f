// The engine in this process: a model, its tokenizer, a backend and threads behind TextGenerator.
//
//   request -> token ids -> prefill in chunks -> (sample -> decode -> stop rules -> text) ...
//
// The last sequences are kept: a prompt is computed from where it differs from all of them. Its
// result is that of an engine that kept none, up to the fp32 rounding of how steps are cut.
//
// One request runs at a time. Cancellation is looked at before every step, and a step is at most
// kPrefillChunkTokens tokens of prompt or one token of output.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/model/forward.h"
#include "engine/prompt.h"
#include "engine/sequence_cache.h"
#include "engine/text_generator.h"
#include "engine/tokenizer/tokenizer.h"

namespace fimd {

struct EngineOptions {
  std::filesystem::path model;  ///< a Hugging Face folder
  std::string backend;          ///< a name in backends(); empty: the best
  int num_threads = 0;          ///< 0: every CPU that the process may use
};

/// Thread: safe.
class Engine final : public TextGenerator {
 public:
  /// Errors: those of Model::open() and Tokenizer::load(); kNotFound, no such backend;
  /// kInvalidInput, the thread count, or a tokenizer with more tokens than the model has rows.
  static Result<std::unique_ptr<Engine>> open(const EngineOptions& options);

  Result<GenerationResult> generate(const GenerationRequest& request,
                                    const TextSink& sink,
                                    std::stop_token stop) override;
  Result<int64_t> count_tokens(std::string_view text) override;
  [[nodiscard]] int64_t context_tokens() const override;
  [[nodiscard]] int64_t prompt_overhead_tokens() const override;

  [[nodiscard]] const Model& model() const { return model_; }

  [[nodiscard]] const Tokenizer& tokenizer() const { return tokenizer_; }

  [[nodiscard]] const Backend& backend() const { return backend_; }

  /// What steps run on; for programs that drive model() themselves, such as a benchmark.
  Exec exec() { return {pool_, workspace_}; }

 private:
  Engine(Model model, Tokenizer tokenizer, const Backend& backend, int num_threads);

  /// The index of the vocabulary, built by the first caller.
  const VocabularyIndex& vocabulary();

  /// Computes what `sequence` lacks of the prompt and generates. Whatever the result, `sequence`
  /// holds what was computed.
  Result<GenerationResult> run(const GenerationRequest& request,
                               Prompt prompt,
                               CachedSequence& sequence,
                               const TextSink& sink,
                               const std::stop_token& stop);

  /// Appends `tokens` to the sequence; `logits` receives the last one's. Errors: kCancelled.
  Status extend(std::span<const int32_t> tokens,
                CachedSequence& sequence,
                std::span<float> logits,
                const std::stop_token& stop);

  [[nodiscard]] bool ends_sequence(int32_t token) const;

  const Model model_;
  const Tokenizer tokenizer_;
  const Backend& backend_;
  std::once_flag vocabulary_built_;
  std::optional<VocabularyIndex> vocabulary_;
  std::mutex mutex_;  ///< one generation at a time uses what follows
  ThreadPool pool_;
  Workspace workspace_;
  SequenceCache sequences_;
};

}  // namespace fimd
