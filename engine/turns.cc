#include "engine/turns.h"

namespace fimd {

Turns::Place::Place(Turns& turns, Priority priority) : turns_(turns) {
  const std::lock_guard lock(turns_.mutex_);
  rank_ = {priority, ++turns_.last_place_};
  turns_.line_.insert(rank_);
}

Turns::Place::~Place() {
  turns_.leave(*this);
}

std::optional<Turns::Turn> Turns::take(const Place& place, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  ++num_waiting_;
  const auto is_next = [&] { return !taken_ && *line_.begin() == place.rank_; };
  const bool is_mine = changed_.wait(lock, stop, is_next) && !stop.stop_requested();
  --num_waiting_;
  if (!is_mine) return std::nullopt;
  taken_ = true;
  return std::make_optional<Turn>(*this);
}

size_t Turns::num_waiting() const {
  const std::lock_guard lock(mutex_);
  return num_waiting_;
}

void Turns::leave(const Place& place) {
  {
    const std::lock_guard lock(mutex_);
    line_.erase(place.rank_);
  }
  changed_.notify_all();
}

void Turns::come_back(const Place& place) {
  const std::lock_guard lock(mutex_);
  line_.insert(place.rank_);
}

void Turns::give_back() {
  {
    const std::lock_guard lock(mutex_);
    taken_ = false;
  }
  changed_.notify_all();
}

}  // namespace fimd
