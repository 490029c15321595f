#include "engine/checkpoint/mapped_file.h"

#include <cctype>
#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace fimd {
namespace {

/// A regular file, open for reading.
class InputFile {
 public:
  InputFile(int descriptor, int64_t size_bytes)
      : descriptor_(descriptor), size_bytes_(size_bytes) {}

  InputFile(InputFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), size_bytes_(other.size_bytes_) {}

  InputFile& operator=(InputFile&&) = delete;

  ~InputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] int descriptor() const { return descriptor_; }

  [[nodiscard]] int64_t size_bytes() const { return size_bytes_; }

 private:
  int descriptor_;
  int64_t size_bytes_;
};

tl::unexpected<Error> system_error(const std::filesystem::path& path, int code) {
  const bool missing = code == ENOENT || code == ENOTDIR;
  std::string text = std::generic_category().message(code);
  text[0] = static_cast<char>(std::tolower(text[0]));
  return fail(missing ? ErrorCode::kNotFound : ErrorCode::kIo, path.string() + ": " + text);
}

Result<InputFile> open_input_file(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return system_error(path, errno);
  struct stat status = {};
  const int stat_result = ::fstat(descriptor, &status);
  InputFile file(descriptor, status.st_size);
  if (stat_result != 0) return system_error(path, errno);
  if (!S_ISREG(status.st_mode)) {
    const char* found = S_ISDIR(status.st_mode) ? "a folder" : "not a regular file";
    return fail(ErrorCode::kInvalidInput, path.string() + ": is " + found + ", expected a file");
  }
  return file;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  FIMD_TRY(const InputFile file, open_input_file(path));
  if (file.size_bytes() == 0) return fail(ErrorCode::kInvalidInput, path.string() + ": is empty");
  const auto length = static_cast<size_t>(file.size_bytes());
  void* data = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
  if (data == MAP_FAILED) return system_error(path, errno);
  return MappedFile(static_cast<const std::byte*>(data), file.size_bytes());
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
  if (file.size_bytes() > max_bytes) {
    return fail(ErrorCode::kInvalidInput,
                path.string() + ": has " + std::to_string(file.size_bytes()) +
                    " bytes, expected at most " + std::to_string(max_bytes));
  }
  std::string text(static_cast<size_t>(file.size_bytes()), '\0');
  size_t count = 0;
  while (count < text.size()) {
    const ssize_t got = ::read(file.descriptor(), text.data() + count, text.size() - count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path, errno);
    if (got == 0) break;  // it shrank meanwhile
    count += static_cast<size_t>(got);
  }
  text.resize(count);
  return text;
}

}  // namespace fimd
