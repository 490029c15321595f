#include "engine/engine.h"

#include <algorithm>
#include <utility>

#include "engine/stop_filter.h"
#include "engine/tokenizer/stream_decoder.h"

namespace fimd {
namespace {

// Long enough for the matrix products to run at full speed, short enough that activations stay in
// the cache and that a cancelled request is noticed soon.
constexpr int64_t kPrefillChunkTokens = 512;

// What one user has in hand: the file that is typed in, its last anchor, another file, a chat.
constexpr size_t kMaxKeptSequences = 4;

// 34 thousand tokens of DeepSeek-V2-Lite; the bundled model's four take 32 MB at most.
constexpr int64_t kMaxKeptBytes = int64_t{2} << 30;

tl::unexpected<Error> cancelled() {
  return fail(ErrorCode::kCancelled, "the generation was cancelled");
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

  void finish() {
    release(filter_.push(decoder_.finish()));
    release(filter_.finish());
  }

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

Engine::Engine(Model model, Tokenizer tokenizer, const Backend& backend, int num_threads)
    : model_(std::move(model)),
      tokenizer_(std::move(tokenizer)),
      backend_(backend),
      pool_(num_threads),
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
  const int num_threads = options.num_threads == 0 ? usable_cpus() : options.num_threads;
  FIMD_TRY(Model model, Model::open(options.model));
  FIMD_TRY(Tokenizer tokenizer, Tokenizer::load(options.model));
  if (tokenizer.vocab_size() > model.config().vocab_size) {
    return fail(ErrorCode::kInvalidInput,
                options.model.string() + ": tokenizer.json has " +
                    std::to_string(tokenizer.vocab_size()) +
                    " tokens, expected at most config.json's vocab_size of " +
                    std::to_string(model.config().vocab_size));
  }
  return std::unique_ptr<Engine>(
      new Engine(std::move(model), std::move(tokenizer), *backend, num_threads));
}

const VocabularyIndex& Engine::vocabulary() {
  std::call_once(vocabulary_built_,
                 [this] { vocabulary_.emplace(tokenizer_, model_.config().eos_token_ids); });
  return *vocabulary_;
}

Status Engine::extend(std::span<const int32_t> tokens,
                      CachedSequence& sequence,
                      std::span<float> logits,
                      const std::stop_token& stop) {
  Exec step_exec = exec();
  while (!tokens.empty()) {
    if (stop.stop_requested()) return cancelled();
    const size_t count = std::min<size_t>(tokens.size(), kPrefillChunkTokens);
    const bool is_last = count == tokens.size();
    const TensorView<float, 2> out(logits.data(), {is_last ? 1 : 0, std::ssize(logits)});
    const std::span<const int32_t> step = tokens.first(count);
    model_.forward(step, sequence.kv, out, backend_, step_exec);
    sequence.tokens.insert(sequence.tokens.end(), step.begin(), step.end());
    tokens = tokens.subspan(count);
  }
  return {};
}

bool Engine::ends_sequence(int32_t token) const {
  const std::vector<int32_t>& eos = model_.config().eos_token_ids;
  return tokenizer_.is_special(token) || std::find(eos.begin(), eos.end(), token) != eos.end();
}

Result<GenerationResult> Engine::generate(const GenerationRequest& request,
                                          const TextSink& sink,
                                          std::stop_token stop) {
  FIMD_TRY_STATUS(validate(request));
  const bool may_heal = request.suffix && !request.middle.empty();
  Result<Prompt> prompt = build_prompt(request, tokenizer_, may_heal ? &vocabulary() : nullptr);
  if (!prompt && prompt.error().code == ErrorCode::kUnsupported) {
    const std::string folder = model_.checkpoint().folder().string();
    return fail(ErrorCode::kUnsupported, folder + ": " + prompt.error().message);
  }
  if (!prompt) return tl::unexpected(prompt.error());
  const int64_t prompt_tokens = std::ssize(prompt->ids);
  if (prompt_tokens >= context_tokens()) {
    return fail(ErrorCode::kInvalidInput,
                "the prompt has " + std::to_string(prompt_tokens) +
                    " tokens, expected fewer than the " + std::to_string(context_tokens()) +
                    " of the context");
  }
  const std::lock_guard lock(mutex_);
  CachedSequence sequence = sequences_.take(prompt->ids, model_.make_cache(context_tokens()));
  Result<GenerationResult> result = run(request, *std::move(prompt), sequence, sink, stop);
  sequences_.put(std::move(sequence));
  return result;
}

Result<GenerationResult> Engine::run(const GenerationRequest& request,
                                     Prompt prompt,
                                     CachedSequence& sequence,
                                     const TextSink& sink,
                                     const std::stop_token& stop) {
  GenerationResult result = {.prompt_tokens = std::ssize(prompt.ids),
                             .cached_tokens = sequence.kv.num_tokens()};
  std::vector<float> logits(model_.config().vocab_size);
  const std::span<const int32_t> ids = prompt.ids;
  FIMD_TRY_STATUS(extend(ids.subspan(sequence.tokens.size()), sequence, logits, stop));

  const int64_t room = context_tokens() - result.prompt_tokens;
  // Rows of the output matrix past the tokenizer's vocabulary are padding and spell nothing.
  const auto spelled = std::span<const float>(logits).first(tokenizer_.vocab_size());
  std::vector<float> restricted;
  int64_t forced_tokens = 0;  // they are the caller's text, so they do not count as generated
  Output output(tokenizer_, request.stop, sink);
  Sampler sampler(request.sampling);
  for (;;) {
    const bool is_forced = !prompt.forced.empty();
    if (is_forced) prompt.forced.restrict(spelled, restricted);
    FIMD_TRY(const int32_t token, sampler.sample(is_forced ? restricted : spelled));
    if (ends_sequence(token)) break;
    ++result.completion_tokens;
    if (is_forced) ++forced_tokens;
    output.push(is_forced ? prompt.forced.accept(token) : tokenizer_.token_bytes(token));
    if (output.stopped()) break;
    if (result.completion_tokens - forced_tokens == request.stop.max_tokens ||
        result.completion_tokens == room) {
      result.finish_reason = FinishReason::kLength;
      break;
    }
    FIMD_TRY_STATUS(extend({&token, 1}, sequence, logits, stop));
  }
  output.finish();
  result.text = output.take_text();
  return result;
}

Result<int64_t> Engine::count_tokens(std::string_view text) {
  return std::ssize(tokenizer_.encode(text, SpecialTokens::kLiteral));
}

int64_t Engine::context_tokens() const {
  return model_.config().max_position_embeddings;
}

int64_t Engine::prompt_overhead_tokens() const {
  return std::ssize(tokenizer_.prefix_ids()) + 3;  // and the three FIM markers
}

}  // namespace fimd
