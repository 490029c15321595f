// A regular file that is only in memory: thousands of them cost no disk.
#pragma once

#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels/base/check.h"
#include "kernels/base/file.h"

namespace fimd {

class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content)
      : descriptor_(::memfd_create("content", MFD_CLOEXEC)) {
    FIMD_CHECK(descriptor_.is_open());
    FIMD_CHECK(::write(descriptor_.number(), content.data(), content.size()) ==
               std::ssize(content));
  }

  /// The name that this process has for it while the object lives.
  [[nodiscard]] std::string path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_.number());
  }

 private:
  FileDescriptor descriptor_;
};

}  // namespace fimd
