#include "engine/kv_cache.h"

#include <algorithm>

namespace fimd {

KvCache::KvCache(int64_t num_layers, int64_t width, int64_t capacity_tokens)
    : width_(width), capacity_tokens_(capacity_tokens), layers_(num_layers) {}

TensorView<float, 2> KvCache::rows(int64_t layer, int64_t count) {
  const int64_t total = num_tokens_ + count;
  FIMD_CHECK(count >= 0 && total <= capacity_tokens_, count, num_tokens_, capacity_tokens_);
  std::vector<float>& data = layers_[layer];
  const auto needed = static_cast<size_t>(total * width_);
  if (data.size() < needed) {
    // Doubling keeps the copying linear; the capacity keeps it from reserving what cannot be used.
    const auto most = static_cast<size_t>(capacity_tokens_ * width_);
    if (data.capacity() < needed) {
      data.reserve(std::min(most, std::max(needed, 2 * data.capacity())));
    }
    data.resize(needed);
  }
  return {data.data(), {total, width_}};
}

void KvCache::commit(int64_t count) {
  FIMD_CHECK(count >= 0 && num_tokens_ + count <= capacity_tokens_, count, num_tokens_);
  num_tokens_ += count;
}

void KvCache::truncate(int64_t num_tokens) {
  FIMD_CHECK(num_tokens >= 0 && num_tokens <= num_tokens_, num_tokens, num_tokens_);
  num_tokens_ = num_tokens;
}

void KvCache::copy_beginning(const KvCache& other, int64_t num_tokens, int64_t num_rows) {
  FIMD_CHECK(other.width_ == width_ && other.layers_.size() == layers_.size(), other.width_);
  FIMD_CHECK(num_tokens >= 0 && num_tokens <= other.num_tokens_, num_tokens, other.num_tokens_);
  FIMD_CHECK(num_rows >= num_tokens && num_rows <= capacity_tokens_, num_rows, capacity_tokens_);
  for (size_t layer = 0; layer < layers_.size(); ++layer) {
    const std::vector<float>& from = other.layers_[layer];
    FIMD_CHECK(num_rows * width_ <= std::ssize(from), num_rows, from.size());
    layers_[layer].assign(from.begin(), from.begin() + num_rows * width_);
  }
  num_tokens_ = num_tokens;
}

int64_t KvCache::reserved_bytes() const {
  size_t bytes = 0;
  for (const std::vector<float>& layer : layers_) bytes += layer.capacity() * sizeof(float);
  return static_cast<int64_t>(bytes);
}

}  // namespace fimd
