#include "engine/tokenizer/stream_decoder.h"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "engine/utf8.h"
#include "tests/engine/tokenizer/tokenizer_files.h"

namespace fimd {
namespace {

/// A tokenizer in which the token of each byte has that byte for id.
Tokenizer byte_tokenizer() {
  nlohmann::json spec = small_tokenizer();
  spec["added_tokens"] = nlohmann::json::array();
  spec["model"]["merges"] = nlohmann::json::array();
  nlohmann::json vocab;
  int next_character = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const bool itself = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte != 0xAD);
    const int character = itself ? byte : next_character++;
    std::string spelling(1, static_cast<char>(character));
    if (character >= 0x80) {
      spelling = {static_cast<char>(0xC0 | (character >> 6)),
                  static_cast<char>(0x80 | (character & 0x3F))};
    }
    vocab[spelling] = byte;
  }
  spec["model"]["vocab"] = vocab;
  auto tokenizer = load_text(spec.dump());
  EXPECT_TRUE(tokenizer) << tokenizer.error().message;
  return *std::move(tokenizer);
}

/// The text of `bytes` by the table of well-formed sequences, one byte after another: an oracle
/// that shares nothing with the code under test.
std::string lossy(const std::string& bytes) {
  const auto in = [&](size_t index, int low, int high) {
    const int byte = index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : -1;
    return byte >= low && byte <= high;
  };

  struct Row {
    int first_low, first_high, second_low, second_high;
    size_t size;
  };

  const std::vector<Row> rows = {{0x00, 0x7F, 0, 0, 1},
                                 {0xC2, 0xDF, 0x80, 0xBF, 2},
                                 {0xE0, 0xE0, 0xA0, 0xBF, 3},
                                 {0xE1, 0xEC, 0x80, 0xBF, 3},
                                 {0xED, 0xED, 0x80, 0x9F, 3},
                                 {0xEE, 0xEF, 0x80, 0xBF, 3},
                                 {0xF0, 0xF0, 0x90, 0xBF, 4},
                                 {0xF1, 0xF3, 0x80, 0xBF, 4},
                                 {0xF4, 0xF4, 0x80, 0x8F, 4}};
  std::string text;
  for (size_t index = 0; index < bytes.size();) {
    size_t taken = 1;
    bool whole = false;
    for (const Row& row : rows) {
      if (!in(index, row.first_low, row.first_high)) continue;
      if (row.size > 1 && in(index + 1, row.second_low, row.second_high)) taken = 2;
      while (taken > 1 && taken < row.size && in(index + taken, 0x80, 0xBF)) ++taken;
      whole = taken == row.size;
    }
    text += whole ? bytes.substr(index, taken) : "\xEF\xBF\xBD";
    index += taken;
  }
  return text;
}

/// One push() per byte must give `expected`, and finish() the rest.
void check_pushes(const std::string& bytes, const std::vector<std::string>& expected) {
  const Tokenizer tokenizer = byte_tokenizer();
  StreamDecoder decoder(tokenizer);
  std::vector<std::string> found;
  for (const char byte : bytes) found.push_back(decoder.push(static_cast<unsigned char>(byte)));
  found.push_back(decoder.finish());
  EXPECT_EQ(found, expected) << ::testing::PrintToString(bytes);
}

TEST(StreamDecoder, HoldsBackIncompleteCharacters) {
  check_pushes("a\xC3\xA9", {"a", "", "\xC3\xA9", ""});
  check_pushes("\xF0\x9F\x99\x82", {"", "", "", "\xF0\x9F\x99\x82", ""});
}

TEST(StreamDecoder, ReplacesWhatNeverBecomesACharacter) {
  check_pushes("\xE4\xB8z", {"", "", "\xEF\xBF\xBDz", ""});
  check_pushes("\xE4\xB8", {"", "", "\xEF\xBF\xBD"});
  check_pushes("\xFF", {"\xEF\xBF\xBD", ""});
  check_pushes("\xED\xA0", {"", "\xEF\xBF\xBD\xEF\xBF\xBD", ""});
}

// Random bytes, mostly those that begin or continue characters.
TEST(StreamDecoder, EqualsDecodeForAnyBytes) {
  const Tokenizer tokenizer = byte_tokenizer();
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::vector<int32_t> ids(random() % 12);
    std::string bytes;
    for (int32_t& id : ids) {
      const std::vector<int32_t> likely = {
          'a', 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC3, 0xE0, 0xE4, 0xED, 0xF0, 0xF3, 0xF4, 0xF5};
      id = random() % 4 == 0 ? static_cast<int32_t>(random() % 256)
                             : likely[random() % likely.size()];
      bytes += static_cast<char>(id);
    }
    StreamDecoder decoder(tokenizer);
    std::string joined;
    for (const int32_t id : ids) {
      const std::string text = decoder.push(id);
      ASSERT_TRUE(is_valid_utf8(text));
      joined += text;
    }
    joined += decoder.finish();
    ASSERT_EQ(joined, tokenizer.decode(ids));
    ASSERT_EQ(joined, lossy(bytes));
  }
}

TEST(StreamDecoder, StartsAfreshBehindFinish) {
  const Tokenizer tokenizer = byte_tokenizer();
  StreamDecoder decoder(tokenizer);
  decoder.push(0xE4);
  decoder.finish();
  EXPECT_EQ(decoder.push('a'), "a");
}

}  // namespace
}  // namespace fimd
