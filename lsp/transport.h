// Bytes in both directions between a session and its client, over any pair of file descriptors.
//
// Reading and writing are asynchronous on one thread, that of run(). Bodies to be sent are queued
// from any thread and written in the order of the queue, each with its frame, so two answers never
// interleave. A client that does not read fills the queue up to its limit and loses the connection;
// one that hangs up ends run(), and so does close() once what was queued is written.
//
// A broken frame is reported, not fatal, as long as the stream can be read on (framing.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "kernels/base/file.h"
#include "lsp/framing.h"

namespace fimd::lsp {

/// Four of the largest messages that a client may send us; ours are small.
inline constexpr size_t kMaxQueuedBytes = 4 * kMaxContentBytes;

/// How long a client that has hung up or was told good-bye may take to read what is left.
inline constexpr int kFlushTimeoutMs = 2000;

/// Called on the thread of run().
struct TransportHandlers {
  std::function<void(std::string body)> message;
  std::function<void(const std::string& problem)> garbage;
};

class Transport {
 public:
  /// The two may be duplicates of one socket. SIGPIPE must be ignored in the process. Asio raises
  /// an exception when the process has too few descriptors left; the two are closed then.
  Transport(FileDescriptor input, FileDescriptor output, Resync resync);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();

  /// Reads until the client hangs up, the stream cannot be read any further, or close(); then
  /// writes what is queued and hangs up itself. Once.
  void run(const TransportHandlers& handlers);

  /// Queues one message. Thread: safe. After the connection is lost it does nothing.
  void send(const std::string& body);

  /// Stops reading. Thread: safe.
  void close();

  /// Stops reading when the process ends, even if its end of the pipe stays open. Does nothing
  /// where there is no such process, as when the client lives on another machine or in another
  /// container. On the thread of run().
  void close_with(int64_t process_id);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace fimd::lsp
