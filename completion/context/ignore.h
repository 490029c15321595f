// What .gitignore and .fimdignore say of the files of a folder, as git reads them.
//
// Each folder from the root down may have both files; .fimdignore is read after .gitignore, so it
// wins, and a folder's rules win over those above it. The last pattern that matches decides. What
// lies in an ignored folder is ignored, whatever else says. ignore_pattern.h has the patterns.
//
// Wherever the answer cannot be known it is "ignored": better less context than a private file in
// a prompt. So is everything below a folder whose rules cannot be read or are too large, what is
// nested too deeply, and what takes too long to match. As for git, a symbolic link is itself no
// .gitignore; where links lead is the caller's to find out (hidden_files.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

/// The largest known to people have some tens of kilobytes.
inline constexpr size_t kMaxIgnoreFileBytes = size_t{1} << 20;
/// Folders whose rules are remembered; more are forgotten together and read again.
inline constexpr size_t kMaxIgnoreFolders = 1024;
inline constexpr size_t kMaxIgnorePatterns = 100'000;  ///< likewise; some 4 MB
inline constexpr size_t kMaxIgnoreDepth = 64;
inline constexpr size_t kMaxIgnorePathBytes = 4096;  ///< PATH_MAX
/// Of matching, for one answer: some 50 ms. A thousand usual patterns take ten thousand.
inline constexpr int64_t kMaxIgnoreSteps = 10'000'000;

/// Whether a file of this name has rules.
bool is_ignore_file(std::string_view name);

struct IgnoreSources {
  /// The files of rules that each folder may have; a later one wins.
  std::vector<std::string> names = {".gitignore", ".fimdignore"};
  /// Files whose patterns speak for all below the root and lose to every other; a later one wins.
  /// They may be symbolic links.
  std::vector<std::filesystem::path> above = {};
};

/// The ignore rules of one folder and all below it, read when first needed and again when a file of
/// rules changed (by its time and size). Thread: safe.
class IgnoreRules {
 public:
  /// `root` need not exist.
  explicit IgnoreRules(std::filesystem::path root, IgnoreSources sources = {});
  ~IgnoreRules();
  IgnoreRules(const IgnoreRules&) = delete;
  IgnoreRules& operator=(const IgnoreRules&) = delete;

  /// Whether `path`, relative to the root, with slashes, is ignored by the rules of its folder or
  /// one above, or lies outside of the root ("../", or absolute). It names a file,
  /// or a folder when it ends in a slash; neither need exist.
  /// Cost: looks at the files of rules of each folder above; reads those that changed.
  [[nodiscard]] bool is_ignored(std::string_view path);

 private:
  struct Rules;
  std::unique_ptr<Rules> rules_;
};

}  // namespace fimd
