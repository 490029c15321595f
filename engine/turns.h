// Turns at the engine's device: one step at a time, that of the best place which waits for one.
//
// A generation takes a turn for each of its steps and gives it back in between, so a key overtakes
// a generation that nobody waits for between two of its steps, and that one goes on where it was
// afterwards. Generations of one priority go in the order in which they took their place in line.
// One that is between two steps waits for none, so a step of another may come in between, whatever
// its place.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <utility>

#include "engine/text_generator.h"

namespace fimd {

/// Thread: safe.
class Turns {
 public:
  /// A generation's place in line.
  using Place = std::pair<Priority, uint64_t>;

  /// The device is the holder's until this goes.
  class Turn {
   public:
    explicit Turn(Turns& turns) : turns_(&turns) {}

    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}

    Turn& operator=(Turn&&) = delete;

    ~Turn() {
      if (turns_ != nullptr) turns_->give_back();
    }

   private:
    Turns* turns_;
  };

  /// The last place of its priority.
  Place line_up(Priority priority);

  /// Waits until the device is free and no better place waits. Absent: `stop` was requested, which
  /// ends the wait at once.
  std::optional<Turn> take(const Place& place, const std::stop_token& stop);

  /// Of those that take(), how many wait.
  [[nodiscard]] size_t num_waiting() const;

 private:
  void give_back();

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::set<Place> waiting_;
  uint64_t last_place_ = 0;
  bool taken_ = false;
};

}  // namespace fimd
