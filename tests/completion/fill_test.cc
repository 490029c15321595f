#include "completion/fill.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fake_generator.h"

namespace fimd {
namespace {

struct Filled {
  GenerationResult result;
  std::string streamed;
};

/// Fills the hole that two `^` in `annotated` enclose.
Result<Filled> fill_annotated(FakeGenerator& generator, std::string annotated) {
  const size_t begin = annotated.find('^');
  annotated.erase(begin, 1);
  const size_t end = annotated.find('^');
  annotated.erase(end, 1);
  FIMD_TRY(const TextDocument document, TextDocument::create("f", annotated));
  Filled filled;
  const auto sink = [&filled](std::string_view text) {
    filled.streamed += text;
    return true;
  };
  const FillRequest request = {.document = document, .hole = {{begin}, {end}}};
  FIMD_TRY(filled.result, fill(generator, request, sink, {}));
  return filled;
}

void check_fill(const std::string& annotated,
                std::vector<std::string> pieces,
                const std::string& middle) {
  FakeGenerator generator(std::move(pieces));
  const Filled filled = fill_annotated(generator, annotated).value();
  EXPECT_EQ(filled.result.text, middle);
  EXPECT_EQ(filled.streamed, middle);
}

TEST(Fill, AsksForTheMiddleOfWhatSurroundsTheHole) {
  FakeGenerator generator({"x"});
  const Filled filled = fill_annotated(generator, "ab^cd^\nef").value();
  ASSERT_EQ(generator.requests().size(), 1U);
  EXPECT_EQ(generator.requests()[0].prompt, "ab");
  EXPECT_EQ(generator.requests()[0].suffix, "\nef");
  EXPECT_EQ(filled.result.completion_tokens, 1);
  EXPECT_EQ(filled.result.finish_reason, FinishReason::kStop);
}

TEST(Fill, FillsAnEmptyFile) {
  FakeGenerator generator({"x"});
  ASSERT_TRUE(fill_annotated(generator, "^^"));
  EXPECT_EQ(generator.requests()[0].prompt, "");
  EXPECT_EQ(generator.requests()[0].suffix, "");
}

TEST(Fill, ShowsTheModelLfOnly) {
  FakeGenerator generator({""});
  ASSERT_TRUE(fill_annotated(generator, "a\r\nb^^\rc\r\n"));
  EXPECT_EQ(generator.requests()[0].prompt, "a\nb");
  EXPECT_EQ(generator.requests()[0].suffix, "\nc\n");
}

TEST(Fill, AnswersInTheDocumentsLineEnds) {
  check_fill("a\n^^b\n", {"x\n", "y\n"}, "x\ny\n");
  check_fill("a\r\n^^b\r\n", {"x\n", "y\n"}, "x\r\ny\r\n");
  check_fill("a\r^^b\r", {"x\n", "y\n"}, "x\ry\r");
  check_fill("a\n^^b\n", {"x\r", "\ny\r"}, "x\ny\n");
}

TEST(Fill, LeavesRoomForTheCompletion) {
  std::string text;
  for (int line = 0; line < 1000; ++line) text += "some words\n";
  FakeGenerator generator({"x"}, 328);
  ASSERT_TRUE(fill_annotated(generator, text + "^^"));
  // 328 tokens of context, 4 of overhead, 128 of completion; a line has 3.
  EXPECT_EQ(count_fake_tokens(generator.requests()[0].prompt), 195);
}

TEST(Fill, RefusesAContextThatTheCompletionFills) {
  FakeGenerator generator({"x"}, 132);
  const auto filled = fill_annotated(generator, "ab^^");
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(filled.error().message,
            "max_tokens is 128, which leaves no room for a prompt: the model's context has 132 "
            "tokens");
}

TEST(Fill, StopsWhenAskedTo) {
  FakeGenerator generator({"x", "y"});
  const TextDocument document = TextDocument::create("f", "").value();
  std::stop_source source;
  const auto sink = [&source](std::string_view) { return source.request_stop(); };
  const auto result = fill(generator, {.document = document}, sink, source.get_token());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fimd
