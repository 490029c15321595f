#include "completion/context/ignore.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include "completion/context/ignore_pattern.h"
#include "kernels/base/file.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

/// What tells that a file of rules changed.
struct FileStamp {
  enum class State { kAbsent, kPresent, kUnreadable };
  State state = State::kAbsent;
  int64_t seconds = 0;
  int64_t nanoseconds = 0;
  int64_t size_bytes = 0;
  uint64_t inode = 0;
  bool operator==(const FileStamp&) const = default;
};

/// A file that may have rules.
struct RuleFile {
  fs::path path;
  bool may_be_link = false;
};

FileStamp stamp_of(const RuleFile& file) {
  struct stat status = {};
  const int flags = file.may_be_link ? 0 : AT_SYMLINK_NOFOLLOW;
  if (::fstatat(AT_FDCWD, file.path.c_str(), &status, flags) != 0) {
    const bool absent = errno == ENOENT || errno == ENOTDIR;
    return {.state = absent ? FileStamp::State::kAbsent : FileStamp::State::kUnreadable};
  }
  if (!S_ISREG(status.st_mode)) return {};
  return {.state = FileStamp::State::kPresent,
          .seconds = status.st_mtim.tv_sec,
          .nanoseconds = status.st_mtim.tv_nsec,
          .size_bytes = status.st_size,
          .inode = status.st_ino};
}

// Absent when it cannot be read whole or is too large.
std::optional<std::string> read_rules(const RuleFile& file) {
  // Not a pipe put there meanwhile, which would never end.
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (file.may_be_link ? 0 : O_NOFOLLOW);
  const FileDescriptor rules(::open(file.path.c_str(), flags));
  if (!rules.is_open()) return std::nullopt;
  Result<std::string> text = read_all(rules.number(), file.path.string(), kMaxIgnoreFileBytes);
  if (!text) return std::nullopt;
  return *std::move(text);
}

struct FolderRules {
  std::vector<FileStamp> stamps;
  bool readable = true;
  std::vector<IgnorePattern> patterns;
};

// `stamps` were taken before, so a change in between is seen the next time.
FolderRules read_folder(const std::vector<RuleFile>& files, const std::vector<FileStamp>& stamps) {
  FolderRules rules = {.stamps = stamps};
  for (size_t i = 0; i < files.size(); ++i) {
    if (stamps[i].state == FileStamp::State::kAbsent) continue;
    std::optional<std::string> text;
    if (stamps[i].state == FileStamp::State::kPresent) text = read_rules(files[i]);
    if (!text) return {.stamps = stamps, .readable = false};
    for (IgnorePattern& pattern : parse_ignore_patterns(*text)) {
      rules.patterns.push_back(std::move(pattern));
    }
  }
  return rules;
}

/// A path below the root in its plainest form: names and single slashes.
struct PlainPath {
  std::string text;
  bool is_folder = false;
};

// Absent for one that leads outside, and for what no system would open.
std::optional<PlainPath> plain_path(std::string_view path) {
  if (path.size() > kMaxIgnorePathBytes || path.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const fs::path plain = fs::path(path).lexically_normal();
  if (plain.is_absolute() || (!plain.empty() && *plain.begin() == "..")) return std::nullopt;
  PlainPath result = {.text = plain.generic_string()};
  result.is_folder = result.text.ends_with('/') || result.text == ".";
  while (result.text.ends_with('/')) result.text.pop_back();
  if (result.text == ".") result.text.clear();
  if (std::ranges::count(result.text, '/') >= static_cast<std::ptrdiff_t>(kMaxIgnoreDepth)) {
    return std::nullopt;
  }
  return result;
}

}  // namespace

bool is_ignore_file(std::string_view name) {
  return std::ranges::count(IgnoreSources().names, name) > 0;
}

struct IgnoreRules::Rules {
  enum class Verdict { kUnknown, kIgnored, kKept };

  const FolderRules& folder(const std::string& path) {
    std::vector<RuleFile> files;
    if (path.empty()) {
      for (const fs::path& file : sources.above) files.push_back({file, /*may_be_link=*/true});
    }
    for (const std::string& name : sources.names) files.push_back({root / path / name});
    std::vector<FileStamp> stamps;
    std::ranges::transform(files, std::back_inserter(stamps), stamp_of);
    FolderRules& rules = folders[path];
    if (rules.stamps == stamps) return rules;
    num_patterns -= rules.patterns.size();
    rules = read_folder(files, stamps);
    num_patterns += rules.patterns.size();
    return rules;
  }

  void forget_too_many() {
    if (folders.size() < kMaxIgnoreFolders && num_patterns < kMaxIgnorePatterns) return;
    folders.clear();
    num_patterns = 0;
  }

  // What the rules of one folder say; `candidate` is relative to it.
  static Verdict ask(const FolderRules& rules, const IgnoreCandidate& candidate, int64_t& steps) {
    if (!rules.readable) return Verdict::kIgnored;
    for (size_t i = rules.patterns.size(); i > 0; --i) {
      const IgnorePattern& pattern = rules.patterns[i - 1];
      const bool matched = matches(pattern, candidate, steps);
      if (steps < 0) return Verdict::kIgnored;
      if (matched) return pattern.negated ? Verdict::kKept : Verdict::kIgnored;
    }
    return Verdict::kUnknown;
  }

  // The folders from the root down, each asked only if none above it is ignored, then the path.
  bool is_ignored(const PlainPath& path) {
    struct Level {
      const FolderRules& rules;
      size_t path_begin;  // of what is relative to the folder
    };

    forget_too_many();
    std::vector<Level> levels;
    int64_t steps = kMaxIgnoreSteps;
    const std::string_view text = path.text;
    size_t begin = 0;
    while (begin < text.size()) {
      levels.push_back(
          {folder(std::string(text.substr(0, begin - std::min<size_t>(begin, 1)))), begin});
      const size_t end = std::min(text.find('/', begin), text.size());
      const bool is_folder = end < text.size() || path.is_folder;
      auto verdict = Verdict::kUnknown;
      for (size_t i = levels.size(); i > 0 && verdict == Verdict::kUnknown; --i) {
        const size_t from = levels[i - 1].path_begin;
        verdict = ask(levels[i - 1].rules, {text.substr(from, end - from), is_folder}, steps);
      }
      if (verdict == Verdict::kIgnored) return true;
      begin = end + 1;
    }
    return false;
  }

  fs::path root;
  IgnoreSources sources;
  std::mutex mutex;
  std::map<std::string, FolderRules> folders;  ///< by path; guarded by `mutex`
  size_t num_patterns = 0;                     ///< in `folders`
};

IgnoreRules::IgnoreRules(std::filesystem::path root, IgnoreSources sources)
    : rules_(std::make_unique<Rules>()) {
  rules_->root = std::move(root);
  rules_->sources = std::move(sources);
}

IgnoreRules::~IgnoreRules() = default;

bool IgnoreRules::is_ignored(std::string_view path) {
  const auto plain = plain_path(path);
  if (!plain) return true;
  const std::scoped_lock lock(rules_->mutex);
  return rules_->is_ignored(*plain);
}

}  // namespace fimd
