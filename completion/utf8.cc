#include "completion/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "engine/tokenizer/utf8.h"

namespace fimd {

std::optional<size_t> find_invalid_utf8(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080U;
  size_t offset = 0;
  while (offset < text.size()) {
    // Source code is nearly all ASCII: eight bytes at a time.
    uint64_t word = 0;
    if (text.size() - offset >= sizeof word) {
      std::memcpy(&word, text.data() + offset, sizeof word);
      if ((word & kHighBits) == 0) {
        offset += sizeof word;
        continue;
      }
    }
    const Utf8Unit unit = first_utf8_unit(text.substr(offset));
    if (!unit.valid) return offset;
    offset += unit.size_bytes;
  }
  return std::nullopt;
}

size_t count_characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_utf8_continuation(c); }));
}

}  // namespace fimd
