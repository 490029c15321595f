// A file of weights: its header, and that every array it yields can be read.
#include "engine/checkpoint/safetensors.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/memory_file.h"

namespace fimd {
namespace {

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
  const fimd::MemoryFile content(fimd::fuzz::as_text(data, size_bytes));
  const auto file = fimd::SafetensorsFile::open(content.path());
  if (!file) return 0;
  int64_t sum_bytes = 0;
  for (const fimd::SafetensorsEntry& entry : file->entries()) {
    fimd::check_entry(*file, entry);
    sum_bytes += entry.size_bytes;
  }
  FIMD_CHECK(sum_bytes <= file->file_bytes(), sum_bytes);
  return 0;
}
