#include "engine/checkpoint/read_ahead.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <vector>

namespace fimd {
namespace {

/// Pages of zeros that take no memory until they are written.
class ZeroPages {
 public:
  explicit ZeroPages(size_t num_bytes)
      : bytes_(static_cast<const std::byte*>(
                   ::mmap(nullptr, num_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)),
               num_bytes) {}

  ZeroPages(const ZeroPages&) = delete;
  ZeroPages& operator=(const ZeroPages&) = delete;

  ~ZeroPages() { ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size()); }

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

TEST(ReadAhead, TellsEachPercentOnceInOrder) {
  const ZeroPages pages(kQuietBytes + 12'345);
  const size_t third = pages.bytes().size() / 3;
  const std::vector parts = {pages.bytes().first(third), pages.bytes().subspan(third)};
  std::vector<uint32_t> told;
  read_ahead(parts, [&](uint32_t percent) { told.push_back(percent); });
  ASSERT_GT(told.size(), 10U);
  for (size_t i = 1; i < told.size(); ++i) EXPECT_LT(told[i - 1], told[i]);
  EXPECT_EQ(told.back(), 100U);
}

TEST(ReadAhead, TellsNothingOfLittle) {
  const ZeroPages pages(1 << 20);
  const std::vector parts = {pages.bytes().subspan(7, 0), pages.bytes().subspan(5)};
  read_ahead(parts, [](uint32_t percent) { ADD_FAILURE() << percent; });
  read_ahead(parts, nullptr);
  read_ahead({}, nullptr);
}

}  // namespace
}  // namespace fimd
