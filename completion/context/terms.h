// The words that code is compared by.
//
//   parseHTTPHeader2(max_bytes)  ->  parse http header parsehttpheader2, max bytes maxbytes
//
// An identifier counts by its parts and as a whole, however it is joined, so that `max_bytes` finds
// `bytes` a little and `maxBytes` much. Terms are hashes of lower-case letters and digits:
// comparing code needs no spelling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernels/base/ascii.h"

namespace fimd {

/// A longer word is data.
inline constexpr size_t kMaxWordBytes = 64;

struct Term {
  uint32_t hash = 0;
  std::string_view spelling;  ///< as written
  bool is_whole = false;      ///< an identifier of several parts, not one of its parts
};

/// Of lower case: ASCII letters fold, other bytes stay.
class TermHash {
 public:
  void push(char c) {
    // FNV-1a.
    value_ = (value_ ^ static_cast<unsigned char>(to_ascii_lower(c))) * 16777619U;
  }

  /// Mixed, since tables use the low bits.
  [[nodiscard]] uint32_t value() const { return value_ ^ (value_ >> 15U); }

 private:
  uint32_t value_ = 2166136261U;
};

/// Whether a word says nothing of what code is about: of the languages' own, of English, or of the
/// sort that every program has (`value`, `result`).
bool is_common_term(std::string_view spelling);

namespace detail {

enum class CharacterKind : uint8_t { kOther, kLower, kUpper, kDigit, kJoin };

constexpr CharacterKind kind_of(char c) {
  if (is_ascii_lower(c) || !is_ascii(c)) return CharacterKind::kLower;
  if (is_ascii_upper(c)) return CharacterKind::kUpper;
  if (is_ascii_digit(c)) return CharacterKind::kDigit;
  return c == '_' || c == '$' ? CharacterKind::kJoin : CharacterKind::kOther;
}

/// Where the part of `word` that begins at `begin` ends: letters of one hump.
constexpr size_t part_end(std::string_view word, size_t begin) {
  size_t end = begin;
  while (end < word.size() && kind_of(word[end]) == CharacterKind::kUpper) ++end;
  const bool lower_follows = end < word.size() && kind_of(word[end]) == CharacterKind::kLower;
  if (end > begin + 1 && lower_follows) return end - 1;  // HTTPHeader: HTTP, Header
  while (end < word.size() && kind_of(word[end]) == CharacterKind::kLower) ++end;
  return end;
}

template <typename Visit>
void visit_word(std::string_view word, const Visit& visit) {
  if (word.size() > kMaxWordBytes) return;
  size_t num_parts = 0;
  TermHash whole;
  size_t at = 0;
  while (at < word.size()) {
    const CharacterKind kind = kind_of(word[at]);
    if (kind == CharacterKind::kDigit || kind == CharacterKind::kJoin) {
      if (kind == CharacterKind::kDigit) whole.push(word[at]);
      ++at;
      continue;
    }
    const size_t end = part_end(word, at);
    TermHash part;
    for (size_t i = at; i < end; ++i) {
      part.push(word[i]);
      whole.push(word[i]);
    }
    ++num_parts;
    // A single letter names nothing.
    if (end - at > 1) visit(Term{part.value(), word.substr(at, end - at), false});
    at = end;
  }
  if (num_parts > 1) visit(Term{whole.value(), word, true});
}

}  // namespace detail

/// Calls `visit` with every term of `text`, in its order.
template <typename Visit>
void visit_terms(std::string_view text, const Visit& visit) {
  size_t at = 0;
  while (at < text.size()) {
    const auto kind = detail::kind_of(text[at]);
    if (kind == detail::CharacterKind::kOther) {
      ++at;
      continue;
    }
    size_t end = at + 1;
    while (end < text.size() && detail::kind_of(text[end]) != detail::CharacterKind::kOther) ++end;
    // 0x1F and 42u are numbers.
    if (kind != detail::CharacterKind::kDigit) {
      detail::visit_word(text.substr(at, end - at), visit);
    }
    at = end;
  }
}

}  // namespace fimd
