#include "lsp/shared_generator.h"

#include <exception>
#include <utility>

namespace fimd::lsp {
namespace {

Result<std::shared_ptr<TextGenerator>> open_guarded(const SharedGenerator::Open& open,
                                                    const EngineChoice& choice,
                                                    const LoadProgress& progress) {
  // Whoever waits must be told, whatever happens.
  try {
    return open(choice, progress);
  } catch (const std::exception& surprise) {
    return fail(ErrorCode::kInternal, std::string("opening the model failed: ") + surprise.what());
  } catch (...) {
    return fail(ErrorCode::kInternal, "opening the model failed");
  }
}

}  // namespace

Result<std::shared_ptr<TextGenerator>> SharedGenerator::get(const EngineChoice& choice,
                                                            const LoadProgress& progress,
                                                            const std::stop_token& stop) {
  std::shared_ptr<Opening> mine;
  {
    std::unique_lock lock(mutex_);
    while (opening_ != nullptr) {
      const std::shared_ptr<Opening> theirs = opening_;
      const auto is_done = [&] { return theirs->outcome.has_value(); };
      if (!opened_.wait(lock, stop, is_done)) {
        return fail(ErrorCode::kCancelled, "cancelled while the model is opened");
      }
      if (theirs->choice == choice) return *theirs->outcome;
    }
    if (generator_ != nullptr && choice_ == choice) return generator_;
    mine = opening_ = std::make_shared<Opening>(Opening{.choice = choice});
  }
  Result<std::shared_ptr<TextGenerator>> outcome = open_guarded(open_, choice, progress);
  std::shared_ptr<TextGenerator> replaced;  // destroyed without the lock
  {
    const std::lock_guard lock(mutex_);
    if (outcome) {
      replaced = std::exchange(generator_, *outcome);
      choice_ = choice;
    }
    mine->outcome = outcome;
    opening_ = nullptr;
  }
  opened_.notify_all();
  return outcome;
}

}  // namespace fimd::lsp
