#include "editors/cli/output.h"

#include <cerrno>
#include <cstdlib>
#include <unistd.h>

#include "kernels/base/file.h"

namespace fimd {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

Status write_stdout(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count_bytes = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count_bytes < 0) {
      if (errno == EINTR) continue;
      return system_error("standard output", errno);
    }
    text.remove_prefix(static_cast<size_t>(count_bytes));
  }
  return {};
}

bool stdout_is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

bool use_color(ColorMode mode) {
  switch (mode) {
    case ColorMode::kAlways: return true;
    case ColorMode::kNever: return false;
    case ColorMode::kAuto: break;
  }
  return stdout_is_terminal() && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
}

}  // namespace fimd
