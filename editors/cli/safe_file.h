// Files of the user's, read whole and replaced without ever being half written.
//
// A replacement is written to a temporary file in the same folder, synced, and renamed over the
// original, so that at every moment the name refers to the old content or to the new. Right
// before the rename the file must still be what was read, so an edit made until then is not lost.
// The mode is kept, the owner where the system allows it. A symbolic link stays one: its target is
// replaced. Other hard links would keep the old content and an access control list would be lost,
// so such a file is replaced only by force.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "kernels/base/result.h"

namespace fimd {

struct FileSnapshot {
  std::filesystem::path path;  ///< with symbolic links followed
  std::string content;
};

/// Errors: kNotFound; kIo, it cannot be read; kInvalidInput, larger than `limit_bytes`. Messages
/// begin with the path as given.
Result<FileSnapshot> read_file(const std::filesystem::path& path, size_t limit_bytes);

/// Everything up to the end of standard input. Errors: kIo; kInvalidInput, over `limit_bytes`.
Result<std::string> read_stdin(size_t limit_bytes);

/// Whether a replacement may take something from the file: its other names, or its list of who may
/// read it.
enum class ReplaceMode { kKeepAll, kForce };

/// Replaces the content of the file that `snapshot` was read from.
/// Errors: kConflict, the file is not what was read; kInvalidInput, it is a pipe or a device, or it
/// needs kForce; kIo, it is read-only or cannot be written. Messages begin with the file.
/// After an error the file is untouched and nothing is left behind.
Status replace_file(const FileSnapshot& snapshot, std::string_view content, ReplaceMode mode);

}  // namespace fimd
