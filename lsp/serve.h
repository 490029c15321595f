// `fimd lsp`: sessions over stdin and stdout, or one per connection to a socket.
//
//   stdio      the way every editor starts us; ends with its client
//   unix:PATH  mode 0600, so only this user's programs connect; one server a path (socket_path.h)
//   tcp:PORT   loopback only; 0 lets the system choose. Any local program can connect, a browser
//              too, so nothing that looks like another protocol is read on (framing.h)
//
// Each session has its own thread, server and service; what is to be shared, such as the engine, is
// shared by whoever makes the services.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>

#include "kernels/base/result.h"
#include "lsp/server.h"
#include "lsp/transport.h"

namespace fimd::lsp {

/// One user's editors and their windows.
inline constexpr size_t kMaxSessions = 32;

struct UnixAddress {
  std::string path;
};

struct TcpAddress {
  uint16_t port = 0;
};

using ListenAddress = std::variant<UnixAddress, TcpAddress>;

/// Reads "unix:PATH" or "tcp:PORT". Errors: kInvalidInput.
Result<ListenAddress> parse_listen_address(std::string_view text);

/// Serves one client until it exits or hangs up. Returns the status to exit with.
int serve_session(FileDescriptor input,
                  FileDescriptor output,
                  Resync resync,
                  const ServerOptions& options);

/// serve_session() over stdin and stdout. What the process prints goes to stderr from here on, so
/// that nothing gets between the frames. Ignores SIGPIPE in the process.
int serve_stdio(const ServerOptions& options);

/// Serves every client that connects until `stop`; the sessions that run are ended then. `ready`
/// gets the address once clients can connect, with the port that was chosen. Ignores SIGPIPE. While
/// the process has no descriptor left, clients wait; one whose session cannot begin is hung up on.
/// Errors: kConflict, somebody listens there or a file of another kind is in the way; kIo.
Status serve_connections(const ListenAddress& address,
                         const ServerOptions& options,
                         const std::stop_token& stop,
                         const std::function<void(const ListenAddress& bound)>& ready);

}  // namespace fimd::lsp
