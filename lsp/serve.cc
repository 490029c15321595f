#include "lsp/serve.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <list>
#include <memory>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace fimd::lsp {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using SystemError = boost::system::error_code;

/// sockaddr_un::sun_path without its final NUL.
constexpr size_t kMaxSocketPathBytes = 107;

tl::unexpected<Error> io_error(const std::string& what, const SystemError& error) {
  return fail(ErrorCode::kIo, what + ": " + error.message());
}

int run_session(Transport& transport, const ServerOptions& options) {
  Server server(options, [&transport](const std::string& body) { transport.send(body); });
  server.start();
  transport.run({.message =
                     [&](const std::string& body) {
                       if (server.exit_code()) return;
                       server.receive(body);
                       if (server.exit_code()) transport.close();
                     },
                 .garbage = [&](const std::string& problem) { server.receive_garbage(problem); }});
  const auto code = server.exit_code();
  return code ? *code : server.end_of_input();
}

/// The sessions of a listener. Thread: its own, except for the sessions'.
class Sessions {
 public:
  explicit Sessions(const ServerOptions& options) : options_(options) {}

  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  ~Sessions() {
    for (Session& session : sessions_) session.transport->close();
  }

  void add(int fd, Resync resync) {
    std::erase_if(sessions_, [](const Session& session) { return session.ended->load(); });
    OwnedFd input(fd);
    OwnedFd output(dup(fd));
    if (sessions_.size() == kMaxSessions) {
      return options_.log(LogLevel::kError,
                          "a connection is refused: " + std::to_string(kMaxSessions) + " are open");
    }
    auto transport = std::make_shared<Transport>(std::move(input), std::move(output), resync);
    auto ended = std::make_shared<std::atomic<bool>>(false);
    std::jthread thread([this, transport, ended] {
      run_session(*transport, options_);
      *ended = true;
    });
    sessions_.push_back({transport, ended, std::move(thread)});
  }

 private:
  struct Session {
    std::shared_ptr<Transport> transport;
    std::shared_ptr<std::atomic<bool>> ended;
    std::jthread thread;
  };

  const ServerOptions& options_;
  std::list<Session> sessions_;
};

template <typename Acceptor>
void accept_next(Acceptor& acceptor, Sessions& sessions, Resync resync) {
  acceptor.async_accept([&acceptor, &sessions, resync](SystemError error, auto socket) {
    if (!acceptor.is_open()) return;
    // A client that was gone before it was greeted is no reason to stop.
    if (!error) sessions.add(socket.release(), resync);
    accept_next(acceptor, sessions, resync);
  });
}

/// Serves until `stop`. `acceptor` listens.
template <typename Acceptor>
void accept_all(asio::io_context& io,
                Acceptor& acceptor,
                Resync resync,
                const ServerOptions& options,
                const std::stop_token& stop) {
  Sessions sessions(options);
  accept_next(acceptor, sessions, resync);
  const std::stop_callback on_stop(stop, [&] {
    asio::post(io, [&] {
      SystemError ignored;
      acceptor.close(ignored);
    });
  });
  io.run();
}

/// Makes way for a new socket: a stale one is removed, a live one is not.
Status clear_socket_path(asio::io_context& io, const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::symlink_status(path, ignored);
  if (!std::filesystem::exists(status)) return {};
  if (!std::filesystem::is_socket(status)) {
    return fail(ErrorCode::kConflict, path + " exists and is no socket");
  }
  stream_protocol::socket probe(io);
  SystemError error;
  probe.connect(stream_protocol::endpoint(path), error);
  if (!error) return fail(ErrorCode::kConflict, path + ": another server listens there");
  std::filesystem::remove(path, ignored);
  return {};
}

Status serve_unix(const UnixAddress& address,
                  const ServerOptions& options,
                  const std::stop_token& stop,
                  const std::function<void(const ListenAddress&)>& ready) {
  asio::io_context io(1);
  FIMD_TRY_STATUS(clear_socket_path(io, address.path));
  stream_protocol::acceptor acceptor(io);
  SystemError error;
  acceptor.open(stream_protocol(), error);
  if (!error) acceptor.bind(stream_protocol::endpoint(address.path), error);
  if (error) return io_error(address.path, error);
  // Before it listens nobody can connect, so nobody else ever could.
  if (chmod(address.path.c_str(), S_IRUSR | S_IWUSR) != 0) {
    return io_error(address.path, SystemError(errno, boost::system::system_category()));
  }
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return io_error(address.path, error);
  ready(address);
  accept_all(io, acceptor, Resync::kAllowed, options, stop);
  std::error_code ignored;
  std::filesystem::remove(address.path, ignored);
  return {};
}

Status serve_tcp(const TcpAddress& address,
                 const ServerOptions& options,
                 const std::stop_token& stop,
                 const std::function<void(const ListenAddress&)>& ready) {
  const std::string name = "tcp port " + std::to_string(address.port);
  asio::io_context io(1);
  tcp::acceptor acceptor(io);
  SystemError error;
  acceptor.open(tcp::v4(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind({asio::ip::address_v4::loopback(), address.port}, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return fail(ErrorCode::kConflict, name + ": another server listens there");
  }
  if (error) return io_error(name, error);
  ready(TcpAddress{.port = acceptor.local_endpoint(error).port()});
  accept_all(io, acceptor, Resync::kNever, options, stop);
  return {};
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::string shown(text);
  if (text.starts_with("unix:")) {
    const std::string path(text.substr(5));
    if (path.empty() || path.size() > kMaxSocketPathBytes) {
      return fail(ErrorCode::kInvalidInput,
                  "a socket's path has " + std::to_string(path.size()) + " bytes, expected 1 to " +
                      std::to_string(kMaxSocketPathBytes));
    }
    return ListenAddress(UnixAddress{.path = path});
  }
  if (text.starts_with("tcp:")) {
    const std::string_view digits = text.substr(4);
    uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error == std::errc() && end == digits.data() + digits.size()) {
      return ListenAddress(TcpAddress{.port = port});
    }
  }
  return fail(ErrorCode::kInvalidInput,
              "the address is \"" + shown + "\", expected unix:PATH or tcp:PORT");
}

int serve_session(OwnedFd input, OwnedFd output, Resync resync, const ServerOptions& options) {
  Transport transport(std::move(input), std::move(output), resync);
  return run_session(transport, options);
}

int serve_stdio(const ServerOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  OwnedFd input(dup(STDIN_FILENO));
  OwnedFd output(dup(STDOUT_FILENO));
  std::fflush(stdout);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  return serve_session(std::move(input), std::move(output), Resync::kAllowed, options);
}

Status serve_connections(const ListenAddress& address,
                         const ServerOptions& options,
                         const std::stop_token& stop,
                         const std::function<void(const ListenAddress& bound)>& ready) {
  std::signal(SIGPIPE, SIG_IGN);
  if (const auto* local = std::get_if<UnixAddress>(&address)) {
    return serve_unix(*local, options, stop, ready);
  }
  return serve_tcp(std::get<TcpAddress>(address), options, stop, ready);
}

}  // namespace fimd::lsp
