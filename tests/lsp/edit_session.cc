#include "tests/lsp/edit_session.h"

#include <algorithm>
#include <array>

namespace fimd {
namespace {

constexpr size_t kMaxCharacters = 3000;
constexpr uint32_t kFarOut = 1000;  // past any line or column of a session

std::string to_utf8(std::u32string_view text) {
  std::string bytes;
  const auto tail = [&](char32_t c, int shift) {
    bytes += static_cast<char>(0x80 | ((c >> shift) & 0x3F));
  };
  for (const char32_t c : text) {
    if (c < 0x80) {
      bytes += static_cast<char>(c);
    } else if (c < 0x800) {
      bytes += static_cast<char>(0xC0 | (c >> 6));
      tail(c, 0);
    } else if (c < 0x10000) {
      bytes += static_cast<char>(0xE0 | (c >> 12));
      tail(c, 6);
      tail(c, 0);
    } else {
      bytes += static_cast<char>(0xF0 | (c >> 18));
      tail(c, 12);
      tail(c, 6);
      tail(c, 0);
    }
  }
  return bytes;
}

uint32_t units_of(char32_t c, PositionEncoding encoding) {
  if (encoding == PositionEncoding::kUtf32) return 1;
  if (encoding == PositionEncoding::kUtf16) return c >= 0x10000 ? 2 : 1;
  return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

std::u32string random_text(std::mt19937& random) {
  constexpr std::array<char32_t, 16> kCharacters = {U'a',
                                                    U'b',
                                                    U' ',
                                                    U'{',
                                                    U'}',
                                                    U'\t',
                                                    U'\n',
                                                    U'\n',
                                                    U'\r',
                                                    U'\r',
                                                    U'\u00E9',
                                                    U'\u0416',
                                                    U'\u4E2D',
                                                    U'\uFB01',
                                                    U'\U0001F600',
                                                    U'\U00010348'};
  std::u32string text;
  for (size_t count = random() % 7 == 0 ? 40 : random() % 5; count > 0; --count) {
    text += random() % 12 == 0 ? U"\r\n" : std::u32string(1, kCharacters[random() % 16]);
  }
  return text;
}

EncodedPosition random_position(const std::vector<EncodedPosition>& valid, std::mt19937& random) {
  EncodedPosition position = valid[random() % valid.size()];
  const uint32_t chance = random() % 20;
  if (chance == 0) position.character += kFarOut;
  if (chance == 1) position.line += kFarOut;
  return position;
}

}  // namespace

std::string ModelText::utf8() const {
  return to_utf8(text_);
}

std::vector<EncodedPosition> ModelText::positions() const {
  std::vector<EncodedPosition> positions = {{}};
  EncodedPosition here;
  for (size_t index = 0; index < text_.size(); ++index) {
    const char32_t c = text_[index];
    const bool crlf = c == U'\r' && index + 1 < text_.size() && text_[index + 1] == U'\n';
    if (crlf) continue;
    if (c == U'\n' || c == U'\r') {
      here = {.line = here.line + 1, .character = 0};
    } else {
      here.character += units_of(c, encoding_);
    }
    positions.push_back(here);
  }
  return positions;
}

size_t ModelText::index_of(EncodedPosition position) const {
  size_t index = 0;
  for (uint32_t line = 0; line < position.line; ++line) {
    while (index < text_.size() && text_[index] != U'\n' && text_[index] != U'\r') ++index;
    if (index == text_.size()) return index;
    index += text_.substr(index, 2) == U"\r\n" ? 2 : 1;
  }
  uint32_t units = 0;
  while (index < text_.size() && text_[index] != U'\n' && text_[index] != U'\r') {
    units += units_of(text_[index], encoding_);
    if (units > position.character) break;
    ++index;
  }
  return index;
}

void ModelText::replace(EncodedRange range, std::u32string_view replacement) {
  const size_t one = index_of(range.start);
  const size_t other = index_of(range.end);
  const size_t begin = std::min(one, other);
  text_.replace(begin, std::max(one, other) - begin, replacement);
}

EditSession make_edit_session(PositionEncoding encoding, uint32_t seed, int num_steps) {
  std::mt19937 random(seed);
  ModelText model(U"first\r\nsecond\nthird\rlast", encoding);
  EditSession session = {.initial = model.utf8()};
  for (int step = 0; step < num_steps; ++step) {
    const auto valid = model.positions();
    const EncodedPosition start = random_position(valid, random);
    EncodedPosition end = start;
    // Long texts shrink: any range goes. Short ones grow: insertions and small replacements.
    if (model.size() > kMaxCharacters || random() % 4 == 0) {
      end = random_position(valid, random);
      const auto near = std::find(valid.begin(), valid.end(), start);
      if (model.size() <= kMaxCharacters && near != valid.end()) {
        end = *(near + std::min<ptrdiff_t>(random() % 9, valid.end() - near - 1));
        if (random() % 5 == 0) end = {.line = end.line + 2, .character = 0};
      }
    }
    const EncodedRange range =
        random() % 8 == 0 ? EncodedRange{end, start} : EncodedRange{start, end};
    const std::u32string text = random_text(random);
    model.replace(range, text);
    session.steps.push_back({.range = range, .text = to_utf8(text), .expected = model.utf8()});
  }
  return session;
}

}  // namespace fimd
