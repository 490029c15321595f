#include "kernels/base/workspace.h"

#include <algorithm>
#include <new>
#include <utility>

namespace fimd {
namespace {

constexpr int64_t kAlignment = 64;           // a cache line, and the widest vector
constexpr int64_t kMinBlockBytes = 1 << 20;  // one block serves a decode step of a small model

}  // namespace

void Workspace::Free::operator()(std::byte* data) const {
  ::operator delete[](data, std::align_val_t{kAlignment});
}

int64_t Workspace::reserved_bytes() const {
  int64_t total = 0;
  for (const Block& block : blocks_) total += block.size_bytes;
  return total;
}

void Workspace::add_block(int64_t size_bytes) {
  auto* data = static_cast<std::byte*>(
      ::operator new[](static_cast<size_t>(size_bytes), std::align_val_t{kAlignment}));
  blocks_.push_back({std::unique_ptr<std::byte[], Free>(data), size_bytes});
}

void* Workspace::take_bytes(int64_t size_bytes) {
  FIMD_CHECK(size_bytes >= 0, size_bytes);
  const int64_t rounded = (size_bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (!blocks_.empty() && used_bytes_ + rounded > blocks_[block_].size_bytes) {
    ++block_;
    used_bytes_ = 0;
  }
  if (block_ == blocks_.size() || rounded > blocks_[block_].size_bytes) {
    blocks_.resize(block_);
    add_block(std::max(rounded, kMinBlockBytes));
  }
  void* result = blocks_[block_].data.get() + used_bytes_;
  used_bytes_ += rounded;
  live_bytes_ += rounded;
  max_live_bytes_ = std::max(max_live_bytes_, live_bytes_);
  return result;
}

void Workspace::end_step() {
  const int64_t needed_bytes = std::exchange(max_live_bytes_, 0);
  if (needed_bytes > kept_bytes_) {
    blocks_.clear();
  } else if (blocks_.size() > 1) {
    blocks_.clear();  // before the next, so that both are never held
    add_block(needed_bytes);
  }
}

}  // namespace fimd
