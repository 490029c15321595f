// What the tests of the GGUF reader share: content that is only in memory, and what a message says.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "engine/checkpoint/gguf.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/memory_file.h"
#include "tests/support/temp_folder.h"

namespace fimd {

inline constexpr uint64_t kHuge = uint64_t{1} << 60;

// The format's numbers of some types of tensors.
inline constexpr uint32_t kTypeF32 = 0;
inline constexpr uint32_t kTypeF16 = 1;
inline constexpr uint32_t kTypeQ8 = 8;
inline constexpr uint32_t kTypeQ4K = 12;

inline std::string bytes_of_tensor(size_t count) {
  return std::string(count, '\7');
}

inline Result<GgufFile> open_gguf_content(const std::string& content) {
  return GgufFile::open(MemoryFile(content).path());
}

/// A file of `content` is refused with `expected` in the message behind the file's name.
inline void check_gguf_refused(const std::string& content,
                               const std::string& expected,
                               ErrorCode code = ErrorCode::kInvalidInput) {
  TempFolder folder;
  const auto path = folder.write("x.gguf", content);
  const Result<GgufFile> file = GgufFile::open(path);
  ASSERT_FALSE(file) << "expected " << expected;
  EXPECT_EQ(file.error().code, code) << file.error().message;
  EXPECT_TRUE(file.error().message.starts_with(path.string() + ": " + expected))
      << file.error().message << "\nexpected " << expected;
  EXPECT_LT(file.error().message.size(), 600U);
}

inline void check_tensors_refused(const std::vector<std::string>& tensors,
                                  const std::string& expected,
                                  ErrorCode code = ErrorCode::kInvalidInput) {
  check_gguf_refused(
      gguf_content({.tensors = tensors, .data = bytes_of_tensor(96)}), "tensor " + expected, code);
}

}  // namespace fimd
