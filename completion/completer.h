// One suggestion, from a key to a text that an editor can show: the pipeline of architecture's
// "one keystroke", for every editor and `fimd fill`.
//
//   typed along? -> wanted here? -> prompt of a frozen window -> decode, watched -> post-process
//                                                                                  -> remember
//
// The first two steps need no engine and are done where the key arrives. The rest asks a
// TextGenerator, which may be a round trip away: once for info(), at most twice for count_tokens(),
// never while the window holds, and once for generate().
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "completion/context/context.h"
#include "completion/document.h"
#include "completion/prompt_window.h"
#include "completion/suggestion_cache.h"
#include "completion/syntax/trigger.h"
#include "engine/pace.h"
#include "engine/text_generator.h"

namespace fimd {

/// How much a key's answer may be computed with moved rows (GenerationRequest). Past this the
/// suffix is computed anew; see docs/completion.md.
inline constexpr int32_t kMaxDriftTokens = 64;

/// What a user waits for: the first prompt in a file is read within this time, and a suggestion
/// that nobody asked for is written within the next.
inline constexpr double kReadSeconds = 2;
inline constexpr double kWriteSeconds = 4;
/// However slow the model is: less shows it nothing, and says nothing.
inline constexpr int64_t kLeastPromptTokens = 256;
inline constexpr int32_t kLeastTokens = 24;

struct CompleterOptions {
  int32_t max_tokens = 128;      ///< of one suggestion
  int64_t prompt_tokens = 1024;  ///< of a prompt; small models were trained on little more
  std::optional<Pace> pace;      ///< of model and machine; absent: they do both in time
  bool multi_line = true;        ///< false: suggestions end with the line
  TriggerOptions trigger;
  SamplingParams sampling;
  int32_t max_lines = 0;  ///< 0: as many as the scope has
};

/// The tokens that a prompt may have: `prompt_tokens`, or as many as are read in time.
int64_t prompt_budget(const CompleterOptions& options);

/// The tokens that a suggestion may have: `max_tokens`; unless by hand, as many as are written in
/// time.
int32_t answer_budget(const CompleterOptions& options, TriggerKind trigger);

struct CompletionRequest {
  DocumentSnapshot document;
  ByteOffset cursor;
  ByteOffset hole_end;  ///< what the user wants replaced ends here; `cursor` for nothing
  TriggerKind trigger = TriggerKind::kAutomatic;
  Indentation indentation;  ///< the editor's; the file's own counts where it has any
  Neighbours neighbours;
};

/// What one suggestion cost, for logs and benchmarks.
struct CompletionCost {
  int64_t prompt_tokens = 0;
  int64_t computed_tokens = 0;  ///< of them, those that no cache had
  int64_t drift_tokens = 0;     ///< of the prompt's rows; 0: they are exact
  int64_t completion_tokens = 0;
};

struct CompletionOutcome {
  std::optional<Completion> completion;
  CompletionCost cost;
  FinishReason finish_reason = FinishReason::kStop;
};

/// Thread: safe.
class Completer {
 public:
  explicit Completer(CompleterOptions options) : options_(options) {}

  /// What is left of an earlier suggestion; by hand, of one that had all the tokens that it may
  /// have. Needs no tree and no engine.
  [[nodiscard]] std::optional<Completion> typed_along(const CompletionRequest& request) const;

  /// Whether the policy wants a suggestion here.
  [[nodiscard]] TriggerDecision decide(const CompletionRequest& request) const;

  /// Asks the engine and remembers the answer. An answer without a completion: there is nothing
  /// worth showing, or the model repeats what stands for a secret. The engine is not asked in a
  /// blank document without neighbours, which says nothing to go by, nor, unless by hand, in a
  /// language that the model's card does not name. Only an automatic request that
  /// continues the typing of the one before it may be answered with moved rows; what is asked for
  /// by hand, and the first after a jump, is exact.
  /// Errors: those of TextGenerator's functions; kInvalidInput, max_tokens leaves no room for a
  /// prompt in the model's context.
  Result<CompletionOutcome> complete(const CompletionRequest& request,
                                     TextGenerator& generator,
                                     const std::stop_token& stop);

  /// For idle time: what comes after `completion` if the user accepts it, or on the next line where
  /// it finishes a statement; remembered for then.
  /// Errors: those of complete().
  Status speculate(const CompletionRequest& request,
                   const Completion& completion,
                   TextGenerator& generator,
                   const std::stop_token& stop);

  /// For idle time: where the last answer's rows were moved, or its window soon has to be built
  /// anew, lets the engine compute the prompt exactly, so that the next key need not. Where there
  /// is nothing to do it asks `generator` nothing.
  /// Errors: those of complete().
  Status refresh(const CompletionRequest& request,
                 TextGenerator& generator,
                 const std::stop_token& stop);

  void forget(const std::string& uri) { windows_.forget(uri); }

 private:
  /// A request of ours on its way.
  struct Asked {
    Site site;
    GenerationRequest generation;
    WindowPrompt window;  ///< its texts are in `generation`
  };

  [[nodiscard]] Site site_of(const CompletionRequest& request) const;

  /// What to ask for. `renews`: WindowRequest.
  /// When the engine is asked, and whether for a new window.
  struct Turn {
    Priority priority = Priority::kKey;
    bool renews = false;
  };

  Result<Asked> ask(const CompletionRequest& request,
                    const GeneratorInfo& info,
                    Turn turn,
                    TextGenerator& generator,
                    const std::stop_token& stop);
  Result<CompletionOutcome> answer(const CompletionRequest& request,
                                   const Asked& asked,
                                   TextGenerator& generator,
                                   const std::stop_token& stop);

  const CompleterOptions options_;
  PromptWindows windows_;
  SuggestionCache suggestions_;
};

}  // namespace fimd
