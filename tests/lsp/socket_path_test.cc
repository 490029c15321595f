#include "lsp/socket_path.h"

#include <atomic>
#include <filesystem>
#include <gtest/gtest.h>
#include <latch>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/support/temp_folder.h"

namespace fimd::lsp {
namespace {

/// A socket that is bound to `path`; a stale one once it is closed.
FileDescriptor bind_to(const std::string& path) {
  FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address = {.sun_family = AF_UNIX};
  path.copy(address.sun_path, kMaxSocketPathBytes);
  EXPECT_EQ(::bind(fd.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return fd;
}

struct SocketPathTest : testing::Test {
  TempFolder folder;
  const std::string path = (folder.path() / "s").string();
};

TEST_F(SocketPathTest, HasOneOwner) {
  {
    const auto first = SocketPath::claim(path);
    ASSERT_TRUE(first);
    const auto second = SocketPath::claim(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kConflict);
    EXPECT_EQ(second.error().message, path + ": another server listens there");
  }
  EXPECT_TRUE(SocketPath::claim(path));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "nothing is left over";
}

TEST_F(SocketPathTest, RemovesOnlyItsOwnSocket) {
  {
    auto mine = SocketPath::claim(path).value();
    const FileDescriptor socket = bind_to(path);
    ASSERT_TRUE(mine.keep());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  {
    auto mine = SocketPath::claim(path).value();
    const FileDescriptor socket = bind_to(path);
    ASSERT_TRUE(mine.keep());
    std::filesystem::rename(path, path + ".moved");
    const FileDescriptor others = bind_to(path);
  }
  EXPECT_TRUE(std::filesystem::exists(path)) << "somebody else's";
}

TEST_F(SocketPathTest, TakesTheLockOfADeadServer) {
  folder.write("s.lock", "");
  bind_to(path);
  EXPECT_TRUE(SocketPath::claim(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".lock"));
}

TEST_F(SocketPathTest, FollowsNoLinkForItsLock) {
  folder.write("precious", "x");
  std::filesystem::create_symlink(folder.path() / "precious", path + ".lock");
  EXPECT_EQ(SocketPath::claim(path).error().code, ErrorCode::kIo);
}

// All see the same stale socket; the winner listens until every other one has given up.
TEST_F(SocketPathTest, OneOfManyThatStartAtOnceWins) {
  constexpr int kNumServers = 4;
  for (int round = 0; round < 100; ++round) {
    bind_to(path);
    std::latch start(kNumServers);
    std::latch losers(kNumServers - 1);
    std::atomic<int> num_winners = 0;
    const auto serve = [&] {
      start.arrive_and_wait();
      auto mine = SocketPath::claim(path);
      if (!mine) {
        EXPECT_EQ(mine.error().code, ErrorCode::kConflict);
        return losers.count_down();
      }
      ++num_winners;
      const FileDescriptor socket = bind_to(path);
      EXPECT_TRUE(mine->keep());
      EXPECT_EQ(::listen(socket.number(), 1), 0);
      losers.wait();
      EXPECT_TRUE(std::filesystem::exists(path)) << "nobody removed it meanwhile";
    };
    {
      std::vector<std::jthread> servers;
      servers.reserve(kNumServers);
      for (int i = 0; i < kNumServers; ++i) servers.emplace_back(serve);
    }
    EXPECT_EQ(num_winners, 1) << "round " << round;
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace fimd::lsp
