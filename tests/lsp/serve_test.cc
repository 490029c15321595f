#include "lsp/serve.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <future>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <optional>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lsp/fake_service.h"

namespace fimd::lsp {
namespace {

constexpr const char* kInitialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}})";
constexpr const char* kShutdown = R"({"jsonrpc":"2.0","id":2,"method":"shutdown"})";
constexpr const char* kExit = R"({"jsonrpc":"2.0","method":"exit"})";

/// Options whose services note their calls in `calls`, which outlives them.
ServerOptions test_options(std::vector<std::string>& calls) {
  return {.version = "0.0.0",
          .log = [](LogLevel, std::string_view) {},
          .make_service =
              [&calls](Editor& editor) { return std::make_unique<FakeService>(editor, calls); }};
}

/// A client at the other end of a socket.
class Client {
 public:
  explicit Client(int fd) : fd_(fd) {}

  void send_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  void send(std::string_view body) { send_bytes(frame(body)); }

  /// The body of the next message; empty once the server has hung up.
  std::string receive() {
    while (bodies_.empty()) {
      std::array<char, 4096> buffer;
      const ssize_t size_bytes = ::read(fd_.number(), buffer.data(), buffer.size());
      if (size_bytes <= 0) return "";
      for (FrameEvent& event : parser_.push({buffer.data(), static_cast<size_t>(size_bytes)})) {
        bodies_.push_back(std::get<std::string>(event));
      }
    }
    std::string body = bodies_.front();
    bodies_.erase(bodies_.begin());
    return body;
  }

  void hang_up() { fd_.close(); }

 private:
  FileDescriptor fd_;
  FrameParser parser_{Resync::kNever};
  std::vector<std::string> bodies_;
};

/// A session over a socket pair, on a thread of its own.
struct Session {
  explicit Session(Resync resync = Resync::kAllowed) {
    std::array<int, 2> fds;
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()), 0);
    client.emplace(fds[0]);
    status = std::async(std::launch::async, [this, fd = fds[1], resync] {
      return serve_session(
          FileDescriptor(fd), FileDescriptor(dup(fd)), resync, test_options(calls));
    });
  }

  std::vector<std::string> calls;
  std::future<int> status;       ///< waits for the session at its end
  std::optional<Client> client;  ///< hangs up before that
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Serve, ASessionEndsWithTheStatusOfItsExit) {
  Session session;
  session.client->send(kInitialize);
  EXPECT_TRUE(contains(session.client->receive(), "capabilities"));
  session.client->send(kShutdown);
  EXPECT_TRUE(contains(session.client->receive(), R"("result":null)"));
  session.client->send(kExit);
  EXPECT_EQ(session.status.get(), 0);
  EXPECT_EQ(session.client->receive(), "");
}

TEST(Serve, AnswersWhatComesInOnePieceBeforeItExits) {
  Session session;
  session.client->send_bytes(frame(kInitialize) + frame(kShutdown) + frame(kExit) + frame("junk"));
  EXPECT_TRUE(contains(session.client->receive(), R"("id":1)"));
  EXPECT_TRUE(contains(session.client->receive(), R"("id":2)"));
  EXPECT_EQ(session.client->receive(), "");
  EXPECT_EQ(session.status.get(), 0);
}

TEST(Serve, AClientThatHangsUpEndsTheSession) {
  Session session;
  session.client->send(kInitialize);
  session.client->receive();
  session.client->hang_up();
  EXPECT_EQ(session.status.get(), 1);
  EXPECT_EQ(session.calls.back(), "shut down");
}

TEST(Serve, EndsWithItsClientEvenIfThePipeStaysOpen) {
  const auto initialize = [](int64_t process) {
    return R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},)"
           R"("processId":)" +
           std::to_string(process) + "}}";
  };
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::pause();
    ::_exit(0);
  }
  Session session;
  session.client->send(initialize(parent));
  EXPECT_TRUE(contains(session.client->receive(), "capabilities"));
  ASSERT_EQ(::kill(parent, SIGKILL), 0);
  EXPECT_EQ(session.client->receive(), "") << "hung up";
  EXPECT_EQ(session.status.get(), 1);
  ASSERT_EQ(::waitpid(parent, nullptr, 0), parent);

  // A number that is no process here says nothing: the client may live in another container.
  for (const int64_t nobody : {int64_t{parent}, int64_t{0}, int64_t{-1}, int64_t{1} << 40}) {
    Session other;
    other.client->send(initialize(nobody));
    other.client->receive();
    other.client->send(kShutdown);
    EXPECT_TRUE(contains(other.client->receive(), R"("result":null)")) << nobody;
  }
}

TEST(Serve, BrokenFramesCostTheirMessageOnly) {
  constexpr size_t kTooLong = kMaxContentBytes + 1;
  std::string too_long = "Content-Length: " + std::to_string(kTooLong) + "\r\n\r\n";
  too_long.resize(too_long.size() + kTooLong, 'x');
  Session session;
  session.client->send(kInitialize);
  session.client->receive();
  for (const std::string& broken : {std::string("no header\r\n"),
                                    std::string("Content-Length: x\r\n\r\n"),
                                    frame("{"),
                                    frame("\xFF"),
                                    frame(std::string(10'000, '[')),
                                    too_long}) {
    session.client->send_bytes(broken);
    EXPECT_TRUE(contains(session.client->receive(), R"("code":-32700)"));
  }
  session.client->send(kShutdown);
  EXPECT_TRUE(contains(session.client->receive(), R"("result":null)"));
}

TEST(Serve, AStreamThatCannotBeReadOnIsClosed) {
  Session session;
  session.client->send_bytes("Content-Length: 99999999999\r\n\r\n");
  EXPECT_TRUE(contains(session.client->receive(), R"("code":-32700)"));
  EXPECT_EQ(session.client->receive(), "");
  EXPECT_EQ(session.status.get(), 1);
}

// Three editors at once, by the address that the listener reports.
void check_listener(const ListenAddress& address, const std::function<int(ListenAddress)>& open) {
  std::vector<std::string> calls;
  ServerOptions options = test_options(calls);
  std::vector<std::vector<std::string>> calls_of(8);
  std::atomic<size_t> num_services = 0;
  options.make_service = [&](Editor& editor) {
    return std::make_unique<FakeService>(editor, calls_of[num_services++]);
  };
  std::stop_source stop;
  std::promise<ListenAddress> bound;
  auto served = std::async(std::launch::async, [&] {
    return serve_connections(
        address, options, stop.get_token(), [&](const ListenAddress& at) { bound.set_value(at); });
  });
  const ListenAddress at = bound.get_future().get();
  {
    Client first(open(at));
    Client second(open(at));
    Client third(open(at));
    for (Client* client : {&second, &first, &third}) {
      client->send(kInitialize);
      EXPECT_TRUE(contains(client->receive(), "capabilities"));
    }
    first.send(kExit);
    EXPECT_EQ(first.receive(), "");
    second.send(kShutdown);
    EXPECT_TRUE(contains(second.receive(), R"("id":2)"));
    stop.request_stop();
    EXPECT_EQ(third.receive(), "");
  }
  EXPECT_TRUE(served.get());
}

template <typename Address>
int connect_to(int family, const Address& address) {
  const int fd = socket(family, SOCK_STREAM, 0);
  EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return fd;
}

std::string socket_path() {
  return (std::filesystem::path(testing::TempDir()) /
          ("fimd_" + std::to_string(getpid()) + ".sock"))
      .string();
}

TEST(Serve, AUnixSocketServesItsOwnerOnly) {
  const std::string path = socket_path();
  check_listener(UnixAddress{path}, [&](const ListenAddress&) {
    struct stat status = {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    sockaddr_un address = {.sun_family = AF_UNIX};
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return connect_to(AF_UNIX, address);
  });
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Serve, TcpServesTheLoopbackAddress) {
  check_listener(TcpAddress{}, [](const ListenAddress& at) {
    sockaddr_in address = {.sin_family = AF_INET,
                           .sin_port = htons(std::get<TcpAddress>(at).port),
                           .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    return connect_to(AF_INET, address);
  });
}

TEST(Serve, RemovesAStaleSocketAndNothingElse) {
  const std::string path = socket_path();
  std::vector<std::string> calls;
  const auto serve = [&] {
    std::stop_source stop;
    return serve_connections(
        UnixAddress{path}, test_options(calls), stop.get_token(), [&](const ListenAddress&) {
          stop.request_stop();
        });
  };
  const int stale = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {.sun_family = AF_UNIX};
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(bind(stale, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(stale, 1), 0);
  EXPECT_EQ(serve().error().code, ErrorCode::kConflict);
  ::close(stale);
  EXPECT_TRUE(serve());

  std::filesystem::create_directory(path);
  EXPECT_EQ(serve().error().message, path + " exists and is no socket");
  std::filesystem::remove(path);
}

/// While it lives, this process can open no more than `num_free` descriptors.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t num_free) {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    // Descriptors are given out from the lowest free one on; below it there are none.
    std::vector<int> taken;
    for (rlim_t i = 0; i < num_free; ++i) taken.push_back(dup(0));
    const int first_refused = dup(0);
    ::close(first_refused);
    for (const int fd : taken) ::close(fd);
    const rlimit few = {.rlim_cur = static_cast<rlim_t>(first_refused),
                        .rlim_max = before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  }

  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

  ~FewDescriptors() { EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before_), 0); }

 private:
  rlimit before_ = {};
};

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address = {.sun_family = AF_UNIX};
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

/// A server on a Unix socket that tells of its first complaint.
struct Listening {
  Listening() {
    ServerOptions options = test_options(calls);
    options.log = [this](LogLevel level, std::string_view text) {
      if (level == LogLevel::kError && num_complaints++ == 0)
        complaint.set_value(std::string(text));
    };
    std::promise<void> bound;
    served = std::async(std::launch::async, [this, options, &bound] {
      return serve_connections(
          UnixAddress{path}, options, stop.get_token(), [&](const ListenAddress&) {
            bound.set_value();
          });
    });
    bound.get_future().wait();
  }

  ~Listening() {
    stop.request_stop();
    EXPECT_TRUE(served.get());
  }

  const std::string path = socket_path();
  std::vector<std::string> calls;
  std::atomic<int> num_complaints = 0;
  std::promise<std::string> complaint;
  std::stop_source stop;
  std::future<Status> served;
};

/// UBSan looks at an object through a pipe before it believes its type, and TSan keeps files open.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitizerNeedsDescriptors = true;
#else
constexpr bool kSanitizerNeedsDescriptors = false;
#endif

TEST(Serve, WaitsForDescriptorsAndAcceptsThen) {
  if (kSanitizerNeedsDescriptors) GTEST_SKIP() << "no descriptor is left for the sanitizer";
  Listening server;
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  Client client(fd);
  {
    const FewDescriptors none(0);
    const sockaddr_un address = unix_address(server.path);
    ASSERT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_TRUE(contains(server.complaint.get_future().get(), "wait until they can be accepted"));
  }
  client.send(kInitialize);
  EXPECT_TRUE(contains(client.receive(), "capabilities"));
  EXPECT_EQ(server.num_complaints, 1);
  client.send(kShutdown);
  client.receive();
}

// One descriptor is enough to accept, two to duplicate; a session needs some more.
TEST(Serve, HangsUpWhereASessionCannotBegin) {
  if (kSanitizerNeedsDescriptors) GTEST_SKIP() << "no descriptor is left for the sanitizer";
  for (const rlim_t num_free : {1U, 2U, 3U}) {
    Listening server;
    const sockaddr_un address = unix_address(server.path);
    {
      const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
      Client client(fd);
      const FewDescriptors few(num_free);
      ASSERT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
      EXPECT_EQ(client.receive(), "");
      EXPECT_TRUE(contains(server.complaint.get_future().get(), "a connection"));
    }
    Client next(connect_to(AF_UNIX, address));
    next.send(kInitialize);
    EXPECT_TRUE(contains(next.receive(), "capabilities"));
    next.send(kShutdown);
    next.receive();
  }
}

TEST(Serve, ReadsAddresses) {
  EXPECT_EQ(std::get<UnixAddress>(parse_listen_address("unix:/tmp/s").value()).path, "/tmp/s");
  EXPECT_EQ(std::get<TcpAddress>(parse_listen_address("tcp:8012").value()).port, 8012);
  for (const std::string text : {"", "unix:", "tcp:", "tcp:x", "tcp:1x", "tcp:65536", "udp:1"}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
  EXPECT_FALSE(parse_listen_address("unix:" + std::string(108, 'x')));
}

}  // namespace
}  // namespace fimd::lsp
