#include "editors/cli/safe_file.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLimitBytes = 100;

int64_t num_entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

mode_t mode_of(const fs::path& path) {
  struct stat state = {};
  EXPECT_EQ(::stat(path.c_str(), &state), 0);
  return state.st_mode & 07777;
}

void check_error(const Status& status, ErrorCode code, const std::string& message) {
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, code);
  EXPECT_EQ(status.error().message, message);
}

Status replace(const FileSnapshot& snapshot, ReplaceMode mode = ReplaceMode::kKeepAll) {
  return replace_file(snapshot, "new", mode);
}

/// Somebody whom the system refuses things, while it lives.
class Unprivileged {
 public:
  Unprivileged() {
    if (::geteuid() == 0) {
      EXPECT_EQ(::seteuid(kNobody), 0);
    }
  }

  ~Unprivileged() { EXPECT_EQ(::seteuid(::getuid()), 0); }

  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
};

TEST(SafeFile, ReadsUpToItsLimit) {
  TempFolder folder;
  const std::string full(kLimitBytes, 'x');
  EXPECT_EQ(read_file(folder.write("empty", ""), kLimitBytes)->content, "");
  EXPECT_EQ(read_file(folder.write("full", full), kLimitBytes)->content, full);
  const fs::path over = folder.write("over", full + "x");
  EXPECT_EQ(read_file(over, kLimitBytes).error().message,
            over.string() + ": more than 100 bytes, the limit");
}

TEST(SafeFile, SaysWhyItCannotRead) {
  TempFolder folder;
  const auto missing = read_file(folder.path() / "missing", kLimitBytes);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message,
            (folder.path() / "missing").string() + ": no such file or directory");
  EXPECT_EQ(read_file(folder.path(), kLimitBytes).error().message,
            folder.path().string() + ": is a directory");
}

TEST(SafeFile, ReplacesTheContentAndLeavesNothingElse) {
  TempFolder folder;
  const fs::path file = folder.write("file", "old");
  ASSERT_TRUE(
      replace_file(read_file(file, kLimitBytes).value(), "new, and longer", ReplaceMode::kKeepAll));
  EXPECT_EQ(folder.read("file"), "new, and longer");
  EXPECT_EQ(num_entries(folder.path()), 1);
}

TEST(SafeFile, KeepsTheMode) {
  TempFolder folder;
  const fs::path file = folder.write("script", "old");
  for (const mode_t mode : {mode_t{0755}, mode_t{0600}, mode_t{02751}}) {
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    ASSERT_TRUE(replace(read_file(file, kLimitBytes).value()));
    EXPECT_EQ(mode_of(file), mode);
  }
}

TEST(SafeFile, ReplacesTheTargetOfASymbolicLink) {
  TempFolder folder;
  folder.write("below/file", "old");
  fs::create_symlink("below/file", folder.path() / "link");
  fs::create_symlink("link", folder.path() / "link_to_link");
  ASSERT_TRUE(replace(read_file(folder.path() / "link_to_link", kLimitBytes).value()));
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link_to_link"));
  EXPECT_FALSE(fs::is_symlink(folder.path() / "below/file"));
  EXPECT_EQ(folder.read("below/file"), "new");
}

/// Reads a file, lets `change` do something to it, and expects that it is then left alone.
void check_conflict(const std::function<void(TempFolder&)>& change,
                    const std::string& content_after) {
  TempFolder folder;
  const fs::path file = folder.write("file", "old");
  const FileSnapshot snapshot = read_file(file, kLimitBytes).value();
  change(folder);
  const int64_t num_entries_before = num_entries(folder.path());
  check_error(replace(snapshot),
              ErrorCode::kConflict,
              snapshot.path.string() + ": changed meanwhile, left as it is");
  EXPECT_EQ(num_entries(folder.path()), num_entries_before);
  if (fs::exists(file)) {
    EXPECT_EQ(folder.read("file"), content_after);
  }
}

TEST(SafeFile, RefusesToReplaceWhatChangedMeanwhile) {
  check_conflict([](TempFolder& folder) { folder.write("file", "longer"); }, "longer");
  check_conflict([](TempFolder& folder) { folder.write("file", "odl"); }, "odl");
  check_conflict([](TempFolder& folder) { folder.write("file", ""); }, "");
  check_conflict([](TempFolder& folder) { fs::remove(folder.path() / "file"); }, "");
  check_conflict(
      [](TempFolder& folder) {
        fs::remove(folder.path() / "file");
        folder.write("other", "old");
        fs::create_symlink("other", folder.path() / "file");
      },
      "old");
}

TEST(SafeFile, ReplacesWhatWasOnlyTouched) {
  TempFolder folder;
  const fs::path file = folder.write("file", "old");
  const FileSnapshot snapshot = read_file(file, kLimitBytes).value();
  fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::hours(1));
  ASSERT_TRUE(replace(snapshot));
  EXPECT_EQ(folder.read("file"), "new");
}

TEST(SafeFile, RefusesToReplaceWhatIsReadOnly) {
  TempFolder folder;
  const fs::path file = folder.write("file", "old");
  const FileSnapshot snapshot = read_file(file, kLimitBytes).value();
  ASSERT_EQ(::chmod(file.c_str(), 0444), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0777), 0);
  const Unprivileged unprivileged;
  check_error(replace(snapshot), ErrorCode::kIo, file.string() + ": permission denied");
  EXPECT_EQ(folder.read("file"), "old");
}

TEST(SafeFile, NamesTheFileOfAReadOnlyFolder) {
  TempFolder folder;
  const fs::path file = folder.write("file", "old");
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  {
    const Unprivileged unprivileged;
    check_error(replace(read_file(file, kLimitBytes).value()),
                ErrorCode::kIo,
                file.string() + ": cannot write a new file beside it: permission denied");
  }
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  EXPECT_EQ(num_entries(folder.path()), 1);
}

TEST(SafeFile, TakesOtherNamesFromAFileOnlyByForce) {
  TempFolder folder;
  const fs::path file = folder.write("file", "old");
  fs::create_hard_link(file, folder.path() / "other");
  const FileSnapshot snapshot = read_file(file, kLimitBytes).value();
  check_error(replace(snapshot),
              ErrorCode::kInvalidInput,
              file.string() +
                  ": has 2 names (hard links), and the others would keep the old text; --force "
                  "replaces it anyway");
  EXPECT_EQ(folder.read("file"), "old");
  ASSERT_TRUE(replace(snapshot, ReplaceMode::kForce));
  EXPECT_EQ(folder.read("file"), "new");
  EXPECT_EQ(folder.read("other"), "old");
}

TEST(SafeFile, TakesAnAccessListFromAFileOnlyByForce) {
  TempFolder folder;
  const fs::path file = folder.write("file", "old");
  // Version 2; then tag, permissions and id of: the owner, user 65534, the group, the mask, others.
  using Words = std::array<uint32_t, 11>;
  static constexpr uint32_t kNone = 0xFFFFFFFF;
  static constexpr Words kList = {
      2, 0x60001, kNone, 0x40002, 65534, 0x40004, kNone, 0x40010, kNone, 0x40020, kNone};
  if (::setxattr(file.c_str(), "system.posix_acl_access", kList.data(), sizeof kList, 0) != 0) {
    GTEST_SKIP() << "the file system has no access lists";
  }
  const FileSnapshot snapshot = read_file(file, kLimitBytes).value();
  check_error(replace(snapshot),
              ErrorCode::kInvalidInput,
              file.string() +
                  ": has an access control list, which would be lost; --force replaces it anyway");
  EXPECT_EQ(folder.read("file"), "old");
  ASSERT_TRUE(replace(snapshot, ReplaceMode::kForce));
  EXPECT_EQ(folder.read("file"), "new");
}

TEST(SafeFile, RefusesToReplaceAPipe) {
  TempFolder folder;
  const fs::path pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  check_error(replace({.path = pipe, .content = ""}),
              ErrorCode::kInvalidInput,
              pipe.string() + ": not a regular file, cannot be replaced");
}

}  // namespace
}  // namespace fimd
