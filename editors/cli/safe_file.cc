#include "editors/cli/safe_file.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "kernels/base/file.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

/// A temporary file that is removed unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& folder)
      : path_((folder / ".fimd-XXXXXX").string()), file_(::mkostemp(path_.data(), O_CLOEXEC)) {}

  ~TemporaryFile() {
    if (file_was_made_) ::unlink(path_.c_str());
  }

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  FileDescriptor& file() { return file_; }

  bool rename_to(const fs::path& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) return false;
    file_was_made_ = false;
    return true;
  }

 private:
  std::string path_;
  FileDescriptor file_;
  bool file_was_made_ = file_.is_open();
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count_bytes = ::write(descriptor, text.data(), text.size());
    if (count_bytes < 0 && errno == EINTR) continue;
    if (count_bytes < 0) return false;
    text.remove_prefix(static_cast<size_t>(count_bytes));
  }
  return true;
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
         a.st_ctim.tv_sec == b.st_ctim.tv_sec && a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

/// Gives `descriptor` the owner and mode of `original`. Only root may give files away; the group
/// alone often works. A set-user-id bit never passes to another owner.
bool copy_attributes(int descriptor, const struct stat& original) {
  const bool owned = ::fchown(descriptor, original.st_uid, original.st_gid) == 0 ||
                     ::fchown(descriptor, uid_t(-1), original.st_gid) == 0;
  struct stat made = {};
  if (::fstat(descriptor, &made) != 0) return false;
  const bool same_owner = owned && made.st_uid == original.st_uid && made.st_gid == original.st_gid;
  return ::fchmod(descriptor, original.st_mode & (same_owner ? 07777 : 0777)) == 0;
}

tl::unexpected<Error> changed_meanwhile(const fs::path& path) {
  return fail(ErrorCode::kConflict, path.string() + ": changed meanwhile, left as it is");
}

/// The state of the file, if its content is still the snapshot's.
Result<struct stat> unchanged_state(const FileSnapshot& snapshot) {
  const std::string name = snapshot.path.string();
  // Not blocking: if it has become a named pipe, opening it must not wait for the other end.
  const FileDescriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) {
    if (errno == ENOENT || errno == ELOOP) return changed_meanwhile(snapshot.path);
    return system_error(name, errno);
  }
  struct stat state = {};
  if (::fstat(file.number(), &state) != 0) return system_error(name, errno);
  if (!S_ISREG(state.st_mode)) {
    return fail(ErrorCode::kInvalidInput, name + ": not a regular file, cannot be replaced");
  }
  if (static_cast<size_t>(state.st_size) != snapshot.content.size()) {
    return changed_meanwhile(snapshot.path);
  }
  FIMD_TRY(const std::string content, read_all(file.number(), name, snapshot.content.size()));
  if (content != snapshot.content) return changed_meanwhile(snapshot.path);
  return state;
}

/// Errors: kInvalidInput, the file has what would not be on its replacement.
Status check_nothing_is_lost(const std::string& name, const struct stat& state) {
  const auto refuse = [&name](const std::string& what) {
    return fail(ErrorCode::kInvalidInput, name + ": " + what + "; --force replaces it anyway");
  };
  if (state.st_nlink > 1) {
    return refuse("has " + std::to_string(state.st_nlink) +
                  " names (hard links), and the others would keep the old text");
  }
  if (::lgetxattr(name.c_str(), "system.posix_acl_access", nullptr, 0) > 0) {
    return refuse("has an access control list, which would be lost");
  }
  return {};
}

/// Makes a rename in `folder` durable. Not every file system can, and the rename has happened.
void sync_folder(const fs::path& folder) {
  const FileDescriptor file(::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  if (file.is_open()) ::fsync(file.number());
}

}  // namespace

Result<FileSnapshot> read_file(const fs::path& path, size_t limit_bytes) {
  const std::string name = path.string();
  const FileDescriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return system_error(name, errno);
  std::error_code error;
  fs::path resolved = fs::canonical(path, error);
  if (error) resolved = path;  // a pipe, for one, has no path of its own
  FIMD_TRY(std::string content, read_all(file.number(), name, limit_bytes));
  return FileSnapshot{std::move(resolved), std::move(content)};
}

Result<std::string> read_stdin(size_t limit_bytes) {
  return read_all(STDIN_FILENO, "standard input", limit_bytes);
}

Status replace_file(const FileSnapshot& snapshot, std::string_view content, ReplaceMode mode) {
  const std::string name = snapshot.path.string();
  // A rename would not ask: it needs the folder to be writable, not the file.
  if (::faccessat(AT_FDCWD, name.c_str(), W_OK, AT_EACCESS) != 0 && errno != ENOENT) {
    return system_error(name, errno);
  }
  FIMD_TRY(const struct stat original, unchanged_state(snapshot));
  if (mode == ReplaceMode::kKeepAll) FIMD_TRY_STATUS(check_nothing_is_lost(name, original));

  TemporaryFile temporary(snapshot.path.parent_path());
  FileDescriptor& file = temporary.file();
  if (!file.is_open() || !write_all(file.number(), content) ||
      !copy_attributes(file.number(), original) || ::fsync(file.number()) != 0 || !file.close()) {
    return system_error(name + ": cannot write a new file beside it", errno);
  }
  // Once more, right before the rename: no lock would keep other programs from writing.
  struct stat now = {};
  if (::lstat(name.c_str(), &now) != 0 || !same_file(now, original)) {
    return changed_meanwhile(snapshot.path);
  }
  if (!temporary.rename_to(snapshot.path)) return system_error(name, errno);
  sync_folder(snapshot.path.parent_path());
  return {};
}

}  // namespace fimd
