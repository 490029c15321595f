#include "completion/context/secrets.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "completion/context/secret_values.h"
#include "completion/syntax/text_lines.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

/// What is read of a string before it is known to be a secret; bounds the time that hostile text
/// takes.
constexpr size_t kMaxLookBytes = 512;

constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Characters, as a set.
class Alphabet {
 public:
  constexpr explicit Alphabet(std::string_view signs, std::string_view letters = kLetters) {
    for (const char c : letters) members_[index(c)] = true;
    for (const char c : signs) members_[index(c)] = true;
  }

  [[nodiscard]] constexpr bool has(char c) const { return members_[index(c)]; }

  /// Where the run of members that begins at `begin` ends, `limit` at the latest.
  [[nodiscard]] size_t run_end(std::string_view text, size_t begin, size_t limit) const {
    const size_t last = std::min(limit, text.size());
    size_t end = begin;
    while (end < last && has(text[end])) ++end;
    return end;
  }

 private:
  static constexpr size_t index(char c) { return static_cast<unsigned char>(c); }

  std::array<bool, 256> members_ = {};
};

constexpr Alphabet kCapitals("0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
constexpr Alphabet kAlphanumeric("");
constexpr Alphabet kWord("_");
constexpr Alphabet kName("_-");  // base64url too
constexpr Alphabet kDotted("_-.~+/=");
constexpr Alphabet kBase64("+/=\\");  // with the escapes of a literal
constexpr Alphabet kPlainValue("_-+/");
constexpr Alphabet kNameEnd(" \t\"'`])?!", "");  // between a name and what assigns to it
constexpr Alphabet kAssignment(":=>", "");
constexpr Alphabet kBlank(" \t", "");
constexpr Alphabet kPadding("=", "");
constexpr Alphabet kPaddingOrBlank("= \t", "");
constexpr Alphabet kKeySeparator(" \t\r\n\"'`,;+\\", "");

struct TokenShape {
  std::string_view prefix;
  const Alphabet& alphabet;
  size_t min_bytes;        // after the prefix
  bool exact = false;      // `min_bytes` and no more
  bool if_random = false;  // else words have that shape too
};

constexpr std::array kShapes = {
    TokenShape{"AKIA", kCapitals, 16, true},
    TokenShape{"ASIA", kCapitals, 16, true},
    TokenShape{"AIza", kName, 35, true},
    TokenShape{"AGE-SECRET-KEY-1", kCapitals, 50},
    TokenShape{"Basic ", kDotted, 16, false, true},
    TokenShape{"Bearer ", kDotted, 16, false, true},
    TokenShape{"bearer ", kDotted, 16, false, true},
    TokenShape{"SG.", kDotted, 60, false, true},
    TokenShape{"dckr_pat_", kName, 20},
    TokenShape{"dop_v1_", kAlphanumeric, 40},
    TokenShape{"ghp_", kAlphanumeric, 30},
    TokenShape{"gho_", kAlphanumeric, 30},
    TokenShape{"ghu_", kAlphanumeric, 30},
    TokenShape{"ghs_", kAlphanumeric, 30},
    TokenShape{"ghr_", kAlphanumeric, 30},
    TokenShape{"github_pat_", kWord, 22},
    TokenShape{"glpat-", kName, 20},
    TokenShape{"gsk_", kAlphanumeric, 40},
    TokenShape{"hf_", kAlphanumeric, 30},
    TokenShape{"hvs.", kName, 24, false, true},
    TokenShape{"npm_", kAlphanumeric, 36, true},
    TokenShape{"pypi-", kName, 50},
    TokenShape{"rk_live_", kAlphanumeric, 16},
    TokenShape{"rk_test_", kAlphanumeric, 16},
    TokenShape{"shpat_", kAlphanumeric, 32},
    TokenShape{"sk-", kName, 20, false, true},
    TokenShape{"sk_live_", kAlphanumeric, 16},
    TokenShape{"sk_test_", kAlphanumeric, 16},
    TokenShape{"whsec_", kAlphanumeric, 24},
    TokenShape{"xapp-", kName, 20, false, true},
    TokenShape{"xoxa-", kName, 10},
    TokenShape{"xoxb-", kName, 10},
    TokenShape{"xoxe-", kName, 10},
    TokenShape{"xoxp-", kName, 10},
    TokenShape{"xoxr-", kName, 10},
    TokenShape{"xoxs-", kName, 10},
    TokenShape{"ya29.", kName, 20, false, true},
};

/// What a name is about when its value is secret; without '_' and '-'.
constexpr std::string_view kSecretNames =
    "password passwd passphrase pwd secret token apikey accesskey privatekey authkey signingkey "
    "encryptionkey masterkey accountkey sessionkey credential";

bool is_secret_name(std::string_view name) {
  static constexpr size_t kMaxNameBytes = 64;
  name.remove_prefix(name.size() - std::min(name.size(), kMaxNameBytes));
  std::array<char, kMaxNameBytes> letters = {};
  size_t num_letters = 0;
  for (const char c : name) {
    if (c == '_' || c == '-') continue;
    letters[num_letters++] = to_ascii_lower(c);
  }
  const std::string_view plain(letters.data(), num_letters);
  return any_word(kSecretNames, [&](std::string_view word) {
    return plain.find(word) != std::string_view::npos;
  });
}

/// One pass over a text. What each step reads ahead and does not mask is bounded by kMaxLookBytes.
class Masker {
 public:
  explicit Masker(std::string_view text) : text_(text), masked_(text) {}

  std::string run() {
    size_t at = 0;
    while (at < text_.size()) {
      const char c = text_[at];
      if (kAlphanumeric.has(c)) {
        at = read_word(at);
      } else if (c == '\\') {
        at += 2;  // the letter of an escape begins no token
      } else if (c == '-' && text_.substr(at, kFence.size()) == kFence) {
        at = read_marker(at);
      } else {
        if (c == ':' && text_.substr(at, 3) == "://") mask_url_password(at + 3);
        ++at;
      }
    }
    return std::move(masked_);
  }

 private:
  static constexpr std::string_view kFence = "-----";

  struct Span {
    size_t begin = 0;
    size_t end = 0;
  };

  void mask(size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (text_[i] != '\n' && text_[i] != '\r') masked_[i] = '*';
    }
  }

  // The letters and digits at `begin`: what they begin, and what is assigned to a name that they
  // end. Returns where to go on.
  size_t read_word(size_t begin) {
    const size_t end = kAlphanumeric.run_end(text_, begin, text_.size());
    if (may_begin_token(begin, end)) {
      const Span token = token_at(begin);
      mask(token.begin, token.end);
      if (token.begin < token.end) return token.end;
    }
    if (end < text_.size() && kName.has(text_[end])) return end;  // the name goes on
    const size_t value = assigned_value(end);
    if (value > end && is_secret_name(text_.substr(0, end).substr(name_begin(end)))) {
      mask_value(value);
    }
    return end;
  }

  // Most words are ruled out by their length and what follows: a prefix of kShapes ends in a sign
  // or is part of a long word.
  [[nodiscard]] bool may_begin_token(size_t begin, size_t end) const {
    static constexpr size_t kMaxPrefixWord = 6;
    static constexpr size_t kMinWholeToken = 20;
    const char next = end < text_.size() ? text_[end] : '\n';
    const bool ends_in_sign = next == '_' || next == '-' || next == '.' || next == ' ';
    return end - begin >= kMinWholeToken || text_.substr(begin, 3) == "eyJ" ||
           (end - begin <= kMaxPrefixWord && ends_in_sign) || text_.substr(begin, 4) == "AIza";
  }

  // The token of a known shape that begins at `begin`; empty when there is none.
  [[nodiscard]] Span token_at(size_t begin) const {
    const std::string_view rest = text_.substr(begin);
    if (rest.starts_with("eyJ")) return {begin, json_web_token_end(begin)};
    for (const TokenShape& shape : kShapes) {
      if (shape.prefix[0] != rest[0] || !rest.starts_with(shape.prefix)) continue;
      const size_t first = begin + shape.prefix.size();
      const size_t seen = shape.alphabet.run_end(text_, first, first + kMaxLookBytes);
      const size_t num_bytes = seen - first;
      if (shape.exact ? num_bytes != shape.min_bytes : num_bytes < shape.min_bytes) continue;
      if (shape.if_random && !looks_random(text_.substr(first, num_bytes))) continue;
      const size_t end = shape.alphabet.run_end(text_, seen, text_.size());
      return {shape.prefix.ends_with(' ') ? first : begin, end};
    }
    return {};
  }

  // header.claims.signature, each base64url; the first two begin as '{"' does.
  [[nodiscard]] size_t json_web_token_end(size_t begin) const {
    static constexpr size_t kMinClaimBytes = 8;
    const size_t header_end = kName.run_end(text_, begin, begin + kMaxLookBytes);
    if (text_.substr(header_end, 4) != ".eyJ") return begin;
    const size_t claims_end = kName.run_end(text_, header_end + 1, text_.size());
    if (claims_end - header_end < kMinClaimBytes) return begin;
    if (text_.substr(claims_end, 1) != ".") return claims_end;
    return kName.run_end(text_, claims_end + 1, text_.size());
  }

  [[nodiscard]] size_t name_begin(size_t end) const {
    size_t begin = end;
    const size_t limit = end - std::min(end, kMaxLookBytes);
    while (begin > limit && kName.has(text_[begin - 1])) --begin;
    return begin;
  }

  [[nodiscard]] size_t skip(size_t at, const Alphabet& characters) const {
    return characters.run_end(text_, at, at + kMaxLookBytes);
  }

  // Where the value begins that is assigned to the name that ends at `end`: name = value, "name":
  // value, names["name"] := value. `end` when there is none.
  [[nodiscard]] size_t assigned_value(size_t end) const {
    const size_t sign = skip(end, kNameEnd);
    const size_t value = skip(sign, kAssignment);
    return value == sign || text_[sign] == '>' ? end : skip(value, kBlank);
  }

  void mask_value(size_t begin) {
    if (mask_literal(begin)) return;
    const size_t end = kPlainValue.run_end(text_, begin, begin + kMaxLookBytes);
    if (looks_random(text_.substr(begin, end - begin))) {
      const size_t last = kPlainValue.run_end(text_, end, text_.size());
      if (text_.substr(last, 1) != "(") mask(begin, skip(last, kPadding));
      return;
    }
    // name: type = value
    const size_t sign = std::min(text_.find_first_of("=\"'\r\n,;", begin), text_.size());
    if (sign - begin < kMaxLookBytes && text_.substr(sign, 1) == "=") {
      mask_literal(skip(sign, kPaddingOrBlank));
    }
  }

  // Whether a quoted literal begins there, of whatever value.
  bool mask_literal(size_t begin) {
    static constexpr size_t kMaxLiteralPrefix = 2;  // rb"..."
    const size_t quote = kAlphanumeric.run_end(text_, begin, begin + kMaxLiteralPrefix);
    if (quote >= text_.size()) return false;
    const char mark = text_[quote];
    if (mark != '"' && mark != '\'' && mark != '`') return false;
    const std::string_view rest = text_.substr(quote + 1, kMaxSecretBytes + 1);
    const size_t end = rest.find_first_of(" \t\r\n\"'`");
    const size_t last = std::min(end, rest.size());
    // One that is being typed ends with its line.
    const bool is_closed =
        last == rest.size() || rest[last] == mark || rest[last] == '\r' || rest[last] == '\n';
    if (is_closed && looks_like_password(rest.substr(0, last))) mask(quote + 1, quote + 1 + last);
    return true;
  }

  // scheme://user:password@host, from after the slashes; also scheme://token@host.
  void mask_url_password(size_t begin) {
    const std::string_view rest = text_.substr(begin, kMaxLookBytes);
    const std::string_view authority = rest.substr(0, rest.find_first_of(" \t\r\n\"'`<>/?#\\,;()"));
    const size_t host = authority.rfind('@');
    if (host == std::string_view::npos) return;
    const std::string_view user = authority.substr(0, host);
    const size_t colon = user.find(':');
    if (colon == std::string_view::npos) {
      if (looks_random(user)) mask(begin, begin + host);
    } else if (!is_placeholder(user.substr(colon + 1))) {
      mask(begin + colon + 1, begin + host);
    }
  }

  // "-----BEGIN ... PRIVATE KEY-----" or its END. Returns where to go on.
  size_t read_marker(size_t begin) {
    static constexpr std::string_view kBegin = "-----BEGIN ";
    static constexpr std::string_view kEnd = "-----END ";
    static constexpr size_t kMaxLabelBytes = 64;
    const std::string_view rest = text_.substr(begin);
    const bool begins = rest.starts_with(kBegin);
    if (!begins && !rest.starts_with(kEnd)) return begin + kFence.size();
    const std::string_view marker = rest.substr(kFence.size(), kMaxLabelBytes);
    const std::string_view label = marker.substr(0, marker.find_first_of("-\r\n"));
    const size_t end = begin + kFence.size() + label.size();
    if (label.find("PRIVATE KEY") == std::string_view::npos) return end;
    if (begins) return mask_key_after(text_.substr(end).starts_with(kFence) ? end + 5 : end);
    mask_key_before(begin);
    return end;
  }

  // Pieces of base64 follow, each a line, then a shorter one; quotes and commas may stand between
  // them. Code and prose end it. Returns its end.
  size_t mask_key_after(size_t begin) {
    bool after_long = false;
    size_t done = begin;
    size_t at = begin;
    while (true) {
      while (at < text_.size() && kKeySeparator.has(text_[at])) ++at;
      const std::string_view rest = text_.substr(at);
      if (rest.starts_with("Proc-Type:") || rest.starts_with("DEK-Info:")) {
        at = line_end(text_, at);
        continue;
      }
      const size_t end = kBase64.run_end(text_, at, text_.size());
      const bool is_long = end - at >= kMinKeyPiece;
      if (end == at || (!is_long && !after_long)) return done;
      mask(at, end);
      after_long = is_long;
      done = at = end;
    }
  }

  // The same, from the end; the shorter piece comes first.
  void mask_key_before(size_t end) {
    size_t short_begin = end;
    size_t short_end = end;
    while (true) {
      while (end > 0 && kKeySeparator.has(text_[end - 1])) --end;
      size_t begin = end;
      while (begin > 0 && kBase64.has(text_[begin - 1])) --begin;
      const bool is_long = end - begin >= kMinKeyPiece;
      if (begin == end || (!is_long && short_begin < short_end)) return;
      if (is_long) {
        mask(begin, end);
        mask(short_begin, short_end);
      }
      short_begin = begin;
      short_end = end;
      end = begin;
    }
  }

  // Shorter than a key's lines, longer than a word.
  static constexpr size_t kMinKeyPiece = 16;

  std::string_view text_;
  std::string masked_;
};

}  // namespace

std::string mask_secrets(std::string_view text) {
  return Masker(text).run();
}

bool has_masked_run(std::string_view suggestion, std::string_view document) {
  static constexpr size_t kMinRun = 4;
  size_t longest = 0;
  for (size_t at = suggestion.find('*'); at < suggestion.size(); at = suggestion.find('*', at)) {
    const size_t end = std::min(suggestion.find_first_not_of('*', at), suggestion.size());
    longest = std::max(longest, end - at);
    at = end;
  }
  return longest >= kMinRun && document.find(std::string(longest, '*')) == std::string_view::npos;
}

}  // namespace fimd
