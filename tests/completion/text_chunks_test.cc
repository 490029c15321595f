#include "completion/text_chunks.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace fimd {
namespace {

// Pieces of text that meet at the borders of chunks: line ends that join and part, characters of
// one to four bytes, and enough of either to fill chunks.
std::string random_text(std::mt19937& random, size_t max_pieces) {
  static const std::string kPieces[] = {
      "\r", "\n", "\r\n", "a", "word ", "\xC3\xA9", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80"};
  std::string text;
  for (size_t left = random() % (max_pieces + 1); left > 0; --left) {
    const std::string& piece = kPieces[random() % std::size(kPieces)];
    const size_t repeats = random() % 40 == 0 ? random() % kChunkBytes : 1;
    for (size_t i = 0; i < repeats; ++i) text += piece;
  }
  return text;
}

/// As tree-sitter counts.
RowPoint point_at(const std::string& text, size_t offset) {
  return moved({}, std::string_view(text).substr(0, offset));
}

void check_edits(PositionEncoding encoding, uint32_t seed) {
  std::mt19937 random(seed);
  EditedText text = EditedText::create(random_text(random, 200), encoding).value();
  TextChunks chunks(text.text(), encoding);
  for (int step = 0; step < 60; ++step) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step));
    const auto position = [&]() -> EncodedPosition {
      if (random() % 8 == 0) {
        return {.line = static_cast<uint32_t>(random() % (text.num_lines() + 2)),
                .character = static_cast<uint32_t>(random() % 9000)};
      }
      EncodedPosition at = text.position_of({random() % (text.text().size() + 1)});
      at.character += random() % 2;  // within a surrogate pair, maybe
      return at;
    };
    const EncodedPosition start = position();
    const EncodedRange range = {start, random() % 2 == 0 ? start : position()};
    const std::string replacement = random_text(random, 30);
    const std::string before = text.text();
    const auto placed = chunks.replace(range, replacement);
    const auto applied = text.replace(range, replacement);
    ASSERT_TRUE(placed && applied);
    ASSERT_EQ(chunks.join(), text.text());
    ASSERT_EQ(placed->bytes.begin.value, applied->begin.value);
    ASSERT_EQ(placed->bytes.old_end.value, applied->old_end.value);
    ASSERT_EQ(placed->bytes.new_end.value, applied->new_end.value);
    ASSERT_EQ(placed->begin, point_at(before, applied->begin.value));
    ASSERT_EQ(placed->old_end, point_at(before, applied->old_end.value));
    ASSERT_EQ(placed->new_end, point_at(text.text(), applied->new_end.value));
  }
}

TEST(TextChunks, AgreeWithEditedText) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    check_edits(PositionEncoding::kUtf16, seed);
    check_edits(PositionEncoding::kUtf8, seed);
    check_edits(PositionEncoding::kUtf32, seed);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(TextChunks, ChangeNothingAfterAnError) {
  TextChunks chunks("ab\n", PositionEncoding::kUtf16);
  EXPECT_FALSE(chunks.replace({{0, 0}, {0, 1}}, "\xFF"));
  EXPECT_FALSE(chunks.replace({}, std::string(EditedText::kMaxBytes, ' ')));
  EXPECT_EQ(chunks.join(), "ab\n");
}

TEST(TextChunks, MayBecomeEmpty) {
  TextChunks chunks(std::string(3 * kChunkBytes, 'a'), PositionEncoding::kUtf16);
  ASSERT_TRUE(chunks.replace({{0, 0}, {9, 0}}, ""));
  EXPECT_EQ(chunks.join(), "");
  ASSERT_TRUE(chunks.replace({{3, 7}, {0, 0}}, "b"));
  EXPECT_EQ(chunks.join(), "b");
}

}  // namespace
}  // namespace fimd
