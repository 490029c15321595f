#include "engine/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernels/base/ascii.h"

namespace fimd {
namespace {

struct Lead {
  size_t size_bytes = 0;  ///< 0: no character begins with this byte
  unsigned char second_min = 0x80;
  unsigned char second_max = 0xBF;
};

Lead lead_of(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {.size_bytes = 2};
  if (byte == 0xE0) return {.size_bytes = 3, .second_min = 0xA0};
  if (byte == 0xED) return {.size_bytes = 3, .second_max = 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {.size_bytes = 3};
  if (byte == 0xF0) return {.size_bytes = 4, .second_min = 0x90};
  if (byte >= 0xF1 && byte <= 0xF3) return {.size_bytes = 4};
  if (byte == 0xF4) return {.size_bytes = 4, .second_max = 0x8F};
  return {};
}

// Source code is nearly all ASCII: eight bytes at a time.
size_t ascii_prefix_bytes(std::string_view text) {
  size_t count = 0;
  while (text.size() - count >= sizeof(uint64_t)) {
    uint64_t eight_bytes = 0;
    std::memcpy(&eight_bytes, text.data() + count, sizeof(eight_bytes));
    if ((eight_bytes & 0x8080808080808080U) != 0) break;
    count += sizeof(eight_bytes);
  }
  while (count < text.size() && is_ascii(text[count])) ++count;
  return count;
}

/// The length of the longest valid beginning of `text`.
size_t valid_prefix_bytes(std::string_view text) {
  size_t offset = 0;
  while (true) {
    offset += ascii_prefix_bytes(text.substr(offset));
    if (offset == text.size()) return offset;
    const Utf8Unit unit = first_utf8_unit(text.substr(offset));
    if (!unit.valid) return offset;
    offset += unit.size_bytes;
  }
}

}  // namespace

Utf8Unit first_utf8_unit(std::string_view text) {
  const auto byte_at = [text](size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte_at(0);
  if (first < 0x80) return {.size_bytes = 1, .code_point = first, .valid = true};
  const Lead lead = lead_of(first);
  if (lead.size_bytes == 0) return {};
  char32_t code_point = first & (0xFFU >> (lead.size_bytes + 1));
  for (size_t index = 1; index < lead.size_bytes; ++index) {
    if (index == text.size()) return {.size_bytes = index, .cut_off = true};
    const unsigned char byte = byte_at(index);
    const bool fits = index == 1 ? byte >= lead.second_min && byte <= lead.second_max
                                 : is_utf8_continuation(text[index]);
    if (!fits) return {.size_bytes = index};
    code_point = (code_point << 6) | (byte & 0x3FU);
  }
  return {.size_bytes = lead.size_bytes, .code_point = code_point, .valid = true};
}

char32_t last_code_point(std::string_view text) {
  return first_utf8_unit(text.substr(character_start(text, text.size() - 1))).code_point;
}

bool is_valid_utf8(std::string_view text) {
  return valid_prefix_bytes(text) == text.size();
}

std::optional<size_t> find_invalid_utf8(std::string_view text) {
  const size_t valid_bytes = valid_prefix_bytes(text);
  if (valid_bytes == text.size()) return std::nullopt;
  return valid_bytes;
}

size_t count_characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_utf8_continuation(c); }));
}

void append_replacing_invalid(std::string_view text, std::string& out) {
  while (true) {
    const size_t valid_bytes = valid_prefix_bytes(text);
    out.append(text.substr(0, valid_bytes));
    text.remove_prefix(valid_bytes);
    if (text.empty()) return;
    out.append(kReplacementCharacter);
    text.remove_prefix(first_utf8_unit(text).size_bytes);
  }
}

size_t character_start(std::string_view text, size_t offset_bytes) {
  if (offset_bytes >= text.size()) return text.size();
  while (offset_bytes > 0 && is_utf8_continuation(text[offset_bytes])) --offset_bytes;
  return offset_bytes;
}

bool is_white_space(char32_t code_point) {
  if (code_point <= 0x20) return code_point == 0x20 || (code_point >= 0x09 && code_point <= 0x0D);
  if (code_point >= 0x2000 && code_point <= 0x200A) return true;
  switch (code_point) {
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000: return true;
    default: return false;
  }
}

}  // namespace fimd
