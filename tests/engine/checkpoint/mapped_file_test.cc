#include "engine/checkpoint/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

/// Both ways to read refuse `path` with this code and a message of the path and `expected`.
void check_refused(const std::filesystem::path& path, ErrorCode code, const std::string& expected) {
  const Result<MappedFile> mapped = MappedFile::open(path);
  const Result<std::string> read = read_file(path, 1000);
  ASSERT_FALSE(mapped) << path;
  ASSERT_FALSE(read) << path;
  EXPECT_EQ(mapped.error().code, code);
  EXPECT_EQ(mapped.error().message, path.string() + ": " + expected);
  EXPECT_EQ(read.error().code, code);
  EXPECT_EQ(read.error().message, mapped.error().message);
}

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

TEST(MappedFile, ShowsTheBytes) {
  TempFolder folder;
  const auto path = folder.write("a", std::string("one\0two", 7));
  Result<MappedFile> file = MappedFile::open(path);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(text_of(*file), std::string_view("one\0two", 7));
  EXPECT_EQ(read_file(path, 7).value(), std::string_view("one\0two", 7));
}

TEST(MappedFile, KeepsItsAddressWhenMoved) {
  TempFolder folder;
  MappedFile first = MappedFile::open(folder.write("a", "first")).value();
  MappedFile second = MappedFile::open(folder.write("b", "second")).value();
  const std::byte* data = first.bytes().data();
  second = std::move(first);
  EXPECT_EQ(second.bytes().data(), data);
  EXPECT_EQ(text_of(second), "first");
  const MappedFile third(std::move(second));
  EXPECT_EQ(text_of(third), "first");
}

TEST(MappedFile, OutlivesTheNameOfTheFile) {
  TempFolder folder;
  const auto path = folder.write("a", "text");
  const MappedFile file = MappedFile::open(path).value();
  std::filesystem::remove(path);
  EXPECT_EQ(text_of(file), "text");
}

TEST(MappedFile, RefusesWhatIsNotARegularFile) {
  TempFolder folder;
  const auto fifo = folder.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  check_refused(fifo, ErrorCode::kInvalidInput, "is not a regular file, expected a file");
  check_refused(folder.path(), ErrorCode::kInvalidInput, "is a folder, expected a file");
  check_refused("/dev/null", ErrorCode::kInvalidInput, "is not a regular file, expected a file");
}

TEST(MappedFile, NamesWhatTheSystemRefused) {
  TempFolder folder;
  const auto file = folder.write("file", "text");
  const auto loop = folder.path() / "loop";
  std::filesystem::create_symlink("loop", loop);
  check_refused(folder.path() / "x", ErrorCode::kNotFound, "no such file or directory");
  check_refused(file / "x", ErrorCode::kNotFound, "not a directory");
  check_refused(loop, ErrorCode::kIo, "too many levels of symbolic links");
  if (::geteuid() == 0) return;  // root may read everything
  std::filesystem::permissions(file, std::filesystem::perms::none);
  check_refused(file, ErrorCode::kIo, "permission denied");
}

TEST(MappedFile, RefusesAnEmptyFileThatReadFileReads) {
  TempFolder folder;
  const auto path = folder.write("a", "");
  const Result<MappedFile> file = MappedFile::open(path);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(file.error().message, path.string() + ": is empty");
  EXPECT_EQ(read_file(path, 0).value(), "");
}

TEST(ReadFile, BoundsTheSize) {
  TempFolder folder;
  const auto path = folder.write("a", "12345");
  EXPECT_TRUE(read_file(path, 5));
  const Result<std::string> text = read_file(path, 4);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(text.error().message, path.string() + ": has 5 bytes, expected at most 4");
}

}  // namespace
}  // namespace fimd
