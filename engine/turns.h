// Turns at the engine's device: one step at a time, who comes first by priority goes first.
//
// A generation has a place in line from its first step to its last, and takes a turn for each step.
// It keeps its place between two steps, while it samples a token, so nobody behind it slips in. It
// steps aside while a sink runs, which may take as long as it likes. So a key overtakes a
// generation that nobody waits for between two of its steps, and that one goes on where it was
// afterwards; generations of one priority go in the order in which they lined up.
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
  /// A generation's place in line, behind those of its priority, until this goes.
  class Place {
   public:
    Place(Turns& turns, Priority priority);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

   private:
    friend class Turns;

    Turns& turns_;
    std::pair<Priority, uint64_t> rank_;
  };

  /// While this lives, the place holds nobody up.
  class Aside {
   public:
    explicit Aside(const Place& place) : place_(place) { place_.turns_.leave(place_); }

    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

    ~Aside() { place_.turns_.come_back(place_); }

   private:
    const Place& place_;
  };

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

  /// Waits until the device is free and `place` is the first in line. Absent: `stop` was requested,
  /// which ends the wait at once.
  std::optional<Turn> take(const Place& place, const std::stop_token& stop);

  /// How many calls of take() wait.
  [[nodiscard]] size_t num_waiting() const;

 private:
  void leave(const Place& place);
  void come_back(const Place& place);
  void give_back();

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::set<std::pair<Priority, uint64_t>> line_;
  uint64_t last_place_ = 0;
  size_t num_waiting_ = 0;
  bool taken_ = false;
};

}  // namespace fimd
