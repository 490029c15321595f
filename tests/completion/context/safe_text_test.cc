#include "completion/context/safe_text.h"

#include <gtest/gtest.h>
#include <string>

#include "engine/utf8.h"

namespace fimd {
namespace {

constexpr const char* kToken = "ghp_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij";

/// What may be seen of the bytes between the two '|'.
std::string seen_of(std::string annotated) {
  const size_t begin = annotated.find('|');
  annotated.erase(begin, 1);
  const size_t end = annotated.find('|');
  annotated.erase(end, 1);
  const SafeText safe(annotated, begin, end);
  std::string seen(safe.view(begin, end));
  size_t num_masked = 0;
  for (size_t i = begin; i < end; ++i) num_masked += seen[i - begin] != annotated[i] ? 1 : 0;
  EXPECT_EQ(safe.masked_bytes(), num_masked);
  return seen;
}

TEST(SafeText, IsThePartWithItsSecretsMasked) {
  EXPECT_EQ(seen_of("a = |1\r\nb| = 2"), "1\r\nb");
  EXPECT_EQ(seen_of("||"), "");
  EXPECT_EQ(seen_of(std::string("|x = '") + kToken + "'|"), "x = '" + std::string(40, '*') + "'");
}

TEST(SafeText, MasksWhatItsEndsSplit) {
  for (size_t at = 1; at < 40; ++at) {
    const std::string split = "x = '" + std::string(kToken).insert(at, "|") + "'";
    EXPECT_EQ(seen_of(split + "|"), std::string(40 - at, '*') + "'") << at;
    EXPECT_EQ(seen_of("|" + split), "x = '" + std::string(at, '*')) << at;
  }
}

// Of a private key either end tells what the rest is.
TEST(SafeText, LooksBeyondItsEnds) {
  std::string key;
  for (int i = 0; i < 1500; ++i) key += "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n";
  const std::string masked = std::string(40, '*') + "\n";
  EXPECT_EQ(seen_of("-----BEGIN PRIVATE KEY-----\n" + key + "|" + key.substr(0, 41) + "|"), masked);
  EXPECT_EQ(seen_of("|" + key.substr(0, 41) + "|" + key + "-----END PRIVATE KEY-----\n"), masked);
}

TEST(SafeText, CutsNoCharacterWhereItStopsLooking) {
  std::string text;
  for (size_t i = 0; i < kMaskedBeyondBytes; ++i) text += "\xE2\x82\xAC";
  constexpr size_t kMiddle = kMaskedBeyondBytes * 3 / 2;
  for (size_t begin = kMiddle; begin < kMiddle + 9; begin += 3) {
    const SafeText safe(text, begin, begin + 3);
    EXPECT_EQ(find_invalid_utf8(safe.view(begin, begin + 3)), std::nullopt);
    EXPECT_EQ(safe.masked_bytes(), 0U);
  }
}

}  // namespace
}  // namespace fimd
