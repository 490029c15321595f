// Scratch memory for operations: a stack of aligned bytes that grows and is reused, never hidden.
//
// An operation opens a Scope, takes what it needs and gives everything back at the end of the
// scope. A step is what happens while the outermost scope lives:
//   1. What does not fit into the block being filled gets another, so that what was taken before
//      stays where it is. The blocks behind it hold nothing: if the next is too small, they make
//      room first.
//   2. When a step ends that needed several blocks, one takes their place, as large as the most
//      that lived at once. So a step that is no larger than one before takes nothing from the
//      system.
//   3. A step that needed more than `kept_bytes` leaves nothing behind.
// What is held never exceeds twice what the largest step needs plus 1 MiB: what a block has left is
// less than the taking that did not fit there.
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
  /// A few times what a step of 512 tokens of DeepSeek-V2-Lite needs.
  static constexpr int64_t kDefaultKeptBytes = int64_t{256} << 20;

  /// Keeps at most `kept_bytes` between steps, or one block of 1 MiB where that is more.
  explicit Workspace(int64_t kept_bytes = kDefaultKeptBytes) : kept_bytes_(kept_bytes) {}

  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  /// Everything taken while a Scope lives is given back when it ends. Scopes nest.
  class Scope {
   public:
    explicit Scope(Workspace& workspace)
        : workspace_(workspace),
          block_(workspace.block_),
          used_bytes_(workspace.used_bytes_),
          live_bytes_(workspace.live_bytes_) {
      ++workspace.num_scopes_;
    }

    ~Scope() {
      workspace_.block_ = block_;
      workspace_.used_bytes_ = used_bytes_;
      workspace_.live_bytes_ = live_bytes_;
      if (--workspace_.num_scopes_ == 0) workspace_.end_step();
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
    int64_t live_bytes_;
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
  void add_block(int64_t size_bytes);
  void end_step();

  int64_t kept_bytes_;
  std::vector<Block> blocks_;
  size_t block_ = 0;            ///< the block being filled; those behind it hold nothing
  int64_t used_bytes_ = 0;      ///< in that block
  int64_t live_bytes_ = 0;      ///< taken and not given back, in all blocks
  int64_t max_live_bytes_ = 0;  ///< of this step
  int num_scopes_ = 0;
};

}  // namespace fimd
