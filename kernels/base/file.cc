#include "kernels/base/file.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <unistd.h>

#include "kernels/base/ascii.h"

namespace fimd {

FileDescriptor::~FileDescriptor() {
  if (is_open()) ::close(number_);
}

bool FileDescriptor::close() {
  return is_open() && ::close(release()) == 0;
}

Result<std::string> read_all(int descriptor, const std::string& name, size_t max_bytes) {
  std::string text;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    // One byte past the limit tells a file that fits from one that goes on.
    const size_t room_bytes = max_bytes - text.size();
    const size_t wanted_bytes = room_bytes < buffer.size() ? room_bytes + 1 : buffer.size();
    const ssize_t got_bytes = ::read(descriptor, buffer.data(), wanted_bytes);
    if (got_bytes < 0 && errno == EINTR) continue;
    if (got_bytes < 0) return system_error(name, errno);
    if (got_bytes == 0) return text;
    if (static_cast<size_t>(got_bytes) > room_bytes) {
      return fail(ErrorCode::kInvalidInput,
                  name + ": more than " + std::to_string(max_bytes) + " bytes, the limit");
    }
    text.append(buffer.data(), static_cast<size_t>(got_bytes));
  }
}

std::string system_error_text(int code) {
  std::string text = std::generic_category().message(code);
  text[0] = to_ascii_lower(text[0]);
  return text;
}

tl::unexpected<Error> system_error(const std::string& name, int code) {
  const bool missing = code == ENOENT || code == ENOTDIR;
  return fail(missing ? ErrorCode::kNotFound : ErrorCode::kIo,
              name + ": " + system_error_text(code));
}

}  // namespace fimd
