#include "lsp/socket_path.h"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace fimd::lsp {
namespace {

/// How often a lock's file may vanish between opening and locking it: once for each server that
/// ends at that moment.
constexpr int kMaxLockTries = 100;

tl::unexpected<Error> io_error(const std::string& path) {
  return fail(ErrorCode::kIo, path + ": " + system_error_text(errno));
}

std::string lock_path(const std::string& path) {
  return path + ".lock";
}

/// Absent: its file was removed by the server that ended, and another try is due.
Result<std::optional<FileDescriptor>> try_lock(const std::string& path) {
  const std::string name = lock_path(path);
  FileDescriptor lock(
      ::open(name.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!lock.is_open()) return io_error(name);
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return io_error(name);
    return fail(ErrorCode::kConflict, path + ": another server listens there");
  }
  struct stat locked = {};
  struct stat named = {};
  const bool is_ours = ::fstat(lock.number(), &locked) == 0 && ::lstat(name.c_str(), &named) == 0 &&
                       locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
  if (!is_ours) return std::optional<FileDescriptor>();
  return std::optional<FileDescriptor>(std::move(lock));
}

bool somebody_listens(const std::string& path) {
  const FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, kMaxSocketPathBytes);
  const auto* any = reinterpret_cast<const sockaddr*>(&address);
  // A full queue of connections (EAGAIN) is a live one, and so is what cannot be known.
  return ::connect(probe.number(), any, sizeof address) == 0 || errno != ECONNREFUSED;
}

/// Makes way for a new socket. With the lock held.
Status clear(const std::string& path) {
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return io_error(path);
  }
  if (!S_ISSOCK(status.st_mode)) {
    return fail(ErrorCode::kConflict, path + " exists and is no socket");
  }
  if (somebody_listens(path)) {
    return fail(ErrorCode::kConflict, path + ": another server listens there");
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return io_error(path);
  return {};
}

}  // namespace

Result<SocketPath> SocketPath::claim(std::string path) {
  for (int i = 0; i < kMaxLockTries; ++i) {
    FIMD_TRY(std::optional<FileDescriptor> lock, try_lock(path));
    if (!lock) continue;
    SocketPath claimed(std::move(path), *std::move(lock));
    FIMD_TRY_STATUS(clear(claimed.path_));
    return claimed;
  }
  return fail(ErrorCode::kConflict, path + ": other servers start and end there");
}

Status SocketPath::keep() {
  // Before it listens nobody can connect, so nobody else ever could.
  struct stat status = {};
  if (::chmod(path_.c_str(), S_IRUSR | S_IWUSR) != 0 || ::lstat(path_.c_str(), &status) != 0) {
    return io_error(path_);
  }
  device_ = status.st_dev;
  inode_ = status.st_ino;
  is_kept_ = true;
  return {};
}

SocketPath::~SocketPath() {
  if (!lock_.is_open()) return;  // moved from
  struct stat status = {};
  const bool is_ours = is_kept_ && ::lstat(path_.c_str(), &status) == 0 &&
                       status.st_dev == device_ && status.st_ino == inode_;
  if (is_ours) ::unlink(path_.c_str());
  ::unlink(lock_path(path_).c_str());
}

}  // namespace fimd::lsp
