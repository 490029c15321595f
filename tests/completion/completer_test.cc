#include "completion/completer.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "tests/support/fake_generator.h"

namespace fimd {
namespace {

/// A Python document with "^" at the cursor.
CompletionRequest request_at(const std::string& annotated,
                             TriggerKind trigger = TriggerKind::kAutomatic) {
  const size_t cursor = annotated.find('^');
  CompletionRequest request;
  request.document.uri = "file:///a.py";
  request.document.language = &detect_language("a.py", "python");
  request.document.text =
      std::make_shared<const std::string>(std::string(annotated).erase(cursor, 1));
  request.document.tree =
      parse_once(*request.document.language, *request.document.text, ParseBudget());
  request.cursor = {cursor};
  request.hole_end = {cursor};
  request.trigger = trigger;
  return request;
}

struct CompleterTest : testing::Test {
  /// The suggestion; empty when there is none.
  std::string complete(const CompletionRequest& request, std::vector<std::string> pieces) {
    FakeGenerator generator(std::move(pieces), 8000);
    const CompletionOutcome outcome = completer.complete(request, generator, {}).value();
    decoded = outcome.cost.completion_tokens;
    return outcome.completion ? outcome.completion->text : "";
  }

  Completer completer{CompleterOptions{}};
  int64_t decoded = 0;
};

constexpr const char* kBody = "def f(x):\n    ^\n\n\ndef g(y):\n    return y\n";

TEST_F(CompleterTest, StopsDecodingWhereTheScopeEnds) {
  const std::vector<std::string> pieces = {
      "x += 1\n", "    return x\n", "\n\n", "def g(y):\n", "    return y\n", "more", "and more"};
  EXPECT_EQ(complete(request_at(kBody), pieces), "x += 1\n    return x");
  EXPECT_LE(decoded, 5) << "what would be cut off was not decoded";
}

TEST_F(CompleterTest, EndsWithTheLineWhereTheTreeWantsOne) {
  EXPECT_EQ(complete(request_at("x = 1\ny = ^\nz = 3\n"), {"2", "\n", "w = 4"}), "2");
  EXPECT_LE(decoded, 2);
}

TEST_F(CompleterTest, EndsWithTheLineWhenToldTo) {
  const Completer one_line({.multi_line = false});
  EXPECT_FALSE(one_line.decide(request_at(kBody)).multi_line);
  EXPECT_TRUE(completer.decide(request_at(kBody)).multi_line);
}

TEST_F(CompleterTest, RemembersWhatItSuggested) {
  const CompletionRequest request = request_at(kBody);
  complete(request, {"return x"});
  const CompletionRequest typed = request_at("def f(x):\n    retu^\n\n\ndef g(y):\n    return y\n");
  const auto rest = completer.typed_along(typed.document.uri, *typed.document.text, typed.cursor);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->text, "rn x");
}

TEST_F(CompleterTest, AnswersWhoAsksEvenIfTheFileThenDoesNotParse) {
  constexpr const char* kLine = "x = 1\n^\nz = 2\n";
  EXPECT_EQ(complete(request_at(kLine), {"if x"}), "");
  EXPECT_EQ(complete(request_at(kLine, TriggerKind::kManual), {"if x"}), "if x");
}

TEST_F(CompleterTest, MovesAWornAnchorInIdleTime) {
  const std::string typed(kMaxTypedBytes / 2 + 10, 'x');
  FakeGenerator generator({"1"}, 8000);
  const auto ask = [&](const std::string& annotated) {
    EXPECT_TRUE(completer.complete(request_at(annotated), generator, {}).has_value());
    return generator.requests().back();
  };
  ask("a = ^");
  const std::string longer = "a = '" + typed + "'\nb = ^";
  EXPECT_TRUE(ask(longer).middle.starts_with("a = '")) << "the anchor held";
  ASSERT_TRUE(completer.refresh(request_at(longer), generator, {}));
  EXPECT_EQ(generator.requests().back().stop.max_tokens, 1) << "only the prompt is of use";
  EXPECT_EQ(ask(longer).middle, "b = ");
  const size_t num_requests = generator.requests().size();
  ASSERT_TRUE(completer.refresh(request_at(longer), generator, {}));
  EXPECT_EQ(generator.requests().size(), num_requests) << "nothing to do";
}

TEST_F(CompleterTest, HandsOnWhatWentWrong) {
  FakeGenerator generator({"x"}, 100);
  const auto outcome = completer.complete(request_at(kBody), generator, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace fimd
