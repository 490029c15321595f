// A GGUF file: its header, and that every tensor and array that it yields can be read.
#include "engine/checkpoint/gguf.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/memory_file.h"

namespace fimd {
namespace {

/// Of an array, the elements are as many as it says; every byte of a text can be read.
void check_key(const GgufFile& file, const GgufKey& key) {
  FIMD_CHECK(file.find_key(key.name) == &key.value);
  FIMD_CHECK(!value_text(key.value).empty());
  const auto integers = file.integers(key.name);
  const auto numbers = file.numbers(key.name);
  const auto texts = file.texts(key.name);
  FIMD_CHECK(int{integers.has_value()} + int{numbers.has_value()} + int{texts.has_value()} <= 1);
  size_t count = 0;
  if (integers) count = integers->size();
  if (numbers) count = numbers->size();
  if (texts) {
    count = texts->size();
    for (const std::string_view text : *texts) FIMD_CHECK(std::string(text).size() == text.size());
  }
  if (!integers && !numbers && !texts) return;
  FIMD_CHECK(std::get<GgufArray>(key.value).count == static_cast<int64_t>(count));
}

void check_tensor(const GgufFile& file, const GgufTensor& tensor) {
  FIMD_CHECK(file.find_tensor(tensor.name) == &tensor);
  FIMD_CHECK(tensor.offset_bytes >= 0 && tensor.size_bytes >= 0);
  const auto bytes = file.data(tensor);
  if (bytes.empty()) return;
  // Volatile, so that both are read: beyond the mapping is a signal.
  const volatile std::byte* data = bytes.data();
  static_cast<void>(data[0]);
  static_cast<void>(data[bytes.size() - 1]);
}

}  // namespace
}  // namespace fimd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size_bytes) {
  const fimd::MemoryFile content(fimd::fuzz::as_text(data, size_bytes));
  const auto file = fimd::GgufFile::open(content.path());
  if (!file) return 0;
  for (const fimd::GgufKey& key : file->keys()) fimd::check_key(*file, key);
  int64_t sum_bytes = 0;
  for (const fimd::GgufTensor& tensor : file->tensors()) {
    fimd::check_tensor(*file, tensor);
    sum_bytes += tensor.size_bytes;
  }
  FIMD_CHECK(sum_bytes <= file->file_bytes(), sum_bytes);
  return 0;
}
