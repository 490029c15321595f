// A file of weights: its header, and that every array it yields can be read.
#include <sys/mman.h>

#include "engine/checkpoint/safetensors.h"
#include "tests/fuzz/fuzz.h"

namespace fimd {
namespace {

/// A regular file in memory, under the name that this process has for it.
const std::string& memory_file() {
  static const std::string kPath = [] {
    const int fd = ::memfd_create("safetensors", MFD_CLOEXEC);
    FIMD_CHECK(fd >= 0);
    return "/proc/self/fd/" + std::to_string(fd);
  }();
  return kPath;
}

void check_entry(const SafetensorsFile& file, const SafetensorsEntry& entry) {
  FIMD_CHECK(file.find(entry.name) == &entry);
  FIMD_CHECK(entry.offset_bytes >= 0 && entry.size_bytes >= 0);
  if (entry.size_bytes == 0) return;
  // Volatile, so that both are read: beyond the mapping is a signal.
  const volatile std::byte* data = file.data(entry);
  static_cast<void>(data[0]);
  static_cast<void>(data[entry.size_bytes - 1]);
}

}  // namespace
}  // namespace fimd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size_bytes) {
  fimd::fuzz::write_file(fimd::memory_file(), fimd::fuzz::as_text(data, size_bytes));
  const auto file = fimd::SafetensorsFile::open(fimd::memory_file());
  if (!file) return 0;
  int64_t sum_bytes = 0;
  for (const fimd::SafetensorsEntry& entry : file->entries()) {
    fimd::check_entry(*file, entry);
    sum_bytes += entry.size_bytes;
  }
  FIMD_CHECK(sum_bytes <= file->file_bytes(), sum_bytes);
  return 0;
}
