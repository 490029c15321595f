#include "completion/fill.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fake_generator.h"

namespace fimd {
namespace {

/// Fills the hole that two `^` in `annotated` enclose, in a file of the language of `name`.
Result<FillResult> fill_annotated(FakeGenerator& generator,
                                  std::string annotated,
                                  const std::string& name = "a.py") {
  const size_t begin = annotated.find('^');
  annotated.erase(begin, 1);
  const size_t end = annotated.find('^');
  annotated.erase(end, 1);
  FIMD_TRY(const TextDocument document, TextDocument::create(name, annotated));
  return fill(generator, {.document = document, .hole = {{begin}, {end}}}, {});
}

std::string middle_of(const std::string& annotated, std::vector<std::string> pieces) {
  FakeGenerator generator(std::move(pieces));
  const auto filled = fill_annotated(generator, annotated);
  return filled ? filled->middle : filled.error().message;
}

TEST(Fill, AsksForTheMiddleOfWhatSurroundsTheHole) {
  FakeGenerator generator({"1"});
  const FillResult filled = fill_annotated(generator, "a = 0\nb = ^2^\nc = 3\n").value();
  ASSERT_EQ(generator.requests().size(), 1U);
  const GenerationRequest& request = generator.requests()[0];
  EXPECT_TRUE(prefix_of(request).ends_with("a = 0\nb = ")) << prefix_of(request);
  EXPECT_EQ(suffix_of(request), "\nc = 3\n");
  EXPECT_TRUE(request.heal);
  EXPECT_EQ(request.max_drift_tokens, 0) << "exact";
  EXPECT_EQ(request.priority, Priority::kAsked);
  EXPECT_EQ(filled.middle, "1");
  EXPECT_EQ(filled.replaced.begin, ByteOffset{10});
  EXPECT_EQ(filled.replaced.end, ByteOffset{11});
  EXPECT_EQ(filled.completion_tokens, 1);
  EXPECT_EQ(filled.finish_reason, FinishReason::kStop);
}

TEST(Fill, SaysThatAnEmptyFileSaysNothing) {
  FakeGenerator generator({"# Copyright"});
  const auto result = fill_annotated(generator, "^^");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(generator.requests().empty());
}

TEST(Fill, ShowsTheModelLfOnly) {
  FakeGenerator generator({"1"});
  ASSERT_TRUE(fill_annotated(generator, "a = 0\r\nb = ^^\rc = 2\r\n"));
  EXPECT_TRUE(prefix_of(generator.requests()[0]).ends_with("a = 0\nb = "));
  EXPECT_EQ(suffix_of(generator.requests()[0]), "\nc = 2\n");
}

TEST(Fill, AnswersInTheDocumentsLineEnds) {
  const std::vector<std::string> pieces = {"a()\n", "    b()"};
  EXPECT_EQ(middle_of("if x:\n    ^^\ny()\n", pieces), "a()\n    b()");
  EXPECT_EQ(middle_of("if x:\r\n    ^^\r\ny()\r\n", pieces), "a()\r\n    b()");
  EXPECT_EQ(middle_of("if x:\r    ^^\ry()\r", pieces), "a()\r    b()");
}

TEST(Fill, CountsFromBehindAByteOrderMark) {
  FakeGenerator generator({"1"});
  const FillResult filled = fill_annotated(generator,
                                           "\xEF\xBB\xBF"
                                           "a = ^^\n")
                                .value();
  EXPECT_TRUE(prefix_of(generator.requests()[0]).ends_with("\na = "));
  EXPECT_EQ(filled.replaced.begin, ByteOffset{7});
}

TEST(Fill, SaysWhenTheModelHasNothing) {
  EXPECT_EQ(middle_of("a = ^^\n", {" ", "\n"}), "a.py: the model suggests nothing that fits here");
}

TEST(Fill, LeavesRoomForTheCompletion) {
  std::string text;
  for (int line = 0; line < 1000; ++line) text += "some words\n";
  FakeGenerator generator({"x"}, 328);
  ASSERT_TRUE(fill_annotated(generator, text + "^^", "notes"));
  // 328 tokens of context, 4 of overhead, 128 of completion leave 196.
  const int64_t num_tokens = count_fake_tokens(prefix_of(generator.requests()[0]));
  EXPECT_LE(num_tokens, 196);
  EXPECT_GE(num_tokens, 50);
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
  FakeGenerator generator({"x"});
  const TextDocument document = TextDocument::create("f", "x").value();
  std::stop_source source;
  source.request_stop();
  const auto result = fill(generator, {.document = document}, source.get_token());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fimd
