#include "engine/token_healing.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

#include "tests/engine/tokenizer/tokenizer_files.h"
#include "tests/support/demo_engine.h"
#include "tests/support/golden.h"

namespace fimd {
namespace {

using Ids = std::vector<int32_t>;

const std::vector<std::string> kSnippets = {
    "class Stack:\n    def __init__(self):\n        self.items = []\n",
    "for (const auto& entry : fs::directory_iterator(folder)) total += entry.file_size();\n",
    "name = \"na\u00EFve gr\u00F6\u00DFe \u65E5\u672C\u8A9E \U0001D4D0\"  # caf\u00E9\u2026",
    "int x2147483647_snake_case_identifier_with_many_parts = 0x00ff00ff;",
    "\u0434\u043B\u044F \u043A\u0430\u0436\u0434\u043E\u0433\u043E",
};

const Tokenizer& demo_tokenizer() {
  static const Tokenizer kTokenizer = Tokenizer::load(demo_model()).value();
  return kTokenizer;
}

/// The tokens that `forced` allows next.
Ids allowed_by(const ForcedBytes& forced, const Tokenizer& tokenizer) {
  const std::vector<float> logits(tokenizer.vocab_size(), 1);
  std::vector<float> restricted;
  forced.restrict(logits, restricted);
  Ids allowed;
  for (size_t id = 0; id < restricted.size(); ++id) {
    if (!std::isinf(restricted[id])) allowed.push_back(static_cast<int32_t>(id));
  }
  return allowed;
}

TEST(LastWordBegin, IsWhereTheWordAtTheEndBegins) {
  struct {
    std::string clean, word;
  } const cases[] = {
      {"", ""},
      {"", "self"},
      {"self.", "ite"},
      {"x = ", "_a1"},
      {"f(", "gr\u00F6\u00DFe"},
      {"# ", "\u65E5\u672C"},
      {"self.items", " "},
      {"a\n", "    "},
      {"", "\t"},
      {"self.items\n", ""},
      {"self.items[", ""},
      {"$", ""},
      {"\u65E5\u672C\u3002", ""},  // an ideographic full stop
      {"caf\u00E9\u2026", ""},     // an ellipsis
      {"caf\u00E9\u00A0", ""},     // a space that does not break
      {"caf\xC3", ""},             // half a letter is no text
      {"\xFF\xA9", "x"},
  };

  for (const auto& [clean, word] : cases) {
    EXPECT_EQ(unfinished_begin(clean + word), clean.size()) << clean << "|" << word;
  }
}

TEST(TakeBackLastWord, TakesTheTokensThatOverlapTheWord) {
  struct {
    std::string text, bytes;
  } const cases[] = {
      {"        self.ite", "ite"},
      {"    return ite", " ite"},  // the blank belongs to the token
      {"ite", "ite"},
      {"self.items = ", " = "},  // likewise
      {"if x:\n        ", "        "},
      {"self.items\n", ""},
      {"", ""},
  };

  for (const auto& [text, bytes] : cases) {
    const Ids ids = demo_tokenizer().encode(text, SpecialTokens::kLiteral);
    const TakenBack taken = take_back_unfinished(demo_tokenizer(), text, ids);
    EXPECT_EQ(taken.bytes, bytes) << text;
    EXPECT_EQ(taken.num_tokens == 0, bytes.empty()) << text;
  }
}

TEST(TakeBackLastWord, HasBounds) {
  for (const std::string unit : {"q", "\u00FF", "7", "_"}) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += unit;
    const Ids ids = demo_tokenizer().encode(text, SpecialTokens::kLiteral);
    const TakenBack taken = take_back_unfinished(demo_tokenizer(), text, ids);
    EXPECT_LE(taken.num_tokens, kMaxTakenBackTokens) << unit;
    EXPECT_LE(taken.bytes.size(), kMaxForcedBytes) << unit;
  }
}

// U+FFFD takes the place of what is not UTF-8, so the ids spell another text than was given.
TEST(TakeBackLastWord, LeavesTokensThatDoNotSpellTheText) {
  const std::string text = "ab\xFFz";
  const Ids ids = demo_tokenizer().encode("ab\uFFFDy", SpecialTokens::kLiteral);
  EXPECT_EQ(take_back_unfinished(demo_tokenizer(), text, ids).num_tokens, 0);
  EXPECT_EQ(take_back_unfinished(demo_tokenizer(), "word", {}).num_tokens, 0);
}

// Cut everywhere, in the middle of characters too; then any allowed token is chosen.
TEST(ForcedBytes, AnyAllowedChoicesSpellThem) {
  const Tokenizer& tokenizer = demo_tokenizer();
  const VocabularyIndex index(tokenizer, {});
  std::mt19937 random(7);
  int healed = 0;
  for (const std::string& snippet : kSnippets) {
    for (size_t cut = 0; cut <= snippet.size(); ++cut) {
      const std::string text = snippet.substr(0, cut);
      const Ids ids = tokenizer.encode(text, SpecialTokens::kLiteral);
      const TakenBack taken = take_back_unfinished(tokenizer, text, ids);
      ForcedBytes forced(index, taken.bytes);
      ASSERT_EQ(forced.bytes(), taken.bytes);
      EXPECT_TRUE(text.ends_with(taken.bytes));
      if (!forced.empty()) ++healed;
      std::string spelled;
      while (!forced.empty()) {
        const Ids allowed = allowed_by(forced, tokenizer);
        ASSERT_FALSE(allowed.empty()) << text;
        const int32_t token = allowed[random() % allowed.size()];
        ASSERT_FALSE(tokenizer.is_special(token));
        spelled += tokenizer.token_bytes(token);
        const std::string_view beyond = forced.accept(token);
        EXPECT_TRUE(spelled.ends_with(beyond));
        EXPECT_TRUE(beyond.empty() || forced.empty());
      }
      EXPECT_TRUE(spelled.starts_with(taken.bytes)) << text;
    }
  }
  EXPECT_GT(healed, 100);
}

TEST(ForcedBytes, AllowTokensThatBeginWithThemOrBeginThem) {
  const auto tokenizer = load_text(small_tokenizer().dump());
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const VocabularyIndex index(*tokenizer, {});
  ForcedBytes forced(index, "ab");
  EXPECT_EQ(allowed_by(forced, *tokenizer), (Ids{0, 3, 4}));  // a, ab, aba
  EXPECT_EQ(forced.accept(0), "");
  EXPECT_EQ(forced.bytes(), "b");
  EXPECT_EQ(allowed_by(forced, *tokenizer), (Ids{1}));
  EXPECT_EQ(forced.accept(1), "");
  EXPECT_TRUE(forced.empty());

  ForcedBytes longer(index, "ab");
  EXPECT_EQ(longer.accept(4), "a");
  EXPECT_TRUE(longer.empty());
}

TEST(ForcedBytes, NeverLeadToADeadEnd) {
  const auto tokenizer = load_text(small_tokenizer().dump());
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const Ids without_b = {1};
  const VocabularyIndex index(*tokenizer, without_b);
  EXPECT_EQ(allowed_by(ForcedBytes(index, "ab"), *tokenizer), (Ids{3, 4})) << "\"a\" would be one";
}

TEST(ForcedBytes, AreNoneWhereTheVocabularyCannotSpellThem) {
  const auto tokenizer = load_text(small_tokenizer().dump());
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const VocabularyIndex index(*tokenizer, {});
  EXPECT_TRUE(ForcedBytes(index, "abc").empty());
  EXPECT_TRUE(ForcedBytes(index, "<s>").empty());
  EXPECT_TRUE(ForcedBytes(index, "").empty());
  EXPECT_FALSE(ForcedBytes(index, "abab").empty());
}

/// A method of a class, with the cursor behind `typed`.
GenerationRequest request_behind(const std::string& typed) {
  return {.prompt = HolePrompt{.prefix = "class Stack:\n    def __init__(self):\n"
                                         "        self.items = []\n\n"
                                         "    def push(self, item):\n        " +
                                         typed,
                               .suffix = "\n    def pop(self):\n"
                                         "        return self.items.pop()\n"},
          .heal = true,
          .stop = {.max_tokens = 8}};
}

TEST(TokenHealing, HealingFinishesTheWord) {
  const auto engine = open_demo();
  GenerationRequest request = request_behind("self.ite");
  request.stop.max_lines = 1;
  const GenerationResult result = generate(*engine, request);
  EXPECT_TRUE(result.text.starts_with("ms.append(item)")) << result.text;
  request.prompt = request_behind("self.").prompt;
  EXPECT_EQ("ite" + result.text, generate(*engine, request).text) << "as if it were not cut";
}

TEST(TokenHealing, ForcedTokensAreNotGenerated) {
  const auto engine = open_demo();
  GenerationRequest request = request_behind("self.ite");
  request.sampling = {.temperature = 100, .seed = 1};  // near uniform: no end of sequence soon
  request.stop.max_tokens = 5;
  const GenerationResult result = generate(*engine, request);
  EXPECT_EQ(result.finish_reason, FinishReason::kLength);
  EXPECT_GE(result.completion_tokens, 5 + 1);
  EXPECT_LE(result.completion_tokens, 5 + 3) << "three bytes were forced";
}

TEST(TokenHealing, StopRulesSeeOnlyWhatFollowsTheCursor) {
  const auto engine = open_demo();
  GenerationRequest request = request_behind("self.ite");
  request.stop = {.max_tokens = 24, .max_lines = 1, .strings = {"ite", "item"}};
  std::string streamed;
  const auto collect = [&](std::string_view text) {
    streamed += text;
    return true;
  };
  const auto result = engine->generate(request, collect, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->text, "ms.append(");
  EXPECT_EQ(streamed, result->text);
  request.stop.strings = {"items"};
  EXPECT_EQ(generate(*engine, request).text, "ms.append(item)") << "the line limit";
}

}  // namespace
}  // namespace fimd
