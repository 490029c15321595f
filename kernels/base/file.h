// Files as the operating system has them: who closes a descriptor, how one is read to its end, and
// how a refusal is worded.
//
// A file may change while it is read. What is read is what stands there until the end is reached:
// the size that the file had before plays no part, so one that grows gives its new bytes too, one
// that shrinks gives fewer, and the limit holds in each case.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "kernels/base/result.h"

namespace fimd {

/// A file descriptor that is closed with its owner. A negative number is none.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}

  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}

  FileDescriptor& operator=(FileDescriptor&&) = delete;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  [[nodiscard]] bool is_open() const { return number_ >= 0; }

  [[nodiscard]] int number() const { return number_; }

  /// Gives it to the caller, who closes it.
  int release() { return std::exchange(number_, -1); }

  /// False for what only closing sees, such as a full quota, and when it is not open.
  bool close();

 private:
  int number_;
};

/// What stands between the descriptor's place and the end. Reads on after a signal.
/// Errors: kInvalidInput, more than `max_bytes`; those of system_error. Messages begin with `name`.
Result<std::string> read_all(int descriptor, const std::string& name, size_t max_bytes);

/// The system's words for an errno, in lower case: "permission denied".
std::string system_error_text(int code);

/// "`name`: no such file or directory". The code is kNotFound where there is no such file, else
/// kIo.
tl::unexpected<Error> system_error(const std::string& name, int code);

}  // namespace fimd
