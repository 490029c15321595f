#include "lsp/serve.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <list>
#include <memory>
#include <thread>
#include <unistd.h>
#include <utility>

#include "lsp/guard.h"
#include "lsp/socket_path.h"

namespace fimd::lsp {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::local::stream_protocol;
using SystemError = boost::system::error_code;

/// How long to wait for descriptors or memory before a connection is accepted again.
constexpr int kAcceptAgainMs = 100;

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
                       if (server.client_process()) transport.close_with(*server.client_process());
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

  /// Frees what sessions that ended still hold.
  void forget_ended() {
    std::erase_if(sessions_, [](const Session& session) { return session.ended->load(); });
  }

  /// Serves the client at `input`, or hangs up when the machine cannot.
  void add(FileDescriptor input, Resync resync) {
    run_guarded(options_.log, "a connection", [&] { begin(std::move(input), resync); });
  }

  void log(LogLevel level, const std::string& text) const { options_.log(level, text); }

 private:
  struct Session {
    std::shared_ptr<Transport> transport;
    std::shared_ptr<std::atomic<bool>> ended;
    std::jthread thread;
  };

  void begin(FileDescriptor input, Resync resync) {
    forget_ended();
    FileDescriptor output(dup(input.number()));
    if (!output.is_open()) {
      const SystemError error(errno, boost::system::system_category());
      return options_.log(LogLevel::kError, "a connection is refused: " + error.message());
    }
    if (sessions_.size() == kMaxSessions) {
      return options_.log(LogLevel::kError,
                          "a connection is refused: " + std::to_string(kMaxSessions) + " are open");
    }
    auto transport = std::make_shared<Transport>(std::move(input), std::move(output), resync);
    auto ended = std::make_shared<std::atomic<bool>>(false);
    sessions_.push_back({transport, ended, {}});
    const auto run = [this, transport, ended] {
      run_guarded(options_.log, "a session", [&] { run_session(*transport, options_); });
      *ended = true;
    };
    if (!run_guarded(
            options_.log, "a connection", [&] { sessions_.back().thread = std::jthread(run); })) {
      sessions_.pop_back();
    }
  }

  const ServerOptions& options_;
  std::list<Session> sessions_;
};

/// Accepts connections until it is stopped. Thread: the listener's.
template <typename Acceptor>
class Listener {
 public:
  Listener(Acceptor& acceptor, Resync resync, const ServerOptions& options)
      : acceptor_(acceptor), resync_(resync), sessions_(options), again_(acceptor.get_executor()) {}

  void accept() {
    acceptor_.async_accept([this](SystemError error, auto socket) {
      if (!acceptor_.is_open()) return;
      // A client that was gone before it was greeted is no reason to wait.
      if (error && error != asio::error::connection_aborted) return wait(error);
      if (!error) {
        is_waiting_ = false;
        SystemError released;
        sessions_.add(FileDescriptor(socket.release(released)), resync_);
      }
      accept();
    });
  }

  void stop() {
    SystemError ignored;
    acceptor_.close(ignored);
    again_.cancel();
  }

 private:
  // Too many open descriptors, most likely: accepting at once would fail again, and again.
  void wait(const SystemError& error) {
    if (!std::exchange(is_waiting_, true)) {
      sessions_.log(LogLevel::kError,
                    "connections wait until they can be accepted: " + error.message());
    }
    sessions_.forget_ended();
    again_.expires_after(std::chrono::milliseconds(kAcceptAgainMs));
    again_.async_wait([this](SystemError) {
      if (acceptor_.is_open()) accept();
    });
  }

  Acceptor& acceptor_;
  const Resync resync_;
  Sessions sessions_;
  asio::steady_timer again_;
  bool is_waiting_ = false;  ///< which is logged once
};

/// Serves until `stop`. `acceptor` listens.
template <typename Acceptor>
void accept_all(asio::io_context& io,
                Acceptor& acceptor,
                Resync resync,
                const ServerOptions& options,
                const std::stop_token& stop) {
  Listener listener(acceptor, resync, options);
  listener.accept();
  const std::stop_callback on_stop(stop, [&] { asio::post(io, [&] { listener.stop(); }); });
  io.run();
}

Status serve_unix(const UnixAddress& address,
                  const ServerOptions& options,
                  const std::stop_token& stop,
                  const std::function<void(const ListenAddress&)>& ready) {
  FIMD_TRY(SocketPath path, SocketPath::claim(address.path));
  asio::io_context io(1);
  stream_protocol::acceptor acceptor(io);
  SystemError error;
  acceptor.open(stream_protocol(), error);
  if (!error) acceptor.bind(stream_protocol::endpoint(address.path), error);
  if (error) return io_error(address.path, error);
  FIMD_TRY_STATUS(path.keep());
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return io_error(address.path, error);
  ready(address);
  accept_all(io, acceptor, Resync::kAllowed, options, stop);
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

int serve_session(FileDescriptor input,
                  FileDescriptor output,
                  Resync resync,
                  const ServerOptions& options) {
  Transport transport(std::move(input), std::move(output), resync);
  return run_session(transport, options);
}

int serve_stdio(const ServerOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  FileDescriptor input(dup(STDIN_FILENO));
  FileDescriptor output(dup(STDOUT_FILENO));
  if (!input.is_open() || !output.is_open()) {
    options.log(LogLevel::kError, "stdin and stdout cannot be used: they are closed");
    return 1;
  }
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
