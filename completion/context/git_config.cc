#include "completion/context/git_config.h"

#include <fcntl.h>
#include <utility>

#include "kernels/base/ascii.h"
#include "kernels/base/file.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlanks = " \t\r";

/// Reads entries one after another; each function begins and ends between two signs of the text.
class ConfigReader {
 public:
  explicit ConfigReader(std::string_view text) : text_(text) {}

  std::vector<GitConfigEntry> read() {
    while (at_ < text_.size() && read_next()) {
    }
    return std::move(entries_);
  }

 private:
  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\n'; }

  void skip(std::string_view characters) {
    at_ = std::min(text_.find_first_not_of(characters, at_), text_.size());
  }

  void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  bool read_next() {
    skip(" \t\r\n");
    if (at_ == text_.size()) return false;
    if (next() == '#' || next() == ';') {
      skip_line();
      return true;
    }
    return next() == '[' ? read_section() : read_entry();
  }

  // [name] or [name "subsection"]
  bool read_section() {
    ++at_;
    const size_t end = text_.find_first_of("] \t\n\"", at_);
    if (end == std::string_view::npos) return false;
    section_ = to_ascii_lower(text_.substr(at_, end - at_));
    at_ = end;
    skip(kBlanks);
    if (next() == '"') {
      section_ += '.';
      for (++at_; next() != '"'; ++at_) {
        if (next() == '\\') ++at_;
        if (next() == '\n') return false;
        section_ += next();
      }
      ++at_;
    }
    if (next() != ']') return false;
    ++at_;
    return true;
  }

  bool read_entry() {
    const size_t end = std::min(text_.find_first_of("= \t\r\n#;", at_), text_.size());
    if (end == at_ || section_.empty()) return false;
    std::string name = section_ + "." + to_ascii_lower(text_.substr(at_, end - at_));
    at_ = end;
    skip(kBlanks);
    if (next() != '=') {  // a key alone is true
      skip_line();
      entries_.push_back({std::move(name), "true"});
      return true;
    }
    ++at_;
    skip(kBlanks);
    std::optional<std::string> value = read_value();
    if (!value) return false;
    entries_.push_back({std::move(name), *std::move(value)});
    return true;
  }

  std::optional<std::string> read_value() {
    std::string value;
    size_t kept = 0;  // up to the last that is no blank outside of quotes
    bool quoted = false;
    for (; next() != '\n'; ++at_) {
      char c = next();
      if (c == '"') {
        quoted = !quoted;
        kept = value.size();
        continue;
      }
      if (!quoted && (c == '#' || c == ';')) {
        skip_line();
        break;
      }
      const bool escaped = c == '\\';
      if (escaped) {
        if (++at_ >= text_.size()) return std::nullopt;
        c = text_[at_];
        if (c == '\r' && next_is_line_end()) c = text_[++at_];
        if (c == '\n') continue;
        static constexpr std::string_view kEscapes = "\"\\ntb";
        static constexpr std::string_view kMeanings = "\"\\\n\t\b";
        const size_t index = kEscapes.find(c);
        if (index == std::string_view::npos) return std::nullopt;
        c = kMeanings[index];
      }
      value += c;
      if (quoted || escaped || kBlanks.find(c) == std::string_view::npos) kept = value.size();
    }
    if (quoted) return std::nullopt;
    value.resize(kept);
    return value;
  }

  [[nodiscard]] bool next_is_line_end() const { return text_.substr(at_ + 1, 1) == "\n"; }

  std::string_view text_;
  size_t at_ = 0;
  std::string section_;
  std::vector<GitConfigEntry> entries_;
};

std::optional<std::string> read_config(const fs::path& file) {
  const FileDescriptor config(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!config.is_open()) return std::nullopt;
  auto text = read_all(config.number(), file.string(), kMaxGitConfigBytes);
  return text ? std::optional(*std::move(text)) : std::nullopt;
}

/// What a path in the file `config` means.
fs::path expanded(const std::string& path, const fs::path& config, const fs::path& home) {
  if (path.starts_with("~/")) return home / path.substr(2);
  return config.parent_path() / path;  // which is `path` where that is absolute
}

struct ExcludesSearch {
  const fs::path& home;
  std::optional<fs::path> found;

  // NOLINTNEXTLINE(misc-no-recursion): at most kMaxGitIncludeDepth deep
  void read(const fs::path& file, int depth) {
    const auto text = depth <= kMaxGitIncludeDepth ? read_config(file) : std::nullopt;
    if (!text) return;
    for (const GitConfigEntry& entry : parse_git_config(*text)) {
      if (entry.name == "core.excludesfile") {
        found = expanded(entry.value, file, home);
      } else if (entry.name == "include.path" ||
                 (entry.name.starts_with("includeif.") && entry.name.ends_with(".path"))) {
        read(expanded(entry.value, file, home), depth + 1);
      }
    }
  }
};

}  // namespace

std::vector<GitConfigEntry> parse_git_config(std::string_view text) {
  return ConfigReader(text).read();
}

std::optional<fs::path> git_excludes_file(const std::vector<fs::path>& files,
                                          const fs::path& home) {
  ExcludesSearch search = {.home = home};
  for (const fs::path& file : files) search.read(file, 0);
  return search.found;
}

}  // namespace fimd
