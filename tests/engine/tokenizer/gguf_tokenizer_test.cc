#include <array>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/tokenizer_spec.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

using nlohmann::json;

/// What token_type says of a token.
constexpr int32_t kNormal = 1;
constexpr int32_t kControl = 3;
constexpr int32_t kUserDefined = 4;
constexpr int32_t kUnused = 5;

struct Token {
  std::string spelling;
  int32_t type = kNormal;
};

/// A GGUF file with a tokenizer.
struct TokenizerKeys {
  std::string model = "gpt2";
  std::string pre = "smollm";
  std::vector<Token> tokens = {{"a"}, {"b"}, {"\xC4\xA0"}, {"ab"}, {"aba"}, {"<s>", kControl}};
  std::vector<std::string> merges = {"a b", "ab a"};
  std::vector<std::string> others = {};

  [[nodiscard]] Result<Tokenizer> load() const {
    std::string spellings;
    std::string types;
    for (const Token& token : tokens) {
      spellings += gguf_text(token.spelling);
      types += gguf_number(token.type);
    }
    std::string merge_texts;
    for (const std::string& merge : merges) merge_texts += gguf_text(merge);
    GgufToWrite file = {
        .keys = {
            gguf_text_key("tokenizer.ggml.model", model),
            gguf_text_key("tokenizer.ggml.pre", pre),
            gguf_array_key("tokenizer.ggml.tokens", GgufType::kText, tokens.size(), spellings),
            gguf_array_key("tokenizer.ggml.token_type", GgufType::kInt32, tokens.size(), types),
            gguf_array_key("tokenizer.ggml.merges", GgufType::kText, merges.size(), merge_texts)}};
    file.keys.insert(file.keys.end(), others.begin(), others.end());
    TempFolder folder;
    folder.write("m.gguf", gguf_content(file));
    return Tokenizer::load(folder.path() / "m.gguf");
  }

  [[nodiscard]] std::string problem() const {
    const auto tokenizer = load();
    return tokenizer ? "none" : tokenizer.error().message;
  }
};

std::string id_key(const char* name, uint32_t id) {
  return gguf_key(name, GgufType::kUint32, gguf_number(id));
}

/// The tokenizer.json of a golden as the keys that a converter would make of it.
TokenizerKeys keys_of_golden(const std::string& name, const std::string& pre) {
  std::ifstream file(golden_root() / "tokenizer" / name / "tokenizer.json");
  const json golden = json::parse(file);
  TokenizerKeys keys = {.pre = pre, .tokens = {}, .merges = {}};
  const auto put = [&](const std::string& spelling, size_t id, int32_t type) {
    if (keys.tokens.size() <= id) keys.tokens.resize(id + 1, {"", kUnused});
    keys.tokens[id] = {spelling, type};
  };
  for (const auto& [spelling, id] : golden["model"]["vocab"].items()) {
    put(spelling, id.get<size_t>(), kNormal);
  }
  for (const json& token : golden["added_tokens"]) {
    put(token["content"].get<std::string>(),
        token["id"].get<size_t>(),
        token["special"].get<bool>() ? kControl : kUserDefined);
  }
  for (const json& merge : golden["model"]["merges"]) {
    keys.merges.push_back(merge.is_string()
                              ? merge.get<std::string>()
                              : merge[0].get<std::string>() + " " + merge[1].get<std::string>());
  }
  return keys;
}

TEST(GgufTokenizer, EncodesAsItsTokenizerJsonDoes) {
  constexpr std::array<std::array<const char*, 2>, 4> kGoldens = {
      {{"demo", "deepseek-coder"},
       {"deepseek-coder", "deepseek-coder"},
       {"deepseek-llm", "deepseek-llm"},
       {"deepseek-v2", "deepseek-llm"}}};
  for (const auto& [name, pre] : kGoldens) {
    SCOPED_TRACE(name);
    const auto tokenizer = keys_of_golden(name, pre).load();
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    std::ifstream cases(golden_root() / "tokenizer" / name / "cases.jsonl");
    int num_cases = 0;
    for (std::string line; std::getline(cases, line); ++num_cases) {
      const json expected = json::parse(line);
      const auto text = expected["text"].get<std::string>();
      EXPECT_EQ(tokenizer->encode(text, SpecialTokens::kRecognized),
                expected["ids"].get<std::vector<int32_t>>())
          << line;
      EXPECT_EQ(tokenizer->encode(text, SpecialTokens::kLiteral),
                expected["literal"].get<std::vector<int32_t>>())
          << line;
    }
    EXPECT_GT(num_cases, 100);
  }
}

TEST(GgufTokenizer, KnowsWhatEachTypeOfTokenIs) {
  TokenizerKeys keys;
  keys.tokens.push_back({"abab", kUserDefined});
  keys.tokens.push_back({"[PAD1]", kUnused});
  keys.others = {id_key("tokenizer.ggml.bos_token_id", 5),
                 id_key("tokenizer.ggml.eos_token_id", 3),
                 gguf_key("tokenizer.ggml.add_bos_token", GgufType::kBool, std::string(1, 1)),
                 gguf_text_key("tokenizer.chat_template", "{{ x }}")};
  const auto tokenizer = keys.load();
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  EXPECT_EQ(tokenizer->encode("ababa", SpecialTokens::kLiteral), (std::vector<int32_t>{6, 0}));
  EXPECT_EQ(tokenizer->encode("a<s>", SpecialTokens::kRecognized), (std::vector<int32_t>{0, 5}));
  EXPECT_TRUE(tokenizer->is_special(5));
  EXPECT_FALSE(tokenizer->is_special(6));
  EXPECT_FALSE(tokenizer->find("[PAD1]"));
  EXPECT_EQ(tokenizer->bos_id(), 5);
  EXPECT_EQ(tokenizer->eos_id(), 3);
  EXPECT_EQ(tokenizer->prefix_ids(), std::vector<int32_t>{5});
  EXPECT_EQ(tokenizer->chat_template(), "{{ x }}");
  EXPECT_TRUE(TokenizerKeys().load()->prefix_ids().empty()) << "nothing says that there is one";
}

TEST(GgufTokenizer, PassesOverMergesThatMakeNoToken) {
  TokenizerKeys keys;
  keys.merges.insert(keys.merges.begin(), "b a");
  const auto tokenizer = keys.load();
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  EXPECT_EQ(tokenizer->encode("abab", SpecialTokens::kLiteral), (std::vector<int32_t>{3, 3}));
}

TEST(GgufTokenizer, NamesWhatIsWrong) {
  const auto expect = [](const TokenizerKeys& keys, const std::string& part) {
    EXPECT_NE(keys.problem().find(part), std::string::npos) << keys.problem();
  };
  TokenizerKeys keys;
  keys.model = "llama";
  expect(keys, "m.gguf: tokenizer.ggml.model is \"llama\", expected \"gpt2\"");
  keys = {};
  keys.pre = "klingon";
  expect(keys, "tokenizer.ggml.pre is \"klingon\", expected one of deepseek-llm, ");
  keys = {};
  keys.tokens.push_back({"abx"});
  keys.merges.emplace_back("ab x");
  expect(keys, "tokenizer.ggml.merges[2]: \"x\" is not in the vocabulary");
  keys = {};
  keys.merges.emplace_back("ab");
  expect(keys, "tokenizer.ggml.merges has \"ab\", expected \"left right\"");
  keys = {};
  keys.merges.emplace_back("");
  expect(keys, "tokenizer.ggml.merges has \"\", expected");
  keys = {};
  keys.tokens.push_back({"ab"});
  expect(keys, "tokenizer.ggml.tokens has \"ab\" twice");
  keys = {};
  keys.tokens.push_back({"<s>", kControl});
  expect(keys, "has the content of another entry");
  keys = {};
  keys.others = {id_key("tokenizer.ggml.eos_token_id", 6)};
  expect(keys, "tokenizer.ggml.eos_token_id is 6, expected less than 6");
  keys = {};
  keys.tokens.clear();
  expect(keys, "tokenizer.ggml.tokens is empty");
}

}  // namespace
}  // namespace fimd
