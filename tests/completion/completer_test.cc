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

TEST(CompleterBudgets, FollowFromWhatModelAndMachineDo) {
  CompleterOptions options = {.max_tokens = 128, .prompt_tokens = 1024};
  EXPECT_EQ(prompt_budget(options), 1024);
  EXPECT_EQ(answer_budget(options, TriggerKind::kAutomatic), 128);
  options.pace = Pace{.read_tokens_per_s = 300, .write_tokens_per_s = 20};
  EXPECT_EQ(prompt_budget(options), 600);
  EXPECT_EQ(answer_budget(options, TriggerKind::kAutomatic), 80);
  EXPECT_EQ(answer_budget(options, TriggerKind::kManual), 128) << "who asks waits";
  options.pace = Pace{.read_tokens_per_s = 1e9, .write_tokens_per_s = 1e9};
  EXPECT_EQ(prompt_budget(options), 1024);
  EXPECT_EQ(answer_budget(options, TriggerKind::kAutomatic), 128);
  options.pace = Pace{.read_tokens_per_s = 2, .write_tokens_per_s = 0.5};
  EXPECT_EQ(prompt_budget(options), kLeastPromptTokens);
  EXPECT_EQ(answer_budget(options, TriggerKind::kAutomatic), kLeastTokens);
  options.max_tokens = 8;
  options.prompt_tokens = 100;
  EXPECT_EQ(prompt_budget(options), 100) << "what the user sets is the most";
  EXPECT_EQ(answer_budget(options, TriggerKind::kAutomatic), 8);
}

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
  const auto rest = completer.typed_along(typed);
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->text, "rn x");
}

// On a slow machine a key's answer ends early; who asks then by hand is to have all of it.
TEST_F(CompleterTest, AnswersWhoAsksWithMoreThanWasWrittenInTime) {
  std::vector<std::string> pieces;
  pieces.reserve(kLeastTokens + 8);
  for (int i = 0; i < kLeastTokens + 8; ++i) pieces.push_back("+ x" + std::to_string(i * i) + " ");
  const CompletionRequest key = request_at("y = x ^\nz = 3\n");
  const CompletionRequest by_hand = request_at("y = x ^\nz = 3\n", TriggerKind::kManual);
  for (const double write_tokens_per_s : {0.5, 1e9}) {
    Completer slow(
        {.pace = Pace{.read_tokens_per_s = 1e9, .write_tokens_per_s = write_tokens_per_s}});
    FakeGenerator generator(pieces, 8000);
    ASSERT_TRUE(slow.complete(key, generator, {})->completion);
    EXPECT_TRUE(slow.typed_along(key));
    EXPECT_EQ(slow.typed_along(by_hand).has_value(), write_tokens_per_s > 1);
    ASSERT_TRUE(slow.complete(by_hand, generator, {})->completion);
    EXPECT_TRUE(slow.typed_along(by_hand));
  }
}

TEST_F(CompleterTest, AnswersWhoAsksEvenIfTheFileThenDoesNotParse) {
  constexpr const char* kLine = "x = 1\n^\nz = 2\n";
  EXPECT_EQ(complete(request_at(kLine), {"if x"}), "");
  EXPECT_EQ(complete(request_at(kLine, TriggerKind::kManual), {"if x"}), "if x");
}

TEST_F(CompleterTest, SuggestsNothingThatStandsForASecret) {
  constexpr const char* kKeys =
      "a_key = \"sk-4eC39HqLyjWDarjtT1zdp7dc\"\nb_key = \"sk-8hT27KqMzpXEbsktU2aeq6ed\"\nc_key = "
      "^\n";
  const std::string stars = "\"" + std::string(27, '*') + "\"";
  FakeGenerator generator({stars}, 8000);
  for (const TriggerKind trigger : {TriggerKind::kAutomatic, TriggerKind::kManual}) {
    const auto outcome = completer.complete(request_at(kKeys, trigger), generator, {});
    EXPECT_FALSE(outcome->completion);
  }
  EXPECT_NE(prefix_of(generator.requests()[0]).find(stars), std::string::npos) << "it was asked";
  EXPECT_EQ(complete(request_at(kKeys), {"load_key()"}), "load_key()");
  // A power, and the user's own banner.
  EXPECT_EQ(complete(request_at("x = 1\ny = ^\n"), {"x **2"}), "x **2");
  EXPECT_EQ(complete(request_at("x = \"*****\"\ny = ^\n"), {"\"****\""}), "\"****\"");
}

TEST_F(CompleterTest, EndsBeforeWhatIsNoText) {
  const std::string no_text = "\xEF\xBF\xBD";
  EXPECT_EQ(complete(request_at(kBody), {"return x" + no_text}), "return x");
  EXPECT_EQ(complete(request_at(kBody), {no_text, "return x"}), "");
}

TEST_F(CompleterTest, SplitsThePromptAtTheCursor) {
  FakeGenerator generator({"1"}, 8000);
  ASSERT_TRUE(completer.complete(request_at("x = 1\ny = fo^o\nz = 3\n"), generator, {}));
  const GenerationRequest& asked = generator.requests().back();
  EXPECT_EQ(prefix_of(asked), "x = 1\ny = fo");
  EXPECT_EQ(suffix_of(asked), "o\nz = 3\n");
  EXPECT_TRUE(asked.heal);
  EXPECT_EQ(generator.num_infos(), 1);
}

// Moved rows serve who types on; what is asked for, and the first after a jump, is exact.
TEST_F(CompleterTest, AllowsDriftToTypingOnly) {
  FakeGenerator generator({"1"}, 8000);
  const auto ask = [&](const std::string& annotated, TriggerKind trigger) {
    EXPECT_TRUE(completer.complete(request_at(annotated, trigger), generator, {}));
    return generator.requests().back();
  };
  EXPECT_EQ(ask("y = ^\nz = 3\n", TriggerKind::kAutomatic).max_drift_tokens, 0) << "the first";
  const GenerationRequest typed = ask("y = f(^)\nz = 3\n", TriggerKind::kAutomatic);
  EXPECT_EQ(typed.max_drift_tokens, kMaxDriftTokens);
  EXPECT_EQ(typed.priority, Priority::kKey);
  const GenerationRequest by_hand = ask("y = f(^)\nz = 3\n", TriggerKind::kManual);
  EXPECT_EQ(by_hand.max_drift_tokens, 0);
  EXPECT_EQ(by_hand.priority, Priority::kAsked);
  EXPECT_EQ(ask("y = f()\nz = 3\n^", TriggerKind::kAutomatic).max_drift_tokens, 0) << "a jump";
  EXPECT_EQ(ask("y = f()\nz = 3\nw^", TriggerKind::kAutomatic).max_drift_tokens, kMaxDriftTokens);
}

TEST_F(CompleterTest, SaysHowFarRowsHaveDrifted) {
  FakeGenerator generator({"1"}, 8000);
  generator.set_drift(12);
  const auto drift_of = [&](const std::string& annotated) {
    return completer.complete(request_at(annotated), generator, {})->cost.drift_tokens;
  };
  EXPECT_EQ(drift_of("y = ^\n"), 0);
  EXPECT_EQ(drift_of("y = f^\n"), 12);
}

TEST_F(CompleterTest, MakesDriftedRowsExactInIdleTime) {
  FakeGenerator generator({"1"}, 8000);
  generator.set_drift(12);
  const CompletionRequest first = request_at("y = ^\n");
  const CompletionRequest second = request_at("y = f^\n");
  ASSERT_TRUE(completer.complete(first, generator, {}));
  ASSERT_TRUE(completer.refresh(first, generator, {}));
  EXPECT_EQ(generator.requests().size(), 1U) << "its rows are exact";
  EXPECT_EQ(generator.num_infos(), 1) << "nothing was asked";
  ASSERT_TRUE(completer.complete(second, generator, {}));
  ASSERT_TRUE(completer.refresh(second, generator, {}));
  ASSERT_EQ(generator.requests().size(), 3U);
  const GenerationRequest& exact = generator.requests().back();
  EXPECT_EQ(exact.max_drift_tokens, 0);
  EXPECT_EQ(exact.stop.max_tokens, 1) << "only the prompt is of use";
  EXPECT_EQ(exact.priority, Priority::kIdle);
  EXPECT_EQ(prefix_of(exact), prefix_of(generator.requests()[1]));
  EXPECT_EQ(suffix_of(exact), suffix_of(generator.requests()[1]));
  ASSERT_TRUE(completer.refresh(second, generator, {}));
  EXPECT_EQ(generator.requests().size(), 3U) << "nothing to do";
  EXPECT_EQ(generator.num_infos(), 3) << "a key, a key, and what made it exact";
}

// Idle work follows each key that comes along, and most of it has nothing to do.
TEST_F(CompleterTest, AsksNothingWhereThereIsNothingToRefresh) {
  FakeGenerator generator({"1"}, 8000);
  std::string typed = "y = ";
  ASSERT_TRUE(completer.complete(request_at(typed + "^\nz = 3\n"), generator, {}));
  const int num_infos = generator.num_infos();
  const int num_counts = generator.num_counts();
  for (const char c : std::string("f(x + 1)")) {
    typed += c;
    ASSERT_TRUE(completer.refresh(request_at(typed + "^\nz = 3\n"), generator, {}));
  }
  EXPECT_EQ(generator.num_infos(), num_infos);
  EXPECT_EQ(generator.num_counts(), num_counts);
  EXPECT_EQ(generator.requests().size(), 1U);
  generator.set_drift(1);
  ASSERT_TRUE(completer.complete(request_at(typed + " ^\nz = 3\n"), generator, {}));
  EXPECT_EQ(generator.requests().back().max_drift_tokens, kMaxDriftTokens)
      << "the window came along";
  ASSERT_TRUE(completer.refresh(request_at(typed + " ^\nz = 3\n"), generator, {}));
  EXPECT_EQ(generator.num_infos(), num_infos + 2);
}

TEST_F(CompleterTest, RefreshesNoDocumentThatIsUnknown) {
  FakeGenerator generator({"1"}, 8000);
  ASSERT_TRUE(completer.refresh(request_at("y = ^\n"), generator, {}));
  EXPECT_TRUE(generator.requests().empty());
}

/// A document that is larger than the prompt, with `typed` in its middle.
std::string large_text(const std::string& typed) {
  std::string text;
  for (int line = 0; line < 250; ++line) text += "a" + std::to_string(line) + " = 1\n";
  text += typed;
  for (int line = 0; line < 250; ++line) text += "z" + std::to_string(line) + " = 1\n";
  return text;
}

// Where the window is nearly full a new one is read in idle time. A key that comes before the
// engine has read it goes on with the old one.
TEST_F(CompleterTest, RenewsAFullWindowInIdleTime) {
  FakeGenerator generator({"1"}, 8000);
  std::string typed = "y = 1\n";
  const auto key = [&] {
    CompletionRequest request = request_at(large_text(typed + "x = ^\n"));
    request.document.tree = nullptr;
    return request;
  };
  const auto ask = [&] {
    EXPECT_TRUE(completer.complete(key(), generator, {}));
    return prefix_of(generator.requests().back());
  };
  const auto first_line = [](const std::string& text) { return text.substr(0, text.find('\n')); };
  const std::string begin = first_line(ask());
  std::stop_source stopped;
  stopped.request_stop();
  bool renewed = false;
  for (int line = 0; line < 80 && !renewed; ++line) {
    typed += "y = 2\ny = 3\n";
    ASSERT_EQ(first_line(ask()), begin);
    const size_t num_requests = generator.requests().size();
    const bool is_good = completer.refresh(key(), generator, stopped.get_token()).has_value();
    ASSERT_EQ(first_line(ask()), begin) << "it was not read";
    ASSERT_TRUE(completer.refresh(key(), generator, {}));
    renewed = generator.requests().size() > num_requests + 1;
    EXPECT_FALSE(is_good && renewed) << "without asking";
  }
  ASSERT_TRUE(renewed);
  EXPECT_EQ(generator.requests().back().stop.max_tokens, 1);
  const std::string read = prefix_of(generator.requests().back());
  EXPECT_NE(first_line(read), begin);
  EXPECT_EQ(ask(), read);
}

TEST_F(CompleterTest, CountsAtMostTwiceForANewWindowAndNeverForAKey) {
  FakeGenerator generator({"1"}, 8000);
  CompletionRequest request = request_at(large_text("y = ^\n"));
  request.document.path = "a_long_name_of_a_file.py";
  const auto count = [&] {
    const int before = generator.num_counts();
    EXPECT_TRUE(completer.complete(request, generator, {}));
    return generator.num_counts() - before;
  };
  const int num_counts = count();
  EXPECT_GE(num_counts, 1);
  EXPECT_LE(num_counts, 2);
  for (const char* typed : {"y = f^\n", "y = f(^)\n", "y = f(x^)\n", "y = f(x)^\n", "y = ^\n"}) {
    request = request_at(large_text(typed));
    EXPECT_EQ(count(), 0) << typed;
  }
}

TEST_F(CompleterTest, HandsOnWhatWentWrong) {
  FakeGenerator generator({"x"}, 100);
  const auto outcome = completer.complete(request_at(kBody), generator, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kInvalidInput);
  generator.break_info({ErrorCode::kIo, "no engine"});
  EXPECT_EQ(completer.complete(request_at(kBody), generator, {}).error().message, "no engine");
}

TEST_F(CompleterTest, StopsWhileItCounts) {
  FakeGenerator generator({"x"}, 8000);
  std::stop_source source;
  source.request_stop();
  const auto outcome = completer.complete(request_at(kBody), generator, source.get_token());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(generator.requests().empty());
}

// What is asked in idle time about a text that may never be changes nothing of what comes after.
TEST_F(CompleterTest, SpeculatesFromTheLastWindow) {
  FakeGenerator generator({"f(", "x)"}, 8000);
  const CompletionRequest request = request_at("y = ^\nz = 3\n");
  const auto outcome = completer.complete(request, generator, {});
  ASSERT_TRUE(outcome && outcome->completion);
  ASSERT_TRUE(completer.speculate(request, *outcome->completion, generator, {}));
  ASSERT_EQ(generator.requests().size(), 2U);
  EXPECT_EQ(generator.requests().back().priority, Priority::kIdle);
  EXPECT_EQ(generator.requests().back().max_drift_tokens, kMaxDriftTokens);
  EXPECT_TRUE(prefix_of(generator.requests().back()).starts_with("y = f(x)"));
  ASSERT_TRUE(completer.complete(request_at("y = 1^\nz = 3\n"), generator, {}));
  EXPECT_EQ(generator.requests().back().max_drift_tokens, kMaxDriftTokens);
}

TEST_F(CompleterTest, KeepsToTheLanguagesOfTheModelsCard) {
  const auto suggested = [&](TriggerKind trigger, std::vector<std::string> languages) {
    FakeGenerator generator({"total"}, 8000);
    generator.set_languages(std::move(languages));
    const auto request = request_at("total = 1\nx = ^\n", trigger);
    const CompletionOutcome outcome = completer.complete(request, generator, {}).value();
    EXPECT_EQ(outcome.completion.has_value(), !generator.requests().empty());
    return outcome.completion.has_value();
  };
  EXPECT_TRUE(suggested(TriggerKind::kAutomatic, {}));
  EXPECT_TRUE(suggested(TriggerKind::kAutomatic, {"C++", "Python"}));
  EXPECT_FALSE(suggested(TriggerKind::kAutomatic, {"C++", "Go"}));
  EXPECT_TRUE(suggested(TriggerKind::kManual, {"C++", "Go"})) << "asked by hand";
}

TEST_F(CompleterTest, HasNothingToGoByInABlankFile) {
  for (const char* blank : {"^", " \n^\n\n"}) {
    EXPECT_EQ(complete(request_at(blank, TriggerKind::kManual), {"# Copyright"}), "") << blank;
    auto request = request_at(blank, TriggerKind::kManual);
    request.neighbours = std::make_shared<const std::vector<Neighbour>>(1);
    EXPECT_EQ(complete(request, {"import queue"}), "import queue") << "with context";
  }
}

}  // namespace
}  // namespace fimd
