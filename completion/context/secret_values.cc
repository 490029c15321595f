#include "completion/context/secret_values.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/base/ascii.h"

namespace fimd {
namespace {

// A random hexadecimal key of 64 bits has 50.
constexpr double kMinBits = 44;
constexpr size_t kMinPasswordBytes = 8;
// Eight different characters have 24.
constexpr double kMinPasswordBits = 20;
/// Characters of one kind in a row: words have 4 to 8, random text of any alphabet about 2.
constexpr double kMinWordRun = 3;

bool is_separator(char c) {
  return std::string_view("-_./:=+").find(c) != std::string_view::npos;
}

/// Shannon entropy of the bytes, times their number.
double bits_of(std::string_view value) {
  std::array<size_t, 256> counts = {};
  for (const char c : value) ++counts[static_cast<unsigned char>(c)];
  const auto total = static_cast<double>(value.size());
  double bits = 0;
  for (const size_t count : counts) {
    if (count > 0)
      bits -= static_cast<double>(count) * std::log2(static_cast<double>(count) / total);
  }
  return bits;
}

// 8-4-4-4-12 hexadecimal digits.
bool is_uuid(std::string_view value) {
  static constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (value.size() != kShape.size()) return false;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (kShape[i] == '-' ? c != '-' : !is_ascii_hex_digit(c)) return false;
  }
  return true;
}

// Whether it reads as words: runs of one kind of letter, a capital before them included.
bool is_wordy(std::string_view value) {
  size_t num_runs = 0;
  size_t num_characters = 0;
  char previous = ' ';
  for (const char c : value) {
    if (!is_separator(c)) {
      ++num_characters;
      const bool goes_on = (is_ascii_lower(c) && is_ascii_letter(previous)) ||
                           (is_ascii_upper(c) && is_ascii_upper(previous)) ||
                           (is_ascii_digit(c) && is_ascii_digit(previous));
      if (!goes_on) ++num_runs;
    }
    previous = c;
  }
  return static_cast<double>(num_characters) >= kMinWordRun * static_cast<double>(num_runs);
}

}  // namespace

bool looks_random(std::string_view value) {
  if (value.size() > kMaxSecretBytes) return false;
  const bool has_digit = std::ranges::any_of(value, is_ascii_digit);
  const auto num_lower = std::ranges::count_if(value, is_ascii_lower);
  const auto num_upper = std::ranges::count_if(value, is_ascii_upper);
  const bool known_alphabet = std::ranges::all_of(
      value, [](char c) { return is_ascii_letter(c) || is_ascii_digit(c) || is_separator(c); });
  // Dates have one letter or two.
  const bool mixed = has_digit ? num_lower + num_upper > 2 : num_lower > 0 && num_upper > 0;
  return known_alphabet && mixed && bits_of(value) >= kMinBits && !is_wordy(value) &&
         !is_uuid(value);
}

bool looks_like_password(std::string_view value) {
  if (value.size() < kMinPasswordBytes || value.size() > kMaxSecretBytes) return false;
  if (is_placeholder(value)) return false;
  if (looks_random(value)) return true;
  const bool has_digit = std::ranges::any_of(value, is_ascii_digit);
  const bool has_letter = std::ranges::any_of(value, is_ascii_letter);
  const bool has_sign = value.find_first_of("!@#$%^&*?~|") != std::string_view::npos;
  // Calls and paths have signs too.
  const bool is_code = value.find_first_of("/\\(){}[]<>;,\"'`: ") != std::string_view::npos;
  return has_digit && has_letter && has_sign && !is_code && bits_of(value) >= kMinPasswordBits;
}

bool is_placeholder(std::string_view value) {
  if (value.empty()) return true;
  if (value.find_first_not_of(value.front()) == std::string_view::npos) return true;
  if (value.starts_with('$') && value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789",
                                                        1) == std::string_view::npos) {
    return true;
  }
  return value.starts_with("${") || value.starts_with("$(") || value.starts_with('<') ||
         value.starts_with('{') || value.starts_with('%') || value.starts_with("#{");
}

}  // namespace fimd
