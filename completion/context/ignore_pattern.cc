#include "completion/context/ignore_pattern.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace fimd {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

/// POSIX names these classes after the functions of <cctype>, so they are those.
using CharacterTest = int (*)(int);

constexpr std::array<std::pair<std::string_view, CharacterTest>, 12> kNamedClasses = {{
    {"alnum", std::isalnum},
    {"alpha", std::isalpha},
    {"blank", std::isblank},
    {"cntrl", std::iscntrl},
    {"digit", std::isdigit},
    {"graph", std::isgraph},
    {"lower", std::islower},
    {"print", std::isprint},
    {"punct", std::ispunct},
    {"space", std::isspace},
    {"upper", std::isupper},
    {"xdigit", std::isxdigit},
}};

CharacterTest named_class(std::string_view name) {
  for (const auto& [known, test] : kNamedClasses) {
    if (known == name) return test;
  }
  return nullptr;
}

/// What "[...]" says of one character.
struct ClassMatch {
  size_t end = kNowhere;  // after the ']'; kNowhere: the class is malformed
  bool matched = false;
};

/// The class whose '[' is at `begin`.
ClassMatch match_class(std::string_view glob, size_t begin, char character) {
  const auto wanted = static_cast<unsigned char>(character);
  size_t at = begin + 1;
  const bool negated = at < glob.size() && (glob[at] == '!' || glob[at] == '^');
  if (negated) ++at;
  bool matched = false;
  unsigned char previous = 0;  // where a range can begin
  for (bool first = true; at < glob.size() && (first || glob[at] != ']'); first = false, ++at) {
    auto current = static_cast<unsigned char>(glob[at]);
    if (current == '[' && glob.substr(at + 1, 1) == ":") {
      const size_t close = glob.find(']', at + 2);
      if (close == kNowhere) return {};
      if (close > at + 2 && glob[close - 1] == ':') {
        const CharacterTest test = named_class(glob.substr(at + 2, close - at - 3));
        if (test == nullptr) return {};
        matched = matched || test(wanted) != 0;
        previous = 0;
        at = close;
        continue;
      }
    }
    const bool is_range =
        current == '-' && previous != 0 && at + 1 < glob.size() && glob[at + 1] != ']';
    if (is_range) ++at;
    if (glob[at] == '\\' && ++at == glob.size()) return {};
    current = static_cast<unsigned char>(glob[at]);
    matched = matched || (is_range ? previous <= wanted && wanted <= current : wanted == current);
    previous = is_range ? 0 : current;
  }
  if (at >= glob.size()) return {};
  return {.end = at + 1, .matched = matched != negated && character != '/'};
}

bool is_well_formed(std::string_view glob) {
  size_t at = 0;
  while (at < glob.size()) {
    if (glob[at] == '\\') {
      if (at + 1 == glob.size()) return false;
      at += 2;
    } else if (glob[at] == '[') {
      at = match_class(glob, at, 'a').end;
      if (at == kNowhere) return false;
    } else {
      ++at;
    }
  }
  return true;
}

/// One attempt to match a whole text. `*` and `?` stop at slashes.
class GlobMatcher {
 public:
  GlobMatcher(std::string_view glob, std::string_view text, int64_t& steps)
      : glob_(glob), text_(text), steps_(steps) {}

  bool run() {
    while (true) {
      if (--steps_ < 0) return false;
      if (at_glob_ == glob_.size() && at_text_ == text_.size()) return true;
      if (at_glob_ < glob_.size() && glob_[at_glob_] == '*') {
        if (take_stars()) return true;
      } else if (!take_one() && !retry()) {
        return false;
      }
    }
  }

 private:
  // Whether all that is left of the text matches.
  bool take_stars() {
    const size_t begin = at_glob_;
    while (at_glob_ < glob_.size() && glob_[at_glob_] == '*') ++at_glob_;
    const bool is_segment = at_glob_ - begin > 1 && (begin == 0 || glob_[begin - 1] == '/');
    if (is_segment && at_glob_ == glob_.size()) return true;
    if (is_segment && glob_[at_glob_] == '/') {
      ++at_glob_;
      folders_ = {at_glob_, at_text_};
      star_ = {};
    } else {
      star_ = {at_glob_, at_text_};
    }
    return false;
  }

  bool take_one() {
    if (at_glob_ == glob_.size() || at_text_ == text_.size()) return false;
    const char character = text_[at_text_];
    size_t next = at_glob_ + 1;
    bool matched = false;
    if (glob_[at_glob_] == '[') {
      const ClassMatch result = match_class(glob_, at_glob_, character);
      steps_ -= static_cast<int64_t>(result.end - at_glob_);
      next = result.end;
      matched = result.matched;
    } else if (glob_[at_glob_] == '?') {
      matched = character != '/';
    } else {
      if (glob_[at_glob_] == '\\') ++next;
      matched = glob_[next - 1] == character;
    }
    if (!matched) return false;
    at_glob_ = next;
    ++at_text_;
    return true;
  }

  // Gives the last '*' one more character or else the last "**/" one more folder.
  bool retry() {
    if (star_.glob != kNowhere && star_.text < text_.size() && text_[star_.text] != '/') {
      at_glob_ = star_.glob;
      at_text_ = ++star_.text;
      return true;
    }
    if (folders_.glob == kNowhere) return false;
    const size_t slash = text_.find('/', folders_.text);
    if (slash == kNowhere) return false;
    folders_.text = slash + 1;
    star_ = {};
    at_glob_ = folders_.glob;
    at_text_ = folders_.text;
    return true;
  }

  /// Where to go on from: after the wildcard, and after what it has taken.
  struct Mark {
    size_t glob = kNowhere;
    size_t text = 0;
  };

  std::string_view glob_;
  std::string_view text_;
  int64_t& steps_;
  size_t at_glob_ = 0;
  size_t at_text_ = 0;
  Mark star_;
  Mark folders_;
};

// Without the blanks at the end that no backslash keeps.
std::string_view without_trailing_blanks(std::string_view line) {
  size_t end = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const bool escaped = line[i] == '\\';
    if (escaped) ++i;
    if (escaped || line[i] != ' ') end = i + 1;
  }
  return line.substr(0, end);
}

}  // namespace

std::optional<IgnorePattern> parse_ignore_pattern(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with('#') || line.size() > kMaxPatternBytes) return std::nullopt;
  line = without_trailing_blanks(line);
  IgnorePattern pattern;
  pattern.negated = line.starts_with('!');
  if (pattern.negated) line.remove_prefix(1);
  pattern.only_folders = line.ends_with('/');
  if (pattern.only_folders) line.remove_suffix(1);
  pattern.anchored = line.find('/') != kNowhere;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty() || !is_well_formed(line)) return std::nullopt;
  pattern.glob = line;
  return pattern;
}

std::vector<IgnorePattern> parse_ignore_patterns(std::string_view text) {
  static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<IgnorePattern> patterns;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (auto pattern = parse_ignore_pattern(text.substr(0, end))) {
      patterns.push_back(*std::move(pattern));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return patterns;
}

bool matches(const IgnorePattern& pattern, const IgnoreCandidate& candidate, int64_t& steps) {
  if (pattern.only_folders && !candidate.is_folder) return false;
  const size_t name = pattern.anchored ? 0 : candidate.path.rfind('/') + 1;
  return GlobMatcher(pattern.glob, candidate.path.substr(name), steps).run();
}

}  // namespace fimd
