// Scratch memory for operations: a stack of aligned blocks that grows and is reused, never hidden.
//
// An operation opens a Scope, takes what it needs and gives everything back at the end of the
// scope. The first step of a new shape allocates; later ones do not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/base/tensor_view.h"

namespace fimd {

/// Thread: one at a time; workers use what the loop's caller took for them.
class Workspace {
 public:
  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  /// Everything taken while a Scope lives is given back when it ends. Scopes nest.
  class Scope {
   public:
    explicit Scope(Workspace& workspace)
        : workspace_(workspace), block_(workspace.block_), used_bytes_(workspace.used_bytes_) {}

    ~Scope() {
      workspace_.block_ = block_;
      workspace_.used_bytes_ = used_bytes_;
    }

    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    /// `count` uninitialised elements, aligned to 64 bytes.
    template <typename T>
    T* take(int64_t count) {
      return static_cast<T*>(workspace_.take_bytes(count * static_cast<int64_t>(sizeof(T))));
    }

    template <int kRank>
    TensorView<float, kRank> tensor(std::array<int64_t, kRank> shape) {
      int64_t count = 1;
      for (const int64_t extent : shape) count *= extent;
      return {take<float>(count), shape};
    }

   private:
    Workspace& workspace_;
    size_t block_;
    int64_t used_bytes_;
  };

  /// What is held from the system, used or not.
  [[nodiscard]] int64_t reserved_bytes() const;

 private:
  struct Free {
    void operator()(std::byte* data) const;
  };

  struct Block {
    std::unique_ptr<std::byte[], Free> data;
    int64_t size_bytes = 0;
  };

  void* take_bytes(int64_t size_bytes);

  std::vector<Block> blocks_;
  size_t block_ = 0;        ///< the block being filled
  int64_t used_bytes_ = 0;  ///< in that block
};

}  // namespace fimd
