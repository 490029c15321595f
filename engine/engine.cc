#include "engine/engine.h"

#include <algorithm>
#include <utility>

#include "engine/checkpoint/model_card.h"
#include "engine/checkpoint/read_ahead.h"
#include "engine/stop_filter.h"
#include "engine/tokenizer/stream_decoder.h"
#include "kernels/base/memory.h"

namespace fimd {
namespace {

// Long enough for the matrix products to run at full speed, short enough that activations stay in
// the cache and that a cancelled request is noticed soon.
constexpr size_t kPrefillChunkTokens = 512;

// A key that comes meanwhile waits for no more of a prompt that nobody waits for.
constexpr size_t kIdleChunkTokens = 64;

// What one user has in hand: four files that are edited by turns, each as it is and as idle time
// thinks that it will be.
constexpr size_t kMaxKeptSequences = 8;

// 34 thousand tokens of DeepSeek-V2-Lite; the bundled model's eight take 63 MB at most.
constexpr int64_t kMaxKeptBytes = int64_t{2} << 30;

tl::unexpected<Error> cancelled() {
  return fail(ErrorCode::kCancelled, "the generation was cancelled");
}

/// Weights that would push each other out of memory are left to be read as they are needed.
void read_weights(const Checkpoint& checkpoint, const LoadProgress& progress) {
  if (checkpoint.file_bytes() > machine_memory_bytes() / 4 * 3) return;
  std::vector<std::span<const std::byte>> parts;
  parts.reserve(checkpoint.tensors().size());
  for (const CheckpointTensor& tensor : checkpoint.tensors()) {
    parts.emplace_back(tensor.data, static_cast<size_t>(tensor.size_bytes));
  }
  std::ranges::sort(parts, {}, [](const auto& part) { return part.data(); });
  read_ahead(parts, progress);
}

Status validate(const GenerationRequest& request) {
  FIMD_TRY_STATUS(validate(request.sampling));
  const StopRules& stop = request.stop;
  if (stop.max_tokens < 1) {
    return fail(ErrorCode::kInvalidInput,
                "max_tokens is " + std::to_string(stop.max_tokens) + ", expected 1 or more");
  }
  if (stop.max_lines < 0) {
    return fail(ErrorCode::kInvalidInput,
                "max_lines is " + std::to_string(stop.max_lines) + ", expected 0 or more");
  }
  if (request.max_drift_tokens < 0) {
    return fail(
        ErrorCode::kInvalidInput,
        "max_drift_tokens is " + std::to_string(request.max_drift_tokens) + ", expected 0 or more");
  }
  if (std::find(stop.strings.begin(), stop.strings.end(), "") != stop.strings.end()) {
    return fail(ErrorCode::kInvalidInput, "a stop string is empty, expected some text");
  }
  return {};
}

/// Collects a generation's text and hands it on as the stop rules release it.
class Output {
 public:
  Output(const Tokenizer& tokenizer, const StopRules& rules, const TextSink& sink)
      : decoder_(tokenizer), filter_(rules), sink_(sink) {}

  void push(std::string_view bytes) { release(filter_.push(decoder_.push_bytes(bytes))); }

  /// What the decoder still holds is the beginning of a character, and no text.
  void finish() { release(filter_.finish()); }

  /// A stop rule matched, or the sink has seen enough.
  [[nodiscard]] bool stopped() const { return filter_.stopped() || refused_; }

  std::string take_text() { return std::move(text_); }

 private:
  void release(const std::string& text) {
    if (text.empty() || refused_) return;
    text_ += text;
    if (sink_) refused_ = !sink_(text);
  }

  StreamDecoder decoder_;
  StopFilter filter_;
  const TextSink& sink_;
  std::string text_;
  bool refused_ = false;
};

}  // namespace

Engine::Engine(Model model,
               Tokenizer tokenizer,
               const Backend& backend,
               const EngineOptions& options)
    : model_(std::move(model)),
      tokenizer_(std::move(tokenizer)),
      backend_(backend),
      languages_(model_languages(options.model)),
      max_sequence_bytes_(options.max_sequence_bytes > 0 ? options.max_sequence_bytes
                                                         : machine_memory_bytes() / 2),
      pool_(options.num_threads == 0 ? usable_cpus() : options.num_threads),
      sequences_(kMaxKeptSequences, kMaxKeptBytes) {}

Result<std::unique_ptr<Engine>> Engine::open(const EngineOptions& options) {
  const Backend* backend =
      options.backend.empty() ? &best_backend() : find_backend(options.backend);
  if (backend == nullptr) {
    std::string names;
    for (const Backend& known : backends()) names.append(" ").append(known.name);
    return fail(ErrorCode::kNotFound,
                "there is no backend \"" + options.backend + "\", expected one of" + names);
  }
  if (options.num_threads < 0 || options.num_threads > ThreadPool::kMaxThreads) {
    return fail(ErrorCode::kInvalidInput,
                "the number of threads is " + std::to_string(options.num_threads) +
                    ", expected 0 (every CPU) to " + std::to_string(ThreadPool::kMaxThreads));
  }
  FIMD_TRY(Model model, Model::open(options.model));
  FIMD_TRY(Tokenizer tokenizer, Tokenizer::load(options.model));
  if (tokenizer.vocab_size() > model.config().vocab_size) {
    return fail(ErrorCode::kInvalidInput,
                options.model.string() + ": tokenizer.json has " +
                    std::to_string(tokenizer.vocab_size()) +
                    " tokens, expected at most config.json's vocab_size of " +
                    std::to_string(model.config().vocab_size));
  }
  if (options.progress) read_weights(model.checkpoint(), options.progress);
  return std::unique_ptr<Engine>(
      new Engine(std::move(model), std::move(tokenizer), *backend, options));
}

const VocabularyIndex& Engine::vocabulary() {
  std::call_once(vocabulary_built_,
                 [this] { vocabulary_.emplace(tokenizer_, model_.config().eos_token_ids); });
  return *vocabulary_;
}

Status Engine::compute(Run& run) {
  CachedSequence& sequence = run.sequence;
  const std::span<const int32_t> tokens = sequence.tokens;
  const size_t chunk_tokens =
      run.request.priority == Priority::kIdle ? kIdleChunkTokens : kPrefillChunkTokens;
  while (sequence.kv.num_tokens() < std::ssize(tokens)) {
    const auto turn = turns_.take(run.place, run.stop);
    if (!turn) return cancelled();
    // Up to a gap's end, and across the rows ahead when there is room.
    const auto done = static_cast<size_t>(sequence.kv.num_tokens());
    const bool has_ahead = sequence.ahead_begin < sequence.ahead_end;
    const size_t gap_end = has_ahead ? static_cast<size_t>(sequence.ahead_begin) : tokens.size();
    const size_t count = std::min(gap_end - done, chunk_tokens);
    const auto gap = tokens.subspan(done, count);
    std::vector<int32_t> step(gap.begin(), gap.end());
    StepTokens input = {.tokens_before = static_cast<int64_t>(count)};
    if (has_ahead && done + count == gap_end && count < chunk_tokens) {
      const auto rest = tokens.subspan(static_cast<size_t>(sequence.ahead_end));
      const auto now = rest.first(std::min(rest.size(), chunk_tokens - count));
      step.insert(step.end(), now.begin(), now.end());
      input.rows_between = std::exchange(sequence.ahead_end, 0) - sequence.ahead_begin;
      sequence.ahead_begin = 0;
    }
    input.tokens = step;
    const bool is_last =
        sequence.kv.num_tokens() + std::ssize(step) + input.rows_between == std::ssize(tokens);
    const TensorView<float, 2> out(run.logits.data(), {is_last ? 1 : 0, std::ssize(run.logits)});
    Exec step_exec = exec();
    model_.forward(input, sequence.kv, out, backend_, step_exec);
  }
  return {};
}

bool Engine::ends_sequence(int32_t token) const {
  const std::vector<int32_t>& eos = model_.config().eos_token_ids;
  return tokenizer_.is_special(token) || std::find(eos.begin(), eos.end(), token) != eos.end();
}

Result<Prompt> Engine::encode(const GenerationRequest& request, const std::stop_token& stop) {
  const VocabularyIndex* index = request.heal ? &vocabulary() : nullptr;
  auto prompt =
      build_prompt(request, tokenizer_, index, {.context_tokens = context_tokens(), .stop = stop});
  if (prompt || prompt.error().code != ErrorCode::kUnsupported) return prompt;
  const std::string path = model_.checkpoint().path().string();
  return fail(ErrorCode::kUnsupported, path + ": " + prompt.error().message);
}

Status Engine::check_memory(const Prompt& prompt, const GenerationRequest& request) const {
  const ModelConfig& config = model_.config();
  const int64_t row_bytes =
      config.num_hidden_layers * config.cache_width() * static_cast<int64_t>(sizeof(float));
  const int64_t num_tokens =
      std::min(std::ssize(prompt.ids) + request.stop.max_tokens, context_tokens());
  if (num_tokens <= max_sequence_bytes_ / row_bytes) return {};
  return fail(ErrorCode::kOutOfMemory,
              "a prompt of " + std::to_string(prompt.ids.size()) + " tokens and " +
                  std::to_string(request.stop.max_tokens) + " more would take " +
                  std::to_string(num_tokens * row_bytes) +
                  " bytes of keys and values, expected at most " +
                  std::to_string(max_sequence_bytes_));
}

CachedSequence Engine::take_sequence(const Prompt& prompt, const GenerationRequest& request) {
  const WantedPrompt wanted = {.ids = prompt.ids,
                               .suffix_begin = prompt.suffix_begin,
                               .max_drift = request.max_drift_tokens,
                               .leaves_kept = request.priority == Priority::kIdle};
  KvCache empty = model_.make_cache(context_tokens());
  std::unique_lock lock(sequences_mutex_);
  CachedSequence sequence = sequences_.take(wanted, std::move(empty));
  lock.unlock();
  if (sequence.move.count > 0) {
    Exec move_exec = exec();
    model_.move_rows(sequence.move, sequence.kv, backend_, move_exec);
    sequence.move = {};
  }
  return sequence;
}

Result<GenerationResult> Engine::generate(const GenerationRequest& request,
                                          const TextSink& sink,
                                          std::stop_token stop) {
  FIMD_TRY_STATUS(validate(request));
  FIMD_TRY(Prompt prompt, encode(request, stop));
  FIMD_TRY_STATUS(check_memory(prompt, request));
  const Turns::Place place(turns_, request.priority);
  std::optional<Turns::Turn> turn = turns_.take(place, stop);
  if (!turn) return cancelled();
  CachedSequence sequence = take_sequence(prompt, request);
  turn.reset();
  Run run = {.request = request,
             .sink = sink,
             .stop = stop,
             .place = place,
             .prompt = std::move(prompt),
             .sequence = std::move(sequence),
             .logits = std::vector<float>(model_.config().vocab_size)};
  Result<GenerationResult> result = generate(run);
  const std::lock_guard lock(sequences_mutex_);
  sequences_.put(std::move(run.sequence));
  return result;
}

Result<GenerationResult> Engine::generate(Run& run) {
  const StopRules& rules = run.request.stop;
  ForcedBytes& forced = run.prompt.forced;
  GenerationResult result = {.prompt_tokens = std::ssize(run.prompt.ids),
                             .cached_tokens = run.sequence.num_rows(),
                             .drift_tokens = run.sequence.drift()};
  FIMD_TRY_STATUS(compute(run));

  const int64_t room = context_tokens() - result.prompt_tokens;
  // Rows of the output matrix past the tokenizer's vocabulary are padding and spell nothing.
  const auto spelled = std::span<const float>(run.logits).first(tokenizer_.vocab_size());
  std::vector<float> restricted;
  int64_t forced_tokens = 0;  // they are the caller's text, so they do not count as generated
  const TextSink aside_sink = [&run](std::string_view text) {
    const Turns::Aside aside(run.place);
    return run.sink(text);
  };
  Output output(tokenizer_, rules, run.sink ? aside_sink : run.sink);
  Sampler sampler(run.request.sampling);
  for (;;) {
    const bool is_forced = !forced.empty();
    if (is_forced) forced.restrict(spelled, restricted);
    FIMD_TRY(const int32_t token, sampler.sample(is_forced ? restricted : spelled));
    if (ends_sequence(token)) break;
    ++result.completion_tokens;
    if (is_forced) ++forced_tokens;
    output.push(is_forced ? forced.accept(token) : tokenizer_.token_bytes(token));
    if (output.stopped()) break;
    if (result.completion_tokens - forced_tokens == rules.max_tokens ||
        result.completion_tokens == room) {
      result.finish_reason = FinishReason::kLength;
      break;
    }
    run.sequence.tokens.push_back(token);
    FIMD_TRY_STATUS(compute(run));
  }
  output.finish();
  result.text = output.take_text();
  return result;
}

Result<std::vector<int32_t>> Engine::count_tokens(std::span<const std::string_view> pieces,
                                                  std::stop_token stop) {
  std::vector<int32_t> counts;
  counts.reserve(pieces.size());
  for (const std::string_view piece : pieces) {
    FIMD_TRY(const std::vector<int32_t> ids,
             tokenizer_.encode(piece, SpecialTokens::kLiteral, {.stop = stop}));
    counts.push_back(static_cast<int32_t>(ids.size()));
  }
  return counts;
}

Result<GeneratorInfo> Engine::info(std::stop_token /*stop*/) {
  const Result<FimTokens>& fim = tokenizer_.fim_tokens();
  const int64_t num_markers = !fim ? 0 : fim->middle ? 3 : 2;
  return GeneratorInfo{.model = model_.checkpoint().path().filename().string(),
                       .context_tokens = context_tokens(),
                       .overhead_tokens = std::ssize(tokenizer_.prefix_ids()) + num_markers,
                       .fills_holes = fim.has_value(),
                       .languages = languages_};
}

int64_t Engine::context_tokens() const {
  return model_.config().max_position_embeddings;
}

}  // namespace fimd
