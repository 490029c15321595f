#include "engine/stop_filter.h"

#include <algorithm>
#include <utility>

namespace fimd {

std::string StopFilter::push(std::string_view text) {
  if (stopped_) return {};
  pending_ += text;
  const size_t stop = find_stop();
  stopped_ = stop != std::string::npos;
  const size_t released_bytes = stopped_ ? stop : pending_.size() - held_back();
  std::string released = pending_.substr(0, released_bytes);
  pending_.erase(0, released_bytes);
  line_feeds_ += static_cast<int32_t>(std::count(released.begin(), released.end(), '\n'));
  return released;
}

std::string StopFilter::finish() {
  if (stopped_) return {};
  stopped_ = true;
  return std::exchange(pending_, {});
}

size_t StopFilter::find_stop() const {
  size_t stop = std::string::npos;
  for (const std::string& text : rules_.strings) stop = std::min(stop, pending_.find(text));
  if (rules_.max_lines == 0) return stop;
  int32_t line_feeds = line_feeds_;
  for (size_t i = 0; i < std::min(stop, pending_.size()); ++i) {
    if (pending_[i] == '\n' && ++line_feeds == rules_.max_lines) return i;
  }
  return stop;
}

size_t StopFilter::held_back() const {
  size_t longest = 0;
  for (const std::string& text : rules_.strings) {
    for (size_t length = std::min(text.size() - 1, pending_.size()); length > longest; --length) {
      if (pending_.ends_with(std::string_view(text).substr(0, length))) longest = length;
    }
  }
  return longest;
}

}  // namespace fimd
