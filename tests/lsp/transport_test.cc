#include "lsp/transport.h"

#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace fimd::lsp {
namespace {

struct Pair {
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()), 0); }

  std::array<int, 2> fds;
};

TransportHandlers no_handlers() {
  return {.message = [](const std::string&) {}, .garbage = [](const std::string&) {}};
}

// Frames of several threads come whole, and those of each in its order.
TEST(Transport, WritesWholeFramesFromManyThreads) {
  constexpr int kNumThreads = 4;
  constexpr int kNumMessages = 200;
  const Pair pair;
  Transport transport(
      FileDescriptor(pair.fds[1]), FileDescriptor(dup(pair.fds[1])), Resync::kAllowed);
  std::thread running([&] { transport.run(no_handlers()); });
  std::vector<std::thread> senders;
  senders.reserve(kNumThreads);
  for (int sender = 0; sender < kNumThreads; ++sender) {
    senders.emplace_back([&transport, sender] {
      for (int number = 0; number < kNumMessages; ++number) {
        transport.send(std::to_string(sender) + ":" + std::to_string(number) +
                       std::string(1000, 'x'));
      }
    });
  }
  std::array<int, kNumThreads> next = {};
  FrameParser parser(Resync::kNever);
  std::array<char, 4096> buffer;
  for (int left = kNumThreads * kNumMessages; left > 0;) {
    const ssize_t size_bytes = read(pair.fds[0], buffer.data(), buffer.size());
    ASSERT_GT(size_bytes, 0);
    for (const FrameEvent& event : parser.push({buffer.data(), static_cast<size_t>(size_bytes)})) {
      const std::string& body = std::get<std::string>(event);
      const auto sender = static_cast<size_t>(body[0] - '0');
      EXPECT_EQ(std::stoi(body.substr(2)), next.at(sender)++);
      --left;
    }
  }
  for (std::thread& sender : senders) sender.join();
  transport.close();
  running.join();
  close(pair.fds[0]);
}

TEST(Transport, WritesWhatIsQueuedBeforeItEnds) {
  const Pair pair;
  {
    Transport transport(
        FileDescriptor(pair.fds[1]), FileDescriptor(dup(pair.fds[1])), Resync::kAllowed);
    transport.send("last words");
    transport.close();
    transport.run(no_handlers());
  }
  std::array<char, 100> buffer;
  const ssize_t size_bytes = read(pair.fds[0], buffer.data(), buffer.size());
  EXPECT_EQ(std::string(buffer.data(), static_cast<size_t>(size_bytes)), frame("last words"));
  EXPECT_EQ(read(pair.fds[0], buffer.data(), buffer.size()), 0);
  close(pair.fds[0]);
}

TEST(Transport, LosesAClientThatDoesNotRead) {
  const Pair pair;
  Transport transport(
      FileDescriptor(pair.fds[1]), FileDescriptor(dup(pair.fds[1])), Resync::kAllowed);
  for (size_t queued = 0; queued <= kMaxQueuedBytes; queued += kMaxContentBytes / 2) {
    transport.send(std::string(kMaxContentBytes / 2, 'x'));
  }
  transport.run(no_handlers());
  close(pair.fds[0]);
}

// A terminal, or a pipe that others hold, must not stay non-blocking.
TEST(Transport, LeavesTheDescriptorsAsTheyWere) {
  const Pair pair;
  const int kept = dup(pair.fds[1]);
  {
    Transport transport(
        FileDescriptor(pair.fds[1]), FileDescriptor(dup(pair.fds[1])), Resync::kAllowed);
    transport.send("x");
    transport.close();
    transport.run(no_handlers());
  }
  EXPECT_EQ(fcntl(kept, F_GETFL) & O_NONBLOCK, 0);
  close(kept);
  close(pair.fds[0]);
}

TEST(Transport, ReadsFromAFile) {
  char name[] = "/tmp/fimd_transport_XXXXXX";
  const int fd = mkstemp(name);
  unlink(name);
  const std::string bytes = frame("{\"a\":1}") + frame("{}");
  ASSERT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  lseek(fd, 0, SEEK_SET);
  const Pair pair;
  std::vector<std::string> bodies;
  Transport transport(FileDescriptor(fd), FileDescriptor(pair.fds[1]), Resync::kAllowed);
  transport.run({.message = [&](std::string body) { bodies.push_back(std::move(body)); },
                 .garbage = [](const std::string&) {}});
  EXPECT_EQ(bodies, (std::vector<std::string>{"{\"a\":1}", "{}"}));
  close(pair.fds[0]);
}

}  // namespace
}  // namespace fimd::lsp
