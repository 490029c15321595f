#include "engine/tokenizer/ruby_pattern.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "engine/json/json_file.h"
#include "engine/utf8.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

// Members of a set, without the brackets.
constexpr std::string_view kSpaceMembers =
    R"(\t-\r \x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000})";
constexpr std::string_view kWordMembers = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})";
constexpr std::string_view kHexMembers = "0-9A-Fa-f";

constexpr std::string_view kGeneralCategories =
    " c cc cf cn co cs l ll lm lo lt lu m mc me mn n nd nl no p pc pd pe pf pi po ps "
    "s sc sk sm so z zl zp zs ";

using NamePair = std::pair<std::string_view, std::string_view>;

constexpr std::array<NamePair, 29> kLongPropertyNames = {{
    {"letter", "L"},
    {"uppercaseletter", "Lu"},
    {"lowercaseletter", "Ll"},
    {"titlecaseletter", "Lt"},
    {"modifierletter", "Lm"},
    {"otherletter", "Lo"},
    {"mark", "M"},
    {"nonspacingmark", "Mn"},
    {"spacingmark", "Mc"},
    {"enclosingmark", "Me"},
    {"number", "N"},
    {"decimalnumber", "Nd"},
    {"digit", "Nd"},
    {"letternumber", "Nl"},
    {"othernumber", "No"},
    {"punctuation", "P"},
    {"symbol", "S"},
    {"mathsymbol", "Sm"},
    {"currencysymbol", "Sc"},
    {"modifiersymbol", "Sk"},
    {"othersymbol", "So"},
    {"separator", "Z"},
    {"spaceseparator", "Zs"},
    {"other", "C"},
    {"any", "Any"},
    {"alphabetic", "Alphabetic"},
    {"alpha", "Alphabetic"},
    {"upper", "Uppercase"},
    {"lower", "Lowercase"},
}};

constexpr std::array<NamePair, 8> kPosixSets = {{
    {"alpha", R"(\p{Alphabetic})"},
    {"digit", R"(\p{Nd})"},
    {"alnum", R"(\p{Alphabetic}\p{Nd})"},
    {"upper", R"(\p{Uppercase})"},
    {"lower", R"(\p{Lowercase})"},
    {"space", kSpaceMembers},
    {"word", kWordMembers},
    {"xdigit", kHexMembers},
}};

template <size_t kCount>
std::optional<std::string_view> look_up(const std::array<NamePair, kCount>& pairs,
                                        std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return std::nullopt;
}

bool is_hex_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_ascii_hex_digit);
}

bool is_ascii_punctuation(char byte) {
  return byte >= '!' && byte <= '~' && !is_ascii_letter(byte) && !is_ascii_digit(byte);
}

std::string in_brackets(std::string_view members, bool negated) {
  return (negated ? "[^" : "[") + std::string(members) + "]";
}

/// The members of \s, \w and \h; nothing for other letters.
std::optional<std::string_view> members_of_shorthand(char letter) {
  switch (letter) {
    case 's': return kSpaceMembers;
    case 'w': return kWordMembers;
    case 'h': return kHexMembers;
    default: return std::nullopt;
  }
}

/// What the braces of \p{`name`} hold in PCRE2.
std::string property_name(std::string_view name) {
  std::string key;
  for (const char byte : name) {
    if (is_ascii_letter(byte)) key += to_ascii_lower(byte);
  }
  if (const auto known = look_up(kLongPropertyNames, key)) return std::string(*known);
  const bool category = kGeneralCategories.find(" " + key + " ") != std::string_view::npos;
  // A bare script name would mean the script's extensions to PCRE2.
  return (category ? "" : "sc:") + std::string(name);
}

/// {n}, {n,}, {,m} or {n,m}, as PCRE2 spells it.
struct Interval {
  size_t size_bytes;
  std::string text;
  bool exact;  ///< {n}
};

std::optional<Interval> parse_interval(std::string_view text) {
  const size_t end = text.find('}');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view body = text.substr(1, end - 1);
  const size_t comma = std::min(body.find(','), body.size());
  const std::string_view low = body.substr(0, comma);
  const std::string_view high = body.substr(std::min(comma + 1, body.size()));
  const auto all_digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), is_ascii_digit);
  };
  if (!all_digits(low) || !all_digits(high) || (low.empty() && high.empty())) return std::nullopt;
  const bool exact = comma == body.size();
  const std::string bounds = std::string(low.empty() ? "0" : low) + (exact ? "" : ",");
  return Interval{
      .size_bytes = end + 1, .text = "{" + bounds + std::string(high) + "}", .exact = exact};
}

/// \b, or with `negated` \B, for this \w.
std::string word_boundary(bool negated) {
  const std::string word = in_brackets(kWordMembers, false);
  const std::string same = "(?<=" + word + ")(?" + (negated ? "=" : "!") + word + ")";
  const std::string other = "(?<!" + word + ")(?" + (negated ? "!" : "=") + word + ")";
  return "(?:" + same + "|" + other + ")";
}

/// Copies a pattern from left to right, rewriting as it goes. Every read_ function finds a
/// construct at the beginning of rest_ and leaves rest_ behind it.
class Translator {
 public:
  Translator(std::string_view ruby, const std::string& where)
      : ruby_(ruby), rest_(ruby), where_(where) {}

  Result<std::string> run() {
    while (!rest_.empty()) FIMD_TRY_STATUS(read_item());
    return std::move(out_);
  }

 private:
  Status read_item() {
    switch (rest_.front()) {
      case '\\': return read_escape();
      case '[': return read_set();
      case '(': return read_group_start();
      case '{': return read_interval();
      default: return copy(1);
    }
  }

  Status read_group_start() {
    if (rest_.starts_with("(?#")) {
      const size_t end = rest_.find(')');
      if (end == std::string_view::npos) return cut_off();
      return replace(end + 1, "");
    }
    for (const std::string_view opening : {"(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!"}) {
      if (rest_.starts_with(opening)) return copy(opening.size());
    }
    if (rest_.starts_with("(*")) return unsupported("(*");
    return rest_.starts_with("(?") ? read_options() : replace(1, "(?:");
  }

  /// (?i-m: or, at the very beginning, (?i-m). Elsewhere the latter reaches across "|" differently.
  Status read_options() {
    const size_t end = rest_.find_first_not_of("im-", 2);
    if (end == std::string_view::npos) return cut_off();
    const bool whole_pattern = rest_[end] == ')' && out_.empty();
    if (!whole_pattern && rest_[end] != ':') return unsupported(rest_.substr(0, end + 1));
    std::string options(rest_.substr(0, end + 1));
    std::replace(options.begin(), options.end(), 'm', 's');
    return replace(end + 1, options);
  }

  Status read_interval() {
    const std::optional<Interval> interval = parse_interval(rest_);
    if (!interval) return replace(1, "\\{");
    const std::string_view behind = rest_.substr(interval->size_bytes);
    const bool differs = behind.starts_with('+') || (interval->exact && behind.starts_with('?'));
    if (differs) return unsupported(rest_.substr(0, interval->size_bytes + 1));
    return replace(interval->size_bytes, interval->text);
  }

  Status read_escape() {
    if (rest_.size() < 2) return cut_off();
    const char letter = rest_[1];
    const char lower = to_ascii_lower(letter);
    if (std::string_view("AzZRdD").find(letter) != std::string_view::npos) return copy(2);
    if (lower == 'b') return replace(2, word_boundary(/*negated=*/letter == 'B'));
    if (lower == 'p') return read_property();
    if (const auto members = is_ascii_letter(letter) ? members_of_shorthand(lower) : std::nullopt) {
      return replace(2, in_brackets(*members, /*negated=*/letter != lower));
    }
    return read_character_escape();
  }

  Status read_property() {
    const size_t end = rest_.find('}');
    if (rest_.substr(2, 1) != "{") return unsupported(rest_.substr(0, 2));
    if (end == std::string_view::npos) return cut_off();
    std::string_view name = rest_.substr(3, end - 3);
    const bool caret = name.starts_with('^');
    if (caret) name.remove_prefix(1);
    const bool plain = std::all_of(
        name.begin(), name.end(), [](char byte) { return is_ascii_letter(byte) || byte == '_'; });
    if (!plain || name.empty()) return unsupported(rest_.substr(0, end + 1));
    const bool negated = caret != (rest_[1] == 'P');
    return replace(end + 1, (negated ? "\\P{" : "\\p{") + property_name(name) + "}");
  }

  /// An escape for one character, in or out of a set.
  Status read_character_escape() {
    const char letter = rest_[1];
    if (std::string_view("nrtfae").find(letter) != std::string_view::npos) return copy(2);
    if (letter == 'v') return replace(2, "\\x0B");
    if (is_ascii_punctuation(letter) || letter == ' ') return copy(2);
    if (!is_ascii(letter)) return replace(1, "");
    if (letter == 'u') return read_code_point(2, 4);
    if (rest_.starts_with("\\x{")) {
      const size_t end = rest_.find('}');
      if (end == std::string_view::npos) return cut_off();
      if (!is_hex_digits(rest_.substr(3, end - 3))) return unsupported(rest_.substr(0, end + 1));
      return copy(end + 1);
    }
    // Above 7F it is one byte of a character.
    const bool ascii = rest_.size() > 2 && rest_[2] >= '0' && rest_[2] <= '7';
    if (letter == 'x' && ascii) return read_code_point(2, 2);
    return unsupported(rest_.substr(0, 2));
  }

  Status read_code_point(size_t prefix_bytes, size_t num_digits) {
    const std::string_view digits = rest_.substr(prefix_bytes, num_digits);
    const size_t size_bytes = std::min(prefix_bytes + num_digits, rest_.size());
    if (digits.size() < num_digits || !is_hex_digits(digits)) {
      return unsupported(rest_.substr(0, size_bytes));
    }
    return replace(size_bytes, "\\x{" + std::string(digits) + "}");
  }

  Status read_set() {
    FIMD_TRY_STATUS(copy(rest_.starts_with("[^") ? 2 : 1));
    if (rest_.starts_with(']')) FIMD_TRY_STATUS(replace(1, "\\]"));
    while (!rest_.empty()) {
      if (rest_.front() == ']') return copy(1);
      FIMD_TRY_STATUS(read_set_item());
    }
    return cut_off();
  }

  Status read_set_item() {
    if (rest_.starts_with("&&")) return unsupported("&& in a set");
    switch (rest_.front()) {
      case '[': return read_posix_set();
      case '\\': return read_set_escape();
      case '^': return replace(1, "\\^");
      case '-': break;
      default: return copy(1);
    }
    const bool before_shorthand = rest_.size() > 2 && rest_[1] == '\\' && is_shorthand(rest_[2]);
    return before_shorthand ? unsupported(rest_.substr(0, 3)) : copy(1);
  }

  static bool is_shorthand(char letter) {
    return std::string_view("swhdpSWHDP").find(letter) != std::string_view::npos;
  }

  Status read_posix_set() {
    const size_t end = rest_.find(":]");
    if (!rest_.starts_with("[:") || end == std::string_view::npos) {
      return unsupported("a set in a set");
    }
    const auto members = look_up(kPosixSets, rest_.substr(2, end - 2));
    if (!members) return unsupported(rest_.substr(0, end + 2));
    FIMD_TRY_STATUS(replace(end + 2, *members));
    return read_hyphen_behind_shorthand();
  }

  Status read_set_escape() {
    if (rest_.size() < 2) return cut_off();
    const char letter = rest_[1];
    if (!is_shorthand(letter)) return read_character_escape();
    if (letter == 'p' || letter == 'P') {
      FIMD_TRY_STATUS(read_property());
    } else if (letter == 'd' || letter == 'D') {
      FIMD_TRY_STATUS(copy(2));
    } else if (letter == 'S') {
      FIMD_TRY_STATUS(replace(2, "\\S\\x{180E}"));
    } else if (const auto members = members_of_shorthand(letter)) {
      FIMD_TRY_STATUS(replace(2, *members));
    } else {
      return unsupported(std::string(rest_.substr(0, 2)) + " in a set");
    }
    return read_hyphen_behind_shorthand();
  }

  /// A shorthand begins no range, whatever it was expanded to.
  Status read_hyphen_behind_shorthand() {
    return rest_.starts_with('-') ? replace(1, "\\-") : Status{};
  }

  Status copy(size_t size_bytes) { return replace(size_bytes, rest_.substr(0, size_bytes)); }

  Status replace(size_t size_bytes, std::string_view text) {
    out_ += text;
    rest_.remove_prefix(size_bytes);
    return {};
  }

  [[nodiscard]] tl::unexpected<Error> unsupported(std::string_view construct) const {
    return fail(ErrorCode::kUnsupported,
                where_ + ": pattern " + quote(ruby_) + " uses " + quote(construct) +
                    ", which is not supported");
  }

  [[nodiscard]] tl::unexpected<Error> cut_off() const {
    return fail(ErrorCode::kInvalidInput,
                where_ + ": pattern " + quote(ruby_) + " ends inside " + quote(rest_.substr(0, 8)));
  }

  std::string_view ruby_;
  std::string_view rest_;
  const std::string& where_;
  std::string out_;
};

}  // namespace

Result<std::string> pcre2_pattern(std::string_view ruby, const std::string& where) {
  if (!is_valid_utf8(ruby)) return fail(ErrorCode::kInvalidInput, where + ": pattern is not UTF-8");
  // From each start in a run of spaces, \s+$ goes to the run's end and back: quadratic in the run,
  // and this pattern stands in DeepSeek's own files. Where the run's first start fails all do, so
  // that starts inside a run need not be tried. 64 kB of spaces before a digit: 7 ms, else 2 s.
  const bool trailing_space = ruby == R"(\s+$)";
  FIMD_TRY(std::string pattern, Translator(ruby, where).run());
  return trailing_space ? "(?<!" + in_brackets(kSpaceMembers, false) + ")" + pattern : pattern;
}

std::string escape_pattern(std::string_view text) {
  std::string pattern;
  for (const char byte : text) {
    if (is_ascii_punctuation(byte)) pattern += '\\';
    pattern += byte;
  }
  return pattern;
}

}  // namespace fimd
