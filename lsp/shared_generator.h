// Where a session's generators come from, and the one generator that all sessions share.
//
// Opening a model may take seconds, so no lock is held meanwhile: one caller opens, others wait for
// what comes of it and can be cancelled. Another choice opens another generator in its place; who
// still uses the old one keeps it alive.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "engine/text_generator.h"
#include "kernels/base/result.h"

namespace fimd::lsp {

/// What the settings say about the engine; empty and 0: what the program was started with.
struct EngineChoice {
  std::string model;  ///< a GGUF file or a folder
  int num_threads = 0;
  bool operator==(const EngineChoice&) const = default;
};

/// May take long, and then honours `stop` as far as it waits for others, and tells `progress`,
/// which may be empty, as far as it opens. Thread: called on workers, of several sessions. Errors:
/// kCancelled, and those of opening.
using GeneratorSource = std::function<Result<std::shared_ptr<TextGenerator>>(
    const EngineChoice& choice, const LoadProgress& progress, const std::stop_token& stop)>;

/// The same generator for every choice: for programs that opened it themselves.
inline GeneratorSource source_of(std::shared_ptr<TextGenerator> generator) {
  return [generator = std::move(generator)](
             const EngineChoice&, const LoadProgress&, const std::stop_token&) {
    return Result<std::shared_ptr<TextGenerator>>(generator);
  };
}

/// Thread: safe.
class SharedGenerator {
 public:
  using Open = std::function<Result<std::shared_ptr<TextGenerator>>(const EngineChoice& choice,
                                                                    const LoadProgress& progress)>;

  /// `open` is called by one thread at a time, with no lock held.
  explicit SharedGenerator(Open open) : open_(std::move(open)) {}

  /// The generator of `choice`, opened if the last one opened is another. Whoever waits for the
  /// same choice gets the same result, an error too; the next call after an error tries again.
  /// Errors: kCancelled, `stop` was requested while another caller opens; those of `open`.
  Result<std::shared_ptr<TextGenerator>> get(const EngineChoice& choice,
                                             const LoadProgress& progress,
                                             const std::stop_token& stop);

 private:
  struct Opening {
    EngineChoice choice;
    std::optional<Result<std::shared_ptr<TextGenerator>>> outcome;
  };

  const Open open_;

  std::mutex mutex_;  // guards what follows, and `outcome`
  std::condition_variable_any opened_;
  std::shared_ptr<Opening> opening_;  ///< null when nobody opens
  EngineChoice choice_;               ///< of `generator_`
  std::shared_ptr<TextGenerator> generator_;
};

}  // namespace fimd::lsp
