#include "kernels/base/workspace.h"

#include <cstring>
#include <gtest/gtest.h>

namespace fimd {
namespace {

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

TEST(Workspace, ReusesWhatAScopeGaveBack) {
  Workspace workspace;
  const auto step = [&] {
    Workspace::Scope outer(workspace);
    float* first = outer.take<float>(1000);
    {
      Workspace::Scope inner(workspace);
      inner.take<float>(1 << 20);
    }
    outer.tensor<2>({300, 200});
    return first;
  };
  float* first = step();
  const int64_t reserved_bytes = workspace.reserved_bytes();
  EXPECT_EQ(step(), first);
  EXPECT_EQ(workspace.reserved_bytes(), reserved_bytes);
}

TEST(Workspace, HoldsNothingBeforeItIsUsed) {
  EXPECT_EQ(Workspace().reserved_bytes(), 0);
}

}  // namespace
}  // namespace fimd
