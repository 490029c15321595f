// What the fuzz targets share. Each target is a program of its own with LLVMFuzzerTestOneInput
// (libFuzzer's entry), which hands one hostile input to one reader and checks what the reader's
// header promises; a crash, a hang, a sanitizer's report and a broken promise are findings.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <iterator>
#include <string>
#include <string_view>
#include <unistd.h>

#include "kernels/base/check.h"

namespace fimd::fuzz {

inline std::string_view as_text(const uint8_t* data, size_t size_bytes) {
  return {reinterpret_cast<const char*>(data), size_bytes};
}

/// The part of `text` before the first `separator`, which is removed with it; else all of it.
inline std::string_view take_part(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// Replaces the content of the file at `path`.
inline void write_file(const std::string& path, std::string_view content) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  FIMD_CHECK(fd >= 0, path);
  FIMD_CHECK(::write(fd, content.data(), content.size()) == std::ssize(content), path);
  ::close(fd);
}

}  // namespace fimd::fuzz
