// One suggestion, from a key to a text that an editor can show: the pipeline of architecture's
// "one keystroke", for every editor and `fimd fill`.
//
//   typed along? -> wanted here? -> anchored prompt -> decode, watched -> post-process -> remember
//
// The two first steps are cheap and are done where the key arrives; the rest needs the engine.
// Nothing here assumes that the engine is near: it is a TextGenerator.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "completion/anchor.h"
#include "completion/context/context.h"
#include "completion/document.h"
#include "completion/suggestion_cache.h"
#include "completion/syntax/trigger.h"
#include "engine/text_generator.h"

namespace fimd {

struct CompleterOptions {
  int32_t max_tokens = 128;  ///< of one suggestion
  /// Of a prompt. What a laptop's CPU reads in a moment, and what small models were trained on.
  int64_t prompt_tokens = 1024;
  bool multi_line = true;  ///< false: suggestions end with the line
  TriggerOptions trigger;
  SamplingParams sampling;
  int32_t max_lines = 0;  ///< 0: as many as the scope has
};

struct CompletionRequest {
  DocumentSnapshot document;
  ByteOffset cursor;
  ByteOffset hole_end;  ///< what the user wants replaced ends here; `cursor` for nothing
  TriggerKind trigger = TriggerKind::kAutomatic;
  Indentation indentation;  ///< the editor's; the file's own counts where it has any
  std::vector<Neighbour> neighbours;
};

/// What one suggestion cost, for logs and benchmarks.
struct CompletionCost {
  int64_t prompt_tokens = 0;
  int64_t computed_tokens = 0;  ///< of them, those that no cache had
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

  /// What is left of an earlier suggestion. Needs no tree and no engine.
  [[nodiscard]] std::optional<Completion> typed_along(const std::string& uri,
                                                      std::string_view text,
                                                      ByteOffset cursor) const;

  /// Whether the policy wants a suggestion here.
  [[nodiscard]] TriggerDecision decide(const CompletionRequest& request) const;

  /// Asks the engine and remembers the answer. An answer without a completion: there is nothing
  /// worth showing.
  /// Errors: those of TextGenerator::generate(); kInvalidInput, max_tokens leaves no room for a
  /// prompt in the model's context.
  Result<CompletionOutcome> complete(const CompletionRequest& request,
                                     TextGenerator& generator,
                                     const std::stop_token& stop);

  /// For idle time: what comes after `completion` if the user accepts it, or on the next line where
  /// it finishes a statement; remembered for then.
  Status speculate(const CompletionRequest& request,
                   const Completion& completion,
                   TextGenerator& generator,
                   const std::stop_token& stop);

  /// For idle time: moves a worn anchor to the cursor and lets the engine read the new prompt.
  Status refresh(const CompletionRequest& request,
                 TextGenerator& generator,
                 const std::stop_token& stop);

  void forget(const std::string& uri) { anchors_.forget(uri); }

 private:
  [[nodiscard]] Site site_of(const CompletionRequest& request) const;
  Result<GenerationRequest> generation_for(const CompletionRequest& request,
                                           const Site& site,
                                           TextGenerator& generator,
                                           bool keep_anchor);
  Result<CompletionOutcome> run(const CompletionRequest& request,
                                TextGenerator& generator,
                                const std::stop_token& stop,
                                bool keep_anchor);

  const CompleterOptions options_;
  AnchorBook anchors_;
  SuggestionCache suggestions_;
};

}  // namespace fimd
