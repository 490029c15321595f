// The one interface between completion and an engine, wherever the engine runs.
//
// It has the shape of the OpenAI-compatible `/v1/completions` call, so that an engine in this
// process and one behind a socket look alike: whatever may be a round trip can fail and can be
// cancelled.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/sampler.h"
#include "kernels/base/result.h"

namespace fimd {

/// What a generator can do, and how much of it.
struct GeneratorInfo {
  std::string model;            ///< its name, to be shown
  int64_t context_tokens = 0;   ///< of a prompt and its completion together
  int64_t overhead_tokens = 0;  ///< added around a prompt (beginning-of-sequence, markers), at most
  bool fills_holes = false;     ///< HolePrompt
  /// The programming languages that it was trained for, as its card spells them; empty: any.
  std::vector<std::string> languages = {};
};

/// Text is literal: special tokens that it spells are ordinary text.
struct TextPrompt {
  std::string text;
};

/// The hole is between the two, where the cursor is. Text is literal.
struct HolePrompt {
  std::string prefix;
  std::string suffix;
};

/// Who goes first. Between two steps a generation gives way to what comes before it.
enum class Priority : uint8_t {
  kKey,    ///< a key was pressed, and somebody may be waiting
  kAsked,  ///< somebody waits
  kIdle,   ///< nobody has asked yet
};

/// When to stop, besides end-of-sequence and any other special token.
struct StopRules {
  int32_t max_tokens = 128;  ///< at least 1
  int32_t max_lines =
      0;  ///< stop before the line feed that would begin line max_lines + 1; 0: no limit
  std::vector<std::string> strings;  ///< stop before the first of these; none is empty
};

struct GenerationRequest {
  std::variant<TextPrompt, HolePrompt> prompt;
  /// The text before the completion may end within a word: the tokens of its last word, or of the
  /// blanks where the next one will be, are taken back and written again, bound to their bytes
  /// (token healing). The answer is what comes after them.
  bool heal = false;
  /// How many tokens before the suffix may be others than when its rows were computed (HolePrompt;
  /// rows are then moved, see sequence_cache.h). 0: the answer is that of an engine without a
  /// cache, up to the fp32 rounding of how steps are cut.
  int32_t max_drift_tokens = 0;
  SamplingParams sampling;
  StopRules stop;
  Priority priority = Priority::kAsked;
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
  int64_t drift_tokens = 0;   ///< the largest of the prompt's rows; 0: all are exact
  int64_t completion_tokens = 0;
};

/// Receives text as soon as it cannot be taken back by a stop rule; whole UTF-8 characters.
/// Returning false ends the generation with kStop. Called on the caller's thread with no lock held.
using TextSink = std::function<bool(std::string_view text)>;

/// How much of a large model has been read, in percent. Called by the thread that opens it.
using LoadProgress = std::function<void(uint32_t percent)>;

/// Thread: safe.
class TextGenerator {
 public:
  virtual ~TextGenerator() = default;

  virtual Result<GeneratorInfo> info(std::stop_token stop) = 0;

  /// `sink` may be empty. A request that waits for its turn leaves at once when it is cancelled,
  /// one that runs within one step.
  /// Errors: kInvalidInput, a parameter out of range, the prompt does not fit the context, or the
  /// weights are damaged; kUnsupported, a HolePrompt where holes are not filled; kOutOfMemory, the
  /// rows of the prompt and of max_tokens would not fit the memory that the generator may use;
  /// kCancelled, `stop` was requested.
  virtual Result<GenerationResult> generate(const GenerationRequest& request,
                                            const TextSink& sink,
                                            std::stop_token stop) = 0;

  /// Tokens of each of `pieces` as it would count in a prompt: one round trip.
  /// Errors: kCancelled.
  virtual Result<std::vector<int32_t>> count_tokens(std::span<const std::string_view> pieces,
                                                    std::stop_token stop) = 0;
};

}  // namespace fimd
