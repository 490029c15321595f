#include "engine/turns.h"

namespace fimd {

Turns::Place Turns::line_up(Priority priority) {
  const std::lock_guard lock(mutex_);
  return {priority, ++last_place_};
}

std::optional<Turns::Turn> Turns::take(const Place& place, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  waiting_.insert(place);
  const auto is_next = [&] { return !taken_ && *waiting_.begin() == place; };
  const bool is_mine = changed_.wait(lock, stop, is_next) && !stop.stop_requested();
  waiting_.erase(place);
  if (is_mine) {
    taken_ = true;
    return std::make_optional<Turn>(*this);
  }
  lock.unlock();
  changed_.notify_all();  // who stood behind this place may be next
  return std::nullopt;
}

size_t Turns::num_waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void Turns::give_back() {
  {
    const std::lock_guard lock(mutex_);
    taken_ = false;
  }
  changed_.notify_all();
}

}  // namespace fimd
