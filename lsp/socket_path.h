// The path of a Unix socket, owned by one server at a time.
//
//   PATH.lock   locked while a server owns PATH; the system unlocks it when the server dies
//   PATH        the socket
//
// Whoever holds the lock may remove what a dead server left at PATH and bind there, so of two
// servers that start at once exactly one wins. At its end a server removes PATH only if it still is
// the file that it made, then the lock's file.
#pragma once

#include <string>
#include <sys/types.h>

#include "kernels/base/file.h"
#include "kernels/base/result.h"

namespace fimd::lsp {

/// sockaddr_un::sun_path without its final NUL.
inline constexpr size_t kMaxSocketPathBytes = 107;

class SocketPath {
 public:
  /// Owns `path`, where nothing is then. A stale socket is removed, a live one or another file is
  /// not.
  /// Errors: kConflict, another server owns it or listens there, or a file of another kind is in
  /// the way; kIo.
  static Result<SocketPath> claim(std::string path);

  SocketPath(SocketPath&& other) noexcept = default;
  SocketPath& operator=(SocketPath&&) = delete;
  SocketPath(const SocketPath&) = delete;
  SocketPath& operator=(const SocketPath&) = delete;
  ~SocketPath();

  /// Says that the file which is at the path now is ours, and lets only its owner connect.
  /// Errors: kIo.
  Status keep();

 private:
  SocketPath(std::string path, FileDescriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  FileDescriptor lock_;
  bool is_kept_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace fimd::lsp
