#include "engine/checkpoint/mapped_file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "kernels/base/file.h"

namespace fimd {
namespace {

/// A regular file, open for reading.
struct InputFile {
  FileDescriptor descriptor;
  int64_t size_bytes = 0;
};

Result<InputFile> open_input_file(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
  FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor.is_open()) return system_error(path.string(), errno);
  struct stat status = {};
  if (::fstat(descriptor.number(), &status) != 0) return system_error(path.string(), errno);
  if (!S_ISREG(status.st_mode)) {
    const char* found = S_ISDIR(status.st_mode) ? "a folder" : "not a regular file";
    return fail(ErrorCode::kInvalidInput, path.string() + ": is " + found + ", expected a file");
  }
  return InputFile{std::move(descriptor), status.st_size};
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  FIMD_TRY(const InputFile file, open_input_file(path));
  if (file.size_bytes == 0) return fail(ErrorCode::kInvalidInput, path.string() + ": is empty");
  const auto length = static_cast<size_t>(file.size_bytes);
  void* data = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file.descriptor.number(), 0);
  if (data == MAP_FAILED) return system_error(path.string(), errno);
  return MappedFile(static_cast<const std::byte*>(data), file.size_bytes);
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ == nullptr) return;
  ::munmap(const_cast<std::byte*>(data_), static_cast<size_t>(size_bytes_));
}

Result<std::string> read_file(const std::filesystem::path& path, int64_t max_bytes) {
  FIMD_TRY(const InputFile file, open_input_file(path));
  if (file.size_bytes > max_bytes) {
    return fail(ErrorCode::kInvalidInput,
                path.string() + ": has " + std::to_string(file.size_bytes) +
                    " bytes, expected at most " + std::to_string(max_bytes));
  }
  return read_all(file.descriptor.number(), path.string(), static_cast<size_t>(max_bytes));
}

}  // namespace fimd
