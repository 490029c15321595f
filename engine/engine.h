// The engine in this process: a model, its tokenizer, a backend and threads behind TextGenerator.
//
//   request -> token ids -> prefill in chunks -> (sample -> decode -> stop rules -> text) ...
//
// The last sequences are kept: a prompt is computed where it differs from the one that is most like
// it (sequence_cache.h). Unless a request allows drift, its result is that of an engine that kept
// none, up to the fp32 rounding of how steps are cut.
//
// Steps take turns (turns.h): one at a time, of the request that goes first. Cancellation is looked
// at before every step, and a step is at most kPrefillChunkTokens tokens of prompt or one token of
// output. No lock is held while a text is encoded, while the sink runs, or from step to step.
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
#include "engine/turns.h"

namespace fimd {

struct EngineOptions {
  std::filesystem::path model;     ///< a GGUF file or a Hugging Face folder
  std::string backend;             ///< a name in backends(); empty: best_backend()
  int num_threads = 0;             ///< 0: every CPU that the process may use
  int64_t max_sequence_bytes = 0;  ///< keys and values of one request; 0: half the machine's memory
  /// Not empty: the weights are read before open() returns, where there is room for them in memory,
  /// so that the first request does not wait for the disk. Told of large models only.
  LoadProgress progress = {};
};

/// Thread: safe.
class Engine final : public TextGenerator {
 public:
  /// Errors: those of Model::open() and Tokenizer::load(); kNotFound, no such backend;
  /// kInvalidInput, the thread count, or a tokenizer with more tokens than the model has rows.
  static Result<std::unique_ptr<Engine>> open(const EngineOptions& options);

  Result<GeneratorInfo> info(std::stop_token stop) override;
  Result<GenerationResult> generate(const GenerationRequest& request,
                                    const TextSink& sink,
                                    std::stop_token stop) override;
  Result<std::vector<int32_t>> count_tokens(std::span<const std::string_view> pieces,
                                            std::stop_token stop) override;

  [[nodiscard]] int64_t context_tokens() const;

  [[nodiscard]] const Model& model() const { return model_; }

  [[nodiscard]] const Tokenizer& tokenizer() const { return tokenizer_; }

  [[nodiscard]] const Backend& backend() const { return backend_; }

  /// What steps run on; for programs that drive model() themselves, such as a benchmark.
  Exec exec() { return {pool_, workspace_}; }

 private:
  /// A generation that has its place in line.
  struct Run {
    const GenerationRequest& request;
    const TextSink& sink;
    const std::stop_token& stop;
    const Turns::Place& place;
    Prompt prompt;
    CachedSequence sequence;
    std::vector<float> logits;  ///< of the last token computed
  };

  Engine(Model model, Tokenizer tokenizer, const Backend& backend, const EngineOptions& options);

  /// The index of the vocabulary, built by the first caller.
  const VocabularyIndex& vocabulary();

  [[nodiscard]] Result<Prompt> encode(const GenerationRequest& request,
                                      const std::stop_token& stop);
  [[nodiscard]] Status check_memory(const Prompt& prompt, const GenerationRequest& request) const;

  /// Takes the sequence that is most like the prompt and moves its rows. In a turn.
  CachedSequence take_sequence(const Prompt& prompt, const GenerationRequest& request);

  /// Computes what the sequence lacks of the prompt and generates. Whatever the result, the
  /// sequence holds what was computed.
  Result<GenerationResult> generate(Run& run);

  /// Computes the rows that the sequence's tokens lack. Errors: kCancelled.
  Status compute(Run& run);

  [[nodiscard]] bool ends_sequence(int32_t token) const;

  const Model model_;
  const Tokenizer tokenizer_;
  const Backend& backend_;
  const std::vector<std::string> languages_;
  std::once_flag vocabulary_built_;
  std::optional<VocabularyIndex> vocabulary_;
  const int64_t max_sequence_bytes_;
  Turns turns_;  ///< of what steps run on: the next two
  ThreadPool pool_;
  Workspace workspace_;
  std::mutex sequences_mutex_;  // guards what follows
  SequenceCache sequences_;
};

}  // namespace fimd
