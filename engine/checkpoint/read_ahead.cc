#include "engine/checkpoint/read_ahead.h"

#include <algorithm>
#include <sys/mman.h>

namespace fimd {
namespace {

constexpr size_t kPageBytes = 4096;       // or more; touching a page twice costs little
constexpr size_t kStepBytes = 16U << 20;  // what the disk is asked for at once

/// The page that holds `address` begins here.
std::byte* page_of(const std::byte* address) {
  auto* writable = const_cast<std::byte*>(address);  // as madvise wants it; nothing is written
  return writable - reinterpret_cast<uintptr_t>(address) % kPageBytes;
}

void read_step(std::span<const std::byte> step) {
  std::byte* begin = page_of(step.data());
  const std::byte* end = step.data() + step.size();
  // What the kernel makes of the advice does not matter: the pages are touched next.
  static_cast<void>(::madvise(begin, static_cast<size_t>(end - begin), MADV_WILLNEED));
  for (const std::byte* at = step.data(); at < end; at += kPageBytes) {
    static_cast<void>(*static_cast<const volatile std::byte*>(at));
  }
}

}  // namespace

void read_ahead(std::span<const std::span<const std::byte>> parts, const LoadProgress& progress) {
  int64_t total = 0;
  for (const auto part : parts) total += static_cast<int64_t>(part.size());
  const bool is_told = progress && total > kQuietBytes;
  int64_t done = 0;
  uint32_t told = 0;
  for (const auto part : parts) {
    for (size_t begin = 0; begin < part.size(); begin += kStepBytes) {
      const auto step = part.subspan(begin, std::min(kStepBytes, part.size() - begin));
      read_step(step);
      done += static_cast<int64_t>(step.size());
      const auto percent = static_cast<uint32_t>(done * 100 / total);
      if (is_told && percent > told) progress(told = percent);
    }
  }
}

}  // namespace fimd
