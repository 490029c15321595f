#include "kernels/base/workspace.h"

#include <algorithm>
#include <new>

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

void* Workspace::take_bytes(int64_t size_bytes) {
  FIMD_CHECK(size_bytes >= 0, size_bytes);
  const int64_t rounded = (size_bytes + kAlignment - 1) / kAlignment * kAlignment;
  while (block_ < blocks_.size() && used_bytes_ + rounded > blocks_[block_].size_bytes) {
    ++block_;
    used_bytes_ = 0;
  }
  if (block_ == blocks_.size()) {
    const int64_t block_bytes = std::max(rounded, kMinBlockBytes);
    auto* data = static_cast<std::byte*>(
        ::operator new[](static_cast<size_t>(block_bytes), std::align_val_t{kAlignment}));
    blocks_.push_back({std::unique_ptr<std::byte[], Free>(data), block_bytes});
    used_bytes_ = 0;
  }
  void* result = blocks_[block_].data.get() + used_bytes_;
  used_bytes_ += rounded;
  return result;
}

}  // namespace fimd
