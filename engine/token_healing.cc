#include "engine/token_healing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/utf8.h"
#include "kernels/base/ascii.h"
#include "kernels/base/check.h"

namespace fimd {
namespace {

struct CodePoints {
  char32_t first;
  char32_t last;
};

// Punctuation that prose and CJK comments end in. What is missing here is healed in vain, which
// costs a token and changes nothing.
constexpr std::array<CodePoints, 8> kPunctuation = {{
    {0x80, 0xA9},      // C1 controls and the first half of Latin-1's signs
    {0xAB, 0xB4},      // the rest of them, around the letters U+00AA, U+00B5 and U+00BA
    {0xB6, 0xB9},      //
    {0xBB, 0xBF},      //
    {0x2000, 0x206F},  // General Punctuation
    {0x3000, 0x3004},  // CJK Symbols and Punctuation, around its iteration marks and numerals
    {0x3008, 0x3020},  //
    {0xFF01, 0xFF0F},  // full-width forms
}};

bool is_word_character(char32_t c) {
  if (c < 0x80) {
    const char byte = static_cast<char>(c);
    return is_ascii_letter(byte) || is_ascii_digit(byte) || byte == '_';
  }
  const auto contains = [c](const CodePoints& range) {
    return c >= range.first && c <= range.last;
  };
  return !is_white_space(c) && std::none_of(kPunctuation.begin(), kPunctuation.end(), contains);
}

/// Where the last character of `text` begins; its end when it is empty or not UTF-8 there.
size_t last_character_begin(std::string_view text) {
  constexpr size_t kMaxCharacterBytes = 4;
  for (size_t size = 1; size <= std::min(text.size(), kMaxCharacterBytes); ++size) {
    const Utf8Unit unit = first_utf8_unit(text.substr(text.size() - size));
    if (unit.valid && unit.size_bytes == size) return text.size() - size;
  }
  return text.size();
}

}  // namespace

size_t unfinished_begin(std::string_view text) {
  const size_t blanks = text.find_last_not_of(" \t") + 1;  // npos + 1 is 0
  if (blanks < text.size()) return blanks;
  while (!text.empty()) {
    const size_t begin = last_character_begin(text);
    if (begin == text.size()) break;
    if (!is_word_character(first_utf8_unit(text.substr(begin)).code_point)) break;
    text = text.substr(0, begin);
  }
  return text.size();
}

TakenBack take_back_unfinished(const Tokenizer& tokenizer,
                               std::string_view text,
                               std::span<const int32_t> ids) {
  const size_t end_begin = unfinished_begin(text);
  size_t num_tokens = 0;
  size_t begin = text.size();
  while (begin > end_begin && num_tokens < std::min(ids.size(), kMaxTakenBackTokens)) {
    const std::string_view bytes = tokenizer.token_bytes(ids[ids.size() - 1 - num_tokens]);
    // Some added tokens decode to other bytes than they match, and U+FFFD stands for no UTF-8.
    if (bytes.empty() || !text.substr(0, begin).ends_with(bytes)) break;
    if (text.size() - begin + bytes.size() > kMaxForcedBytes) break;
    begin -= bytes.size();
    ++num_tokens;
  }
  return {num_tokens, std::string(text.substr(begin))};
}

ForcedBytes::ForcedBytes(const VocabularyIndex& index, std::string bytes)
    : index_(&index), bytes_(std::move(bytes)), spellable_from_(bytes_.size() + 1) {
  FIMD_CHECK(bytes_.size() <= kMaxForcedBytes, bytes_.size());
  spellable_from_.back() = true;
  for (size_t begin = bytes_.size(); begin-- > 0;) {
    const std::string_view rest = std::string_view(bytes_).substr(begin);
    bool spellable = !index.beginning_with(rest).empty();
    for (size_t size = 1; size < rest.size() && !spellable; ++size) {
      spellable = spellable_from_[begin + size] && !index.spelling(rest.substr(0, size)).empty();
    }
    spellable_from_[begin] = spellable;
  }
  if (!spellable_from_.front()) spelled_ = bytes_.size();
}

void ForcedBytes::restrict(std::span<const float> logits, std::vector<float>& restricted) const {
  restricted.assign(logits.size(), -INFINITY);
  const auto allow = [&](std::span<const int32_t> tokens) {
    for (const int32_t token : tokens) {
      const auto i = static_cast<size_t>(token);
      if (i < logits.size()) restricted[i] = logits[i];
    }
  };
  const std::string_view rest = bytes();
  allow(index_->beginning_with(rest));
  for (size_t size = 1; size < rest.size(); ++size) {
    if (spellable_from_[spelled_ + size]) allow(index_->spelling(rest.substr(0, size)));
  }
}

std::string_view ForcedBytes::accept(int32_t token) {
  const std::string_view chosen = index_->tokenizer().token_bytes(token);
  const std::string_view rest = bytes();
  const size_t common = std::min(chosen.size(), rest.size());
  FIMD_CHECK(common > 0 && chosen.substr(0, common) == rest.substr(0, common), token);
  spelled_ += common;
  return chosen.substr(common);
}

}  // namespace fimd
