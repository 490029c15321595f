#include "tests/support/run_command.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <string_view>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "kernels/base/check.h"
#include "kernels/base/file.h"

namespace fimd {
namespace {

/// The two ends of one of the child's streams.
struct Channel {
  FileDescriptor parent;
  FileDescriptor child;
};

Channel terminal_channel() {
  std::array<int, 2> ends = {};
  FIMD_CHECK(::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) == 0);
  termios settings = {};
  ::tcgetattr(ends[1], &settings);
  ::cfmakeraw(&settings);  // no LF to CRLF
  ::tcsetattr(ends[1], TCSANOW, &settings);
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Channel input_channel(bool terminal) {
  if (terminal) return terminal_channel();
  std::array<int, 2> ends = {};
  FIMD_CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0);
  return {FileDescriptor(ends[1]), FileDescriptor(ends[0])};
}

Channel output_channel(bool terminal) {
  if (terminal) return terminal_channel();
  std::array<int, 2> ends = {};
  FIMD_CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0);
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

/// Appends what can be read now; closes the end when there will be no more.
void read_some(FileDescriptor& end, std::string& text) {
  std::array<char, 1 << 16> buffer;
  const ssize_t count_bytes = ::read(end.number(), buffer.data(), buffer.size());
  // A pseudo-terminal whose other side is closed says EIO.
  if (count_bytes > 0) {
    text.append(buffer.data(), static_cast<size_t>(count_bytes));
  } else {
    end.close();
  }
}

/// Nothing is left to write afterwards when the program does not read on.
void write_some(FileDescriptor& end, std::string_view& text) {
  const ssize_t count_bytes = ::write(end.number(), text.data(), text.size());
  text.remove_prefix(count_bytes > 0 ? static_cast<size_t>(count_bytes) : text.size());
}

/// Feeds and drains all streams at once, so that neither side waits for the other. The input ends
/// behind its text, unless it is a terminal's.
void exchange(const CommandOptions& options,
              FileDescriptor& input,
              FileDescriptor& output,
              FileDescriptor& errors,
              CommandResult& result) {
  std::string_view text = options.input;
  ::fcntl(input.number(), F_SETFL, O_NONBLOCK);
  while (!text.empty() || output.is_open() || errors.is_open()) {
    if (text.empty() && !options.input_from_terminal) input.close();
    // poll() passes over the number -1, which those have that are closed.
    const int waiting_input = text.empty() ? -1 : input.number();
    std::array<pollfd, 3> ends = {
        {{waiting_input, POLLOUT, 0}, {output.number(), POLLIN, 0}, {errors.number(), POLLIN, 0}}};
    if (::poll(ends.data(), ends.size(), -1) < 0) continue;
    if (ends[0].revents != 0) write_some(input, text);
    if (ends[1].revents != 0) read_some(output, result.output);
    if (ends[2].revents != 0) read_some(errors, result.errors);
  }
}

/// Sends this process a signal that is delivered when somebody unblocks or waits for it; both the
/// block and the signal outlive exec().
void make_pending(int signal) {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  ::kill(::getpid(), signal);
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& command, const CommandOptions& options) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  // A program that does not read its input must not end the test.
  std::signal(SIGPIPE, SIG_IGN);
  Channel input = input_channel(options.input_from_terminal);
  Channel output = output_channel(options.output_to_terminal);
  Channel errors = output_channel(false);
  const pid_t child = ::fork();
  FIMD_CHECK(child >= 0);
  if (child == 0) {
    for (const auto& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::dup2(input.child.number(), STDIN_FILENO);
    ::dup2(output.child.number(), STDOUT_FILENO);
    ::dup2(errors.child.number(), STDERR_FILENO);
    std::signal(SIGPIPE, SIG_DFL);
    if (options.pending_signal != 0) make_pending(options.pending_signal);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  for (Channel* channel : {&input, &output, &errors}) channel->child.close();

  CommandResult result;
  exchange(options, input.parent, output.parent, errors.parent, result);
  int status = 0;
  FIMD_CHECK(::waitpid(child, &status, 0) == child);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace fimd
