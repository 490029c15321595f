#include "engine/tokenizer/added_tokens.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/json/json_fields.h"

namespace fimd {
namespace {

using nlohmann::json;

/// What `text` consists of: pieces of text, and added tokens in brackets.
std::vector<std::string> cut(const std::string& tokens, const std::string& text) {
  json spec = json::parse(tokens);
  int32_t id = 1;
  for (json& token : spec) token["id"] = id++;
  const json model = json::parse(R"({"vocab": {"a": 0}, "merges": []})");
  const auto bpe = Bpe::parse(JsonObject(model, "model"));
  EXPECT_TRUE(bpe);
  const auto added = AddedTokens::parse(&spec, *bpe, "added_tokens");
  EXPECT_TRUE(added) << added.error().message;
  std::vector<std::string> parts;
  RegexScratch scratch;
  added->split(
      {.text = text, .scratch = scratch}, [&](std::string_view piece, const AddedToken* token) {
        parts.push_back(token == nullptr ? std::string(piece) : "[" + token->content + "]");
        return true;
      });
  return parts;
}

using Parts = std::vector<std::string>;

TEST(AddedTokens, PrefersTheLeftmostLongest) {
  const std::string tokens = R"([{"content": "ab"}, {"content": "abcd"}, {"content": "bcde"}])";
  EXPECT_EQ(cut(tokens, "xabcde"), (Parts{"x", "[abcd]", "e"}));
  EXPECT_EQ(cut(tokens, "abcx"), (Parts{"[ab]", "cx"}));
  EXPECT_EQ(cut(tokens, "abc"), (Parts{"[ab]", "c"}));
  EXPECT_EQ(cut(tokens, ""), Parts{});
}

TEST(AddedTokens, LooksForUnnormalizedOnesFirst) {
  const std::string tokens =
      R"([{"content": "xy", "normalized": true}, {"content": "yz", "normalized": false}])";
  EXPECT_EQ(cut(tokens, "xyz"), (Parts{"x", "[yz]"}));
}

TEST(AddedTokens, PassesOverSpecialOnesAndWhatTheyContain) {
  const std::string tokens = R"([{"content": "<s>", "special": true, "normalized": true},
                                 {"content": "s"}])";
  EXPECT_EQ(cut(tokens, "<s>s"), (Parts{"<s>", "[s]"}));
}

TEST(AddedTokens, StripsWhiteSpace) {
  EXPECT_EQ(cut(R"([{"content": "x", "lstrip": true}])", "a \t\xC2\x85x \xE3\x80\x80 b"),
            (Parts{"a", "[x]", " \xE3\x80\x80 b"}));
  EXPECT_EQ(cut(R"([{"content": "x", "rstrip": true}])", "a x \xE3\x80\x80 b"),
            (Parts{"a ", "[x]", "b"}));
  EXPECT_EQ(cut(R"([{"content": "x", "lstrip": true, "rstrip": true}])", " x  x "),
            (Parts{"[x]", "[x]"}));
}

TEST(AddedTokens, KeepsSingleWordsApart) {
  const std::string tokens = R"([{"content": "x", "single_word": true}])";
  EXPECT_EQ(cut(tokens, "x-x"), (Parts{"[x]", "-", "[x]"}));
  EXPECT_EQ(cut(tokens, "ax xb x_ \xC3\xA9x x\xE2\x80\x8D"),
            (Parts{"ax xb x_ \xC3\xA9x x\xE2\x80\x8D"}));
}

TEST(AddedTokens, IgnoresEmptyOnes) {
  EXPECT_EQ(cut(R"([{"content": ""}, {"content": "x"}])", "axa"), (Parts{"a", "[x]", "a"}));
}

}  // namespace
}  // namespace fimd
