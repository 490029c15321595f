#include "kernels/base/file.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>

namespace fimd {
namespace {

constexpr size_t kMaxBytes = 1000;

bool is_open(int number) {
  return ::fcntl(number, F_GETFD) >= 0;
}

/// A file of its own, without a name, that holds `text` and is at its beginning.
FileDescriptor file_with(std::string_view text) {
  FileDescriptor file(::memfd_create("file", MFD_CLOEXEC));
  EXPECT_EQ(::write(file.number(), text.data(), text.size()), std::ssize(text));
  EXPECT_EQ(::lseek(file.number(), 0, SEEK_SET), 0);
  return file;
}

TEST(FileDescriptor, IsClosedWithItsLastOwner) {
  int number = -1;
  {
    std::optional<FileDescriptor> second;
    {
      FileDescriptor first = file_with("");
      number = first.number();
      second.emplace(std::move(first));
    }
    EXPECT_EQ(second->number(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(FileDescriptor, IsTheCallersOnceReleased) {
  int number = -1;
  {
    FileDescriptor file = file_with("");
    number = file.release();
    EXPECT_FALSE(file.is_open());
  }
  EXPECT_TRUE(is_open(number));
  EXPECT_EQ(::close(number), 0);
}

TEST(FileDescriptor, ClosesOnce) {
  FileDescriptor file = file_with("");
  const int number = file.number();
  EXPECT_TRUE(file.close());
  EXPECT_FALSE(file.is_open());
  EXPECT_FALSE(is_open(number));
  EXPECT_FALSE(file.close());
  EXPECT_FALSE(FileDescriptor(-1).close());
}

TEST(ReadAll, ReadsFromThePlaceToTheEnd) {
  const FileDescriptor file = file_with(std::string("one\0two", 7));
  ASSERT_EQ(::lseek(file.number(), 2, SEEK_SET), 2);
  EXPECT_EQ(read_all(file.number(), "x", kMaxBytes).value(), std::string_view("e\0two", 5));
  EXPECT_EQ(read_all(file.number(), "x", kMaxBytes).value(), "");
}

TEST(ReadAll, ReadsAPipeUntilItIsClosed) {
  std::array<int, 2> ends = {};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const FileDescriptor output(ends[0]);
  FileDescriptor input(ends[1]);
  EXPECT_EQ(::write(input.number(), "text", 4), 4);
  EXPECT_TRUE(input.close());
  EXPECT_EQ(read_all(output.number(), "x", kMaxBytes).value(), "text");
}

// At and around the sizes of the buffer that it reads with.
TEST(ReadAll, BoundsTheSize) {
  for (const size_t size_bytes : {1, 65535, 65536, 65537, 200000}) {
    const std::string text(size_bytes, 'x');
    EXPECT_EQ(read_all(file_with(text).number(), "x", size_bytes).value(), text);
    EXPECT_EQ(read_all(file_with(text).number(), "x", size_bytes + 1).value(), text);
    const Result<std::string> over = read_all(file_with(text).number(), "x", size_bytes - 1);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(over.error().message,
              "x: more than " + std::to_string(size_bytes - 1) + " bytes, the limit");
  }
  EXPECT_EQ(read_all(file_with("").number(), "x", 0).value(), "");
  EXPECT_EQ(read_all(file_with("text").number(), "x", SIZE_MAX).value(), "text");
}

TEST(ReadAll, GivesWhatTheFileHasAtItsEnd) {
  const FileDescriptor file = file_with("1234");
  ASSERT_EQ(::pwrite(file.number(), "56", 2, 4), 2);
  EXPECT_EQ(read_all(file.number(), "x", kMaxBytes).value(), "123456");
  ASSERT_EQ(::lseek(file.number(), 0, SEEK_SET), 0);
  ASSERT_EQ(::ftruncate(file.number(), 3), 0);
  EXPECT_EQ(read_all(file.number(), "x", kMaxBytes).value(), "123");
}

TEST(ReadAll, SaysWhyItCannotRead) {
  const FileDescriptor folder(::open("/", O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  const Result<std::string> text = read_all(folder.number(), "the root", kMaxBytes);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kIo);
  EXPECT_EQ(text.error().message, "the root: is a directory");
}

TEST(SystemError, TellsAMissingFileFromARefusal) {
  EXPECT_EQ(system_error("x", ENOENT).value().code, ErrorCode::kNotFound);
  EXPECT_EQ(system_error("x", ENOTDIR).value().code, ErrorCode::kNotFound);
  EXPECT_EQ(system_error("x", EACCES).value().code, ErrorCode::kIo);
  EXPECT_EQ(system_error("x", EACCES).value().message, "x: permission denied");
}

}  // namespace
}  // namespace fimd
