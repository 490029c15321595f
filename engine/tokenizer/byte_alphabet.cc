#include "engine/tokenizer/byte_alphabet.h"

#include <array>
#include <cstdint>

#include "engine/utf8.h"

namespace fimd {
namespace {

constexpr int kAlphabetEnd = 0x144;  // one past the last of the 68 characters from U+0100
constexpr int16_t kNoByte = -1;

constexpr bool stands_for_itself(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr std::array<int16_t, kAlphabetEnd> make_byte_of_character() {
  std::array<int16_t, kAlphabetEnd> byte_of{};
  byte_of.fill(kNoByte);
  int next_character = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const int character = stands_for_itself(byte) ? byte : next_character++;
    byte_of[static_cast<size_t>(character)] = static_cast<int16_t>(byte);
  }
  return byte_of;
}

constexpr std::array<int16_t, kAlphabetEnd> kByteOfCharacter = make_byte_of_character();

}  // namespace

std::optional<std::string> bytes_of_spelling(std::string_view spelling) {
  std::string bytes;
  bytes.reserve(spelling.size());
  while (!spelling.empty()) {
    const Utf8Unit unit = first_utf8_unit(spelling);
    if (unit.code_point >= kAlphabetEnd) return std::nullopt;
    const int16_t byte = kByteOfCharacter[unit.code_point];
    if (byte == kNoByte) return std::nullopt;
    bytes.push_back(static_cast<char>(byte));
    spelling.remove_prefix(unit.size_bytes);
  }
  return bytes;
}

std::string decoded_spelling(std::string_view spelling) {
  if (auto bytes = bytes_of_spelling(spelling)) return *std::move(bytes);
  return std::string(spelling);
}

}  // namespace fimd
