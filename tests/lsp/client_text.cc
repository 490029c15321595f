#include "tests/lsp/client_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace fimd {
namespace {

bool is_first_half(char16_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

bool is_second_half(char16_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

bool is_pair(std::u16string_view text, size_t index) {
  return index + 1 < text.size() && is_first_half(text[index]) && is_second_half(text[index + 1]);
}

uint32_t num_utf8_bytes(char16_t unit) {
  return unit < 0x80 ? 1 : (unit < 0x800 ? 2 : 3);
}

}  // namespace

std::u16string with_whole_pairs(std::u16string_view text) {
  std::u16string whole(text);
  for (size_t i = 0; i < whole.size(); ++i) {
    if (is_pair(whole, i)) {
      ++i;
    } else if (is_first_half(whole[i]) || is_second_half(whole[i])) {
      whole[i] = u'\uFFFD';
    }
  }
  return whole;
}

std::string to_utf8(std::u16string_view text) {
  std::string bytes;
  const auto put = [&](uint32_t byte) { bytes += static_cast<char>(byte); };
  for (size_t i = 0; i < text.size(); ++i) {
    const uint32_t unit = text[i];
    if (is_pair(text, i)) {
      const uint32_t c = 0x10000 + ((unit - 0xD800) << 10) + (text[++i] - 0xDC00U);
      put(0xF0 | (c >> 18));
      put(0x80 | ((c >> 12) & 0x3F));
      put(0x80 | ((c >> 6) & 0x3F));
      put(0x80 | (c & 0x3F));
    } else if (unit < 0x80) {
      put(unit);
    } else if (unit < 0x800) {
      put(0xC0 | (unit >> 6));
      put(0x80 | (unit & 0x3F));
    } else {
      put(0xE0 | (unit >> 12));
      put(0x80 | ((unit >> 6) & 0x3F));
      put(0x80 | (unit & 0x3F));
    }
  }
  return bytes;
}

std::string to_json_string(std::u16string_view text) {
  std::string json = "\"";
  for (const char16_t unit : text) {
    if (unit < 0x20 || unit >= 0x7F || unit == u'"' || unit == u'\\') {
      std::array<char, 8> escape = {};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(unit));
      json += escape.data();
    } else {
      json += static_cast<char>(unit);
    }
  }
  return json + '"';
}

EncodedPosition ClientText::position_of(size_t index) const {
  EncodedPosition position;
  for (size_t i = 0; i < index; ++i) {
    const bool carriage_return = text_[i] == u'\r';
    if (carriage_return && i + 1 < text_.size() && text_[i + 1] == u'\n') continue;
    if (carriage_return || text_[i] == u'\n') {
      position = {.line = position.line + 1, .character = 0};
    } else if (encoding_ == PositionEncoding::kUtf16) {
      ++position.character;
    } else if (encoding_ == PositionEncoding::kUtf32) {
      if (!is_second_half(text_[i])) ++position.character;
    } else if (is_first_half(text_[i])) {
      position.character += 4;
    } else if (!is_second_half(text_[i])) {
      position.character += num_utf8_bytes(text_[i]);
    }
  }
  return position;
}

size_t ClientText::place(size_t index) const {
  if (index == 0 || index >= text_.size()) return std::min(index, text_.size());
  const bool in_line_end = text_[index - 1] == u'\r' && text_[index] == u'\n';
  const bool in_pair = encoding_ != PositionEncoding::kUtf16 && is_pair(text_, index - 1);
  return in_line_end || in_pair ? index - 1 : index;
}

void ClientText::replace(size_t begin, size_t end, std::u16string_view replacement) {
  text_.replace(begin, end - begin, with_whole_pairs(replacement));
  text_ = with_whole_pairs(text_);
}

}  // namespace fimd
