// The one interface between completion and an engine, wherever the engine runs.
//
// It has the shape of the OpenAI-compatible `/v1/completions` call, so that an engine in this
// process, one behind a socket and somebody else's server look alike. Nothing in it assumes that
// the engine is local.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sampler.h"
#include "kernels/base/result.h"

namespace fimd {

/// When to stop, besides end-of-sequence and any other special token.
struct StopRules {
  int32_t max_tokens = 128;  ///< at least 1
  int32_t max_lines =
      0;  ///< stop before the line feed that would begin line max_lines + 1; 0: no limit
  std::vector<std::string> strings;  ///< stop before the first of these; none is empty
};

/// Text is literal: special tokens that it spells are ordinary text.
struct GenerationRequest {
  std::string prompt;  ///< what precedes
  std::optional<std::string>
      suffix;  ///< what follows: given (even empty), the request is fill-in-the-middle
  /// Fill-in-the-middle only: how the middle begins. It follows the markers, so while the user
  /// types here, prompt and suffix stay what they were and need not be computed again. When it ends
  /// in a word or in blanks, their tokens are taken back and written again, bound to their bytes
  /// (token healing). The answer is what comes after it.
  std::string middle;
  SamplingParams sampling;
  StopRules stop;
};

enum class FinishReason {
  kStop,    ///< end-of-sequence, a special token, a stop string or the line limit
  kLength,  ///< max_tokens, or the context is full
};

struct GenerationResult {
  std::string text;
  FinishReason finish_reason = FinishReason::kStop;
  int64_t prompt_tokens = 0;
  int64_t cached_tokens = 0;  ///< of them, those that were not computed again
  int64_t completion_tokens = 0;
};

/// Receives text as soon as it cannot be taken back by a stop rule; whole UTF-8 characters.
/// Returning false ends the generation with kStop.
using TextSink = std::function<bool(std::string_view text)>;

/// Thread: safe; calls queue up behind one another.
class TextGenerator {
 public:
  virtual ~TextGenerator() = default;

  /// `sink` may be empty.
  /// Errors: kInvalidInput, a parameter out of range, or the prompt does not fit the context;
  /// kUnsupported, fill-in-the-middle on a model without its tokens; kCancelled, `stop` was
  /// requested (honoured within one step); kOutOfMemory.
  virtual Result<GenerationResult> generate(const GenerationRequest& request,
                                            const TextSink& sink,
                                            std::stop_token stop) = 0;

  /// Tokens of `text` as it would count in a prompt.
  virtual Result<int64_t> count_tokens(std::string_view text) = 0;

  /// Tokens that a prompt and its completion may have together.
  [[nodiscard]] virtual int64_t context_tokens() const = 0;

  /// Tokens that the engine adds around a prompt (beginning-of-sequence, FIM markers), at most.
  [[nodiscard]] virtual int64_t prompt_overhead_tokens() const = 0;
};

}  // namespace fimd
