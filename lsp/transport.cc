#include "lsp/transport.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <deque>
#include <fcntl.h>
#include <limits>
#include <sys/syscall.h>
#include <unistd.h>

namespace fimd::lsp {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

constexpr size_t kReadBytes = 65536;

/// Asio makes a descriptor non-blocking, which its duplicates share (a terminal, stderr): this
/// puts it back.
class KeptFlags {
 public:
  explicit KeptFlags(int fd) : fd_(fd), flags_(fcntl(fd, F_GETFL)) {}

  void restore() const {
    if (flags_ >= 0) fcntl(fd_, F_SETFL, flags_);
  }

 private:
  int fd_;
  int flags_;
};

}  // namespace

struct Transport::Connection {
  Connection(FileDescriptor input_fd, FileDescriptor output_fd, Resync resync)
      : input_flags(input_fd.number()), output_flags(output_fd.number()), parser(resync) {
    input.assign(input_fd.number());
    input_fd.release();
    output.assign(output_fd.number());
    output_fd.release();
  }

  void read();
  void take(std::string_view bytes);
  void stop_reading();
  void limit_flush();
  void enqueue(std::string framed);
  void write();
  void lose_output();
  void close_output();
  void hang_up();

  KeptFlags input_flags;
  KeptFlags output_flags;
  asio::io_context io{1};
  asio::posix::stream_descriptor input{io};
  asio::posix::stream_descriptor output{io};
  asio::posix::stream_descriptor client{io};  ///< its process, where close_with() found one
  asio::steady_timer flush_timer{io};
  /// Keeps run() waiting for what other threads send, until reading stops.
  asio::executor_work_guard<asio::io_context::executor_type> reading{io.get_executor()};

  // What follows belongs to the thread of run().
  FrameParser parser;
  const TransportHandlers* handlers = nullptr;
  std::array<char, kReadBytes> buffer;
  bool done_reading = false;
  bool output_lost = false;
  std::deque<std::string> queue;  ///< the first is being written
  size_t queued_bytes = 0;
};

void Transport::Connection::read() {
  input.async_read_some(asio::buffer(buffer), [this](ErrorCode error, size_t size_bytes) {
    if (done_reading) return;
    if (error) return stop_reading();
    take({buffer.data(), size_bytes});
    if (!done_reading) read();
  });
}

void Transport::Connection::take(std::string_view bytes) {
  for (FrameEvent& event : parser.push(bytes)) {
    if (done_reading) return;
    if (auto* body = std::get_if<std::string>(&event)) {
      handlers->message(std::move(*body));
      continue;
    }
    const auto& problem = std::get<FrameProblem>(event);
    handlers->garbage(problem.message);
    if (problem.fatal) stop_reading();
  }
}

void Transport::Connection::stop_reading() {
  if (std::exchange(done_reading, true)) return;
  ErrorCode ignored;
  input.cancel(ignored);
  client.close(ignored);
  if (!queue.empty()) limit_flush();
  reading.reset();
}

void Transport::Connection::limit_flush() {
  flush_timer.expires_after(std::chrono::milliseconds(kFlushTimeoutMs));
  flush_timer.async_wait([this](ErrorCode error) {
    if (!error) lose_output();
  });
}

void Transport::Connection::enqueue(std::string framed) {
  if (output_lost) return;
  queued_bytes += framed.size();
  if (queued_bytes > kMaxQueuedBytes) return lose_output();
  queue.push_back(std::move(framed));
  if (queue.size() > 1) return;
  if (done_reading) limit_flush();
  write();
}

void Transport::Connection::write() {
  asio::async_write(output, asio::buffer(queue.front()), [this](ErrorCode error, size_t) {
    if (output_lost) return;
    if (error) return lose_output();
    queued_bytes -= queue.front().size();
    queue.pop_front();
    if (!queue.empty()) return write();
    flush_timer.cancel();
  });
}

void Transport::Connection::lose_output() {
  output_lost = true;
  stop_reading();
  flush_timer.cancel();
  close_output();  // a mere cancel() would miss a write that is between two of its parts
}

void Transport::Connection::close_output() {
  ErrorCode ignored;
  if (output.is_open()) output_flags.restore();
  output.close(ignored);
}

void Transport::Connection::hang_up() {
  ErrorCode ignored;
  if (input.is_open()) input_flags.restore();
  input.close(ignored);
  close_output();
}

Transport::Transport(FileDescriptor input, FileDescriptor output, Resync resync)
    : connection_(std::make_unique<Connection>(std::move(input), std::move(output), resync)) {}

Transport::~Transport() {
  connection_->hang_up();
}

void Transport::run(const TransportHandlers& handlers) {
  connection_->handlers = &handlers;
  connection_->read();
  connection_->io.run();
  connection_->hang_up();
}

void Transport::send(const std::string& body) {
  asio::post(connection_->io,
             [this, framed = frame(body)]() mutable { connection_->enqueue(std::move(framed)); });
}

void Transport::close_with(int64_t process_id) {
  if (process_id <= 0 || process_id > std::numeric_limits<pid_t>::max()) return;
  if (connection_->client.is_open() || connection_->done_reading) return;
  // Readable when the process ends. Source: pidfd_open(2); the C library has no name for it yet.
  const auto process = static_cast<pid_t>(process_id);
  FileDescriptor fd(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
  ErrorCode error;
  if (!fd.is_open() || connection_->client.assign(fd.number(), error)) return;
  fd.release();
  connection_->client.async_wait(asio::posix::stream_descriptor::wait_read,
                                 [this](ErrorCode failed) {
                                   if (!failed) connection_->stop_reading();
                                 });
}

void Transport::close() {
  asio::post(connection_->io, [this] { connection_->stop_reading(); });
}

}  // namespace fimd::lsp
