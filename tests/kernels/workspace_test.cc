#include "kernels/base/workspace.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <new>
#include <random>

namespace {

/// What this program holds of memory that asked for an alignment, which only a Workspace does.
struct Held {
  int64_t bytes = 0;
  int64_t max_bytes = 0;
};

Held held;

/// A block begins with a line that says how long it is.
constexpr size_t kHeaderBytes = 64;

}  // namespace

void* operator new[](size_t size_bytes, std::align_val_t alignment) {
  const auto line = static_cast<size_t>(alignment);
  const size_t padded = (size_bytes + line - 1) / line * line;
  void* block = std::aligned_alloc(line, kHeaderBytes + padded);
  if (block == nullptr || line > kHeaderBytes) std::abort();
  std::memcpy(block, &size_bytes, sizeof(size_bytes));
  held.bytes += static_cast<int64_t>(size_bytes);
  held.max_bytes = std::max(held.max_bytes, held.bytes);
  return static_cast<std::byte*>(block) + kHeaderBytes;
}

void operator delete[](void* data, std::align_val_t) noexcept {
  if (data == nullptr) return;
  void* block = static_cast<std::byte*>(data) - kHeaderBytes;
  size_t size_bytes;
  std::memcpy(&size_bytes, block, sizeof(size_bytes));
  held.bytes -= static_cast<int64_t>(size_bytes);
  std::free(block);
}

namespace fimd {
namespace {

constexpr int64_t kMegabyte = 1 << 20;

TEST(Workspace, GivesAlignedBlocksThatDoNotOverlap) {
  Workspace workspace;
  Workspace::Scope scope(workspace);
  char* blocks[3];
  const int64_t sizes[3] = {1, 65, 3 << 20};
  for (int i = 0; i < 3; ++i) {
    blocks[i] = scope.take<char>(sizes[i]);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(blocks[i]) % 64, 0U);
    std::memset(blocks[i], i, static_cast<size_t>(sizes[i]));
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(blocks[i][0], i);
    EXPECT_EQ(blocks[i][sizes[i] - 1], i);
  }
}

// Of what the first step took in three blocks, the second finds everything in one.
TEST(Workspace, JoinsItsBlocksWhenTheOutermostScopeEnds) {
  Workspace workspace;
  const auto step = [&] {
    std::vector<std::byte*> taken;
    Workspace::Scope outer(workspace);
    taken.push_back(outer.take<std::byte>(700'001));
    {
      Workspace::Scope inner(workspace);
      taken.push_back(inner.take<std::byte>(2 * kMegabyte));
      taken.push_back(inner.take<std::byte>(5 * kMegabyte));
    }
    taken.push_back(outer.take<std::byte>(3 * kMegabyte));
    return taken;
  };
  step();
  const int64_t needed_bytes = 700'032 + 7 * kMegabyte;
  EXPECT_EQ(workspace.reserved_bytes(), needed_bytes);
  const std::vector<std::byte*> second = step();
  EXPECT_EQ(second[1] - second[0], 700'032);
  EXPECT_EQ(second[2] - second[1], 2 * kMegabyte);
  EXPECT_EQ(second[3], second[1]);
  EXPECT_EQ(step(), second);
  EXPECT_EQ(workspace.reserved_bytes(), needed_bytes);
}

// A smaller step, too, finds what the largest one left.
TEST(Workspace, KeepsTheLargestStepsBlock) {
  Workspace workspace;
  const auto step = [&](int64_t size_bytes) {
    Workspace::Scope scope(workspace);
    return scope.take<std::byte>(size_bytes);
  };
  std::byte* large = step(9 * kMegabyte);
  EXPECT_EQ(step(10), large);
  EXPECT_EQ(step(9 * kMegabyte), large);
  EXPECT_EQ(workspace.reserved_bytes(), 9 * kMegabyte);
}

// What an inner scope took grows from one turn to the next, beyond every block that there was.
TEST(Workspace, LeavesWhatAnOuterScopeHolds) {
  Workspace workspace;
  Workspace::Scope outer(workspace);
  char* first = outer.take<char>(kMegabyte);
  std::memset(first, 'a', kMegabyte);
  for (int64_t turn = 1; turn <= 6; ++turn) {
    Workspace::Scope middle(workspace);
    char* second = middle.take<char>(turn * kMegabyte / 2);
    std::memset(second, 'b', static_cast<size_t>(turn * kMegabyte / 2));
    {
      Workspace::Scope inner(workspace);
      std::memset(inner.take<char>(turn * kMegabyte), 'c', static_cast<size_t>(turn * kMegabyte));
    }
    char* third = middle.take<char>(100);
    std::memset(third, 'd', 100);
    EXPECT_EQ(std::count(second, second + turn * kMegabyte / 2, 'b'), turn * kMegabyte / 2);
    EXPECT_EQ(std::count(third, third + 100, 'd'), 100);
  }
  EXPECT_EQ(std::count(first, first + kMegabyte, 'a'), kMegabyte);
}

// A scope that opens before anything is taken is no step of its own.
TEST(Workspace, JoinsNothingWhileAScopeIsOpen) {
  Workspace workspace;
  Workspace::Scope outer(workspace);
  {
    Workspace::Scope inner(workspace);
    inner.take<char>(kMegabyte);
    inner.take<char>(2 * kMegabyte);
  }
  char* first = outer.take<char>(10);
  {
    Workspace::Scope inner(workspace);
    inner.take<char>(5 * kMegabyte);
  }
  EXPECT_EQ(outer.take<char>(10), first + 64);
}

TEST(Workspace, GivesBackWhatIsOverItsBudget) {
  Workspace workspace(4 * kMegabyte);
  const auto step = [&](std::initializer_list<int64_t> sizes) {
    Workspace::Scope scope(workspace);
    for (const int64_t size_bytes : sizes) scope.take<std::byte>(size_bytes);
  };
  step({4 * kMegabyte});
  EXPECT_EQ(workspace.reserved_bytes(), 4 * kMegabyte);
  step({4 * kMegabyte, 1});
  EXPECT_EQ(workspace.reserved_bytes(), 0);
  step({kMegabyte, 3 * kMegabyte});
  EXPECT_EQ(workspace.reserved_bytes(), 4 * kMegabyte);
  step({5 * kMegabyte});
  EXPECT_EQ(workspace.reserved_bytes(), 0);
  step({1});
  EXPECT_LE(workspace.reserved_bytes(), kMegabyte);
}

TEST(Workspace, OfNoBudgetKeepsNothing) {
  const int64_t held_before = held.bytes;
  Workspace workspace(0);
  {
    Workspace::Scope scope(workspace);
    scope.take<std::byte>(1);
    EXPECT_GT(held.bytes, held_before);
  }
  EXPECT_EQ(held.bytes, held_before);
}

TEST(Workspace, HoldsNothingBeforeItIsUsed) {
  EXPECT_EQ(Workspace().reserved_bytes(), 0);
  Workspace workspace;
  { const Workspace::Scope scope(workspace); }
  EXPECT_EQ(workspace.reserved_bytes(), 0);
}

/// Takes what engine/model/forward.cc and the CPU's operations take in a step of `tokens` of
/// DeepSeek-V2-Lite (hidden 2048, 16 heads, 27 layers, 6 of 64 experts, rank 512) on `threads`
/// threads. Returns the most that lives at once.
int64_t take_step(Workspace& workspace, int64_t tokens, int64_t threads) {
  int64_t live = 0;
  int64_t max_live = 0;
  const auto take = [&](Workspace::Scope& scope, int64_t floats) {
    scope.take<float>(floats);
    live += (4 * floats + 63) / 64 * 64;
    max_live = std::max(max_live, live);
  };
  const auto nested = [&](std::initializer_list<int64_t> counts, const auto& inside) {
    const int64_t before = live;
    Workspace::Scope scope(workspace);
    for (const int64_t floats : counts) take(scope, floats);
    inside();
    live = before;
  };
  const auto nothing = [] {};
  const int64_t slots = tokens * 7;  // 6 experts and the shared one
  const int64_t panels = threads * 16 * 512;
  const auto linear = [&] { nested({tokens * 2, tokens * 2, panels}, nothing); };
  const auto attend = [&] {
    linear();
    nested({tokens * 16 * 192}, [&] {
      linear();
      if (tokens <= 170) {  // absorbed: latent queries and outputs, in chunks of the context
        nested({tokens * 16 * 576, tokens * 16 * 512}, [&] {
          nested({64 * tokens, 64 * tokens, 2 * tokens * 16 * 512, panels}, nothing);
        });
      } else {  // decompressed: keys and values of a block
        nested({threads * 128 * 192, threads * 128 * 128, panels, tokens * 64}, nothing);
      }
    });
  };
  const auto experts = [&] {
    nested({tokens * 64, tokens * 6, tokens * 6}, [&] {
      linear();
      nested({512, slots * 7, slots * 1408 + tokens * 1408, 6400, panels}, nothing);
    });
  };
  nested({tokens * 32, tokens * 32, tokens * 2048}, [&] {
    for (int layer = 0; layer < 27; ++layer) {
      nested({tokens * 2048, tokens * 2048}, [&] {
        attend();
        linear();
        experts();
      });
    }
  });
  return max_live;
}

/// Walks steps of the given lengths and compares what is held at most, at any time, with what the
/// largest of them needs.
void check_walk(const std::vector<int64_t>& lengths) {
  const int64_t held_before = held.bytes;
  held.max_bytes = held.bytes;
  Workspace workspace;
  int64_t needed_bytes = 0;
  for (const int64_t tokens : lengths) {
    needed_bytes = std::max(needed_bytes, take_step(workspace, tokens, 2));
    ASSERT_LE(held.max_bytes - held_before, 2 * needed_bytes + kMegabyte) << tokens << " tokens";
  }
  EXPECT_LE(held.max_bytes - held_before, 2 * needed_bytes);
  EXPECT_EQ(workspace.reserved_bytes(), needed_bytes);
  testing::Test::RecordProperty("needed_bytes", std::to_string(needed_bytes));
  testing::Test::RecordProperty("max_bytes", std::to_string(held.max_bytes - held_before));
}

std::vector<int64_t> lengths_upwards() {
  std::vector<int64_t> lengths;
  for (int64_t tokens = 1; tokens <= 512; ++tokens) lengths.push_back(tokens);
  return lengths;
}

TEST(WorkspaceWalk, UpwardsHoldsAtMostTwiceTheLargestStep) {
  check_walk(lengths_upwards());
}

TEST(WorkspaceWalk, DownwardsHoldsAtMostTwiceTheLargestStep) {
  std::vector<int64_t> lengths = lengths_upwards();
  std::ranges::reverse(lengths);
  check_walk(lengths);
}

TEST(WorkspaceWalk, InAnyOrderHoldsAtMostTwiceTheLargestStep) {
  std::mt19937 random(3);
  for (int walk = 0; walk < 8; ++walk) {
    std::vector<int64_t> lengths = lengths_upwards();
    for (size_t i = lengths.size() - 1; i > 0; --i)
      std::swap(lengths[i], lengths[random() % (i + 1)]);
    lengths.resize(312);
    ASSERT_NO_FATAL_FAILURE(check_walk(lengths));
  }
}

}  // namespace
}  // namespace fimd
