#include "engine/tokenizer/tokenizer.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "engine/utf8.h"
#include "tests/engine/tokenizer/tokenizer_files.h"
#include "tests/support/golden.h"

namespace fimd {
namespace {

using nlohmann::json;
using Ids = std::vector<int32_t>;

Tokenizer load_golden(const std::string& name) {
  auto tokenizer = Tokenizer::load(golden_root() / "tokenizer" / name);
  EXPECT_TRUE(tokenizer) << tokenizer.error().message;
  return *std::move(tokenizer);
}

void check_error(const Result<Tokenizer>& result, ErrorCode code, const std::string& message) {
  ASSERT_FALSE(result);
  EXPECT_EQ(static_cast<int>(result.error().code), static_cast<int>(code));
  EXPECT_EQ(result.error().message, message);
}

void check_invalid(const std::string& patch, const std::string& message) {
  check_error(load_patched(patch), ErrorCode::kInvalidInput, "tokenizer.json: " + message);
}

void check_unsupported(const std::string& patch, const std::string& message) {
  check_error(load_patched(patch), ErrorCode::kUnsupported, "tokenizer.json: " + message);
}

/// Ids of `text` by the tokenizer that `patch` makes.
void check_patched(const std::string& patch, const std::string& text, const Ids& expected) {
  const auto tokenizer = load_patched(patch);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  EXPECT_EQ(tokenizer->encode(text, SpecialTokens::kRecognized), expected) << patch << text;
}

TEST(Tokenizer, AgreesWithEveryGolden) {
  const auto folders = golden_folders("tokenizer");
  ASSERT_GE(folders.size(), 4U);
  for (const auto& folder : folders) {
    const auto tokenizer = Tokenizer::load(folder);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    std::ifstream cases(folder / "cases.jsonl");
    size_t num_cases = 0;
    for (std::string line; std::getline(cases, line); ++num_cases) {
      const json expected = json::parse(line);
      const auto text = expected["text"].get<std::string>();
      const Ids ids = tokenizer->encode(text, SpecialTokens::kRecognized);
      EXPECT_EQ(ids, expected["ids"].get<Ids>()) << folder << line;
      EXPECT_EQ(tokenizer->encode(text, SpecialTokens::kLiteral), expected["literal"].get<Ids>())
          << folder << line;
      EXPECT_EQ(tokenizer->decode(ids), expected["decoded"].get<std::string>()) << folder << line;
    }
    EXPECT_GT(num_cases, 100U) << folder;
  }
}

TEST(Tokenizer, YieldsNoSpecialTokenFromLiteralText) {
  for (const auto& folder : golden_folders("tokenizer")) {
    const auto tokenizer = Tokenizer::load(folder);
    ASSERT_TRUE(tokenizer);
    for (int32_t id = 0; id < tokenizer->vocab_size(); ++id) {
      if (!tokenizer->is_special(id)) continue;
      const std::string name(tokenizer->token_bytes(id));
      std::string text = "x ";
      text += name;
      text += name;
      const Ids literal = tokenizer->encode(text, SpecialTokens::kLiteral);
      EXPECT_TRUE(std::none_of(literal.begin(),
                               literal.end(),
                               [&](int32_t found) { return tokenizer->is_special(found); }))
          << folder << name;
      EXPECT_EQ(tokenizer->encode(name, SpecialTokens::kRecognized), Ids{id});
      EXPECT_EQ(tokenizer->find(name), id);
    }
  }
}

TEST(Tokenizer, KnowsFimMarkersWhateverTheyAreMarked) {
  const Tokenizer coder = load_golden("deepseek-coder");  // marks them as ordinary
  const Result<FimTokens>& fim = coder.fim_tokens();
  ASSERT_TRUE(fim);
  EXPECT_EQ(fim->prefix, 32016);
  EXPECT_EQ(fim->suffix, 32015);
  EXPECT_EQ(fim->middle, 32017);
  EXPECT_TRUE(coder.is_special(fim->suffix));
  EXPECT_FALSE(coder.is_special(32018));  // <pad>, not marked either
  EXPECT_FALSE(load_golden("deepseek-llm").fim_tokens());
}

TEST(Tokenizer, FindsBeginAndEndOfSequenceByName) {
  const Tokenizer llm = load_golden("deepseek-llm");
  EXPECT_EQ(llm.bos_id(), 100000);
  EXPECT_EQ(llm.eos_id(), 100001);
  EXPECT_TRUE(llm.prefix_ids().empty());
  EXPECT_EQ(llm.vocab_size(), 102400);
  EXPECT_EQ(llm.chat_template(), "");
  EXPECT_EQ(load_golden("deepseek-v2").prefix_ids(), Ids{100000});
  EXPECT_FALSE(load_patched("[]")->bos_id());
}

TEST(Tokenizer, FollowsTokenizerConfig) {
  const auto check_config = [](const std::string& config, const Ids& prefix) {
    const auto tokenizer = load_patched("[]", config);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    EXPECT_EQ(tokenizer->bos_id(), 5);
    EXPECT_EQ(tokenizer->eos_id(), 3);
    EXPECT_EQ(tokenizer->chat_template(), "{{ x }}");
    EXPECT_EQ(tokenizer->prefix_ids(), prefix);
  };
  check_config(R"({"bos_token": "<s>", "eos_token": "ab", "chat_template": "{{ x }}"})", {});
  check_config(R"({"bos_token": {"content": "<s>"}, "eos_token": "ab", "add_bos_token": true,
                   "chat_template": [{"name": "tool_use", "template": "y"},
                                     {"name": "default", "template": "{{ x }}"}]})",
               {5});
}

TEST(Tokenizer, ReportsMalformedTokenizerConfig) {
  const auto check_config = [](const std::string& config, const std::string& message) {
    check_error(
        load_patched("[]", config), ErrorCode::kInvalidInput, "tokenizer_config.json" + message);
  };
  check_config("[]", " is an array, expected an object");
  check_config(R"({"bos_token": "<x>"})", R"(: bos_token: "<x>" is not in the vocabulary)");
  check_config(R"({"bos_token": 3})", ": bos_token.content is missing, expected a string");
  check_config(R"({"add_bos_token": 1})", ": add_bos_token is 1, expected true or false");
  check_config(R"({"add_bos_token": true})", ": add_bos_token is true, but there is no bos_token");
  check_config(R"({"chat_template": 1})", ": chat_template is 1, expected a string or an array");
}

TEST(Tokenizer, ReadsThePrefixFromThePostProcessor) {
  const auto prefix = [](const std::string& post_processor) {
    const auto tokenizer = load_patched(
        R"([{"op": "replace", "path": "/post_processor", "value": )" + post_processor + "}]");
    EXPECT_TRUE(tokenizer) << tokenizer.error().message;
    return tokenizer->prefix_ids();
  };
  const std::string bos = R"({"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}],
      "special_tokens": {"<s>": {"id": "<s>", "ids": [5], "tokens": ["<s>"]}}})";
  EXPECT_EQ(prefix(bos), Ids{5});
  EXPECT_EQ(prefix(R"({"type": "ByteLevel"})"), Ids{});
  EXPECT_EQ(prefix(R"({"type": "Sequence", "processors": [{"type": "ByteLevel"}, )" + bos + "]}"),
            Ids{5});
}

TEST(Tokenizer, ReportsMalformedPostProcessors) {
  const auto patch = [](const std::string& post_processor) {
    return R"([{"op": "replace", "path": "/post_processor", "value": )" + post_processor + "}]";
  };
  check_unsupported(patch(R"({"type": "BertProcessing"})"),
                    "post_processor.type is \"BertProcessing\", expected ByteLevel, "
                    "TemplateProcessing or Sequence");
  check_unsupported(patch(R"({"type": "TemplateProcessing", "special_tokens": {},
                       "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "x"}}]})"),
                    "post_processor.single puts tokens behind the text");
  check_invalid(patch(R"({"type": "TemplateProcessing", "special_tokens": {},
                       "single": [{"SpecialToken": {"id": "x"}}]})"),
                "post_processor.special_tokens[\"x\"] is missing, expected an object");
  check_invalid(patch(R"({"type": "TemplateProcessing",
                       "special_tokens": {"x": {"ids": [77]}},
                       "single": [{"SpecialToken": {"id": "x"}}]})"),
                "post_processor puts id 77 before a text, expected less than 6");
}

TEST(Tokenizer, ReadsMergesInBothSpellings) {
  check_patched("[]", "aba abab", {4, 2, 3, 3});
  check_patched(
      R"([{"op": "replace", "path": "/model/merges", "value": ["#version: 0.2", "a b"]}])",
      "aba",
      {3, 0});
}

TEST(Tokenizer, LooksUpWholeWordsWhereMergesAreIgnored) {
  const std::string no_merges = R"({"op": "replace", "path": "/model/merges", "value": []})";
  check_patched("[" + no_merges + "]", "aba", {0, 1, 0});
  check_patched(
      "[" + no_merges + R"(, {"op": "add", "path": "/model/ignore_merges", "value": true}])",
      "aba",
      {4});
}

TEST(Tokenizer, SkipsBytesThatTheVocabularyLacks) {
  check_patched("[]", "axb", {3});
}

TEST(Tokenizer, ReadsInvalidUtf8AsReplacementCharacters) {
  const Tokenizer demo = load_golden("demo");
  const auto encode = [&](std::string_view text) {
    return demo.encode(text, SpecialTokens::kLiteral);
  };
  EXPECT_EQ(encode("a\xFFz"), encode("a\xEF\xBF\xBDz"));
  EXPECT_EQ(encode("\xE4\xB8"), encode("\xEF\xBF\xBD"));
  EXPECT_EQ(encode("\xED\xA0\x80"), encode("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"));
  EXPECT_EQ(demo.decode(encode("\xF0\x9F\x99")), "\xEF\xBF\xBD");
  EXPECT_EQ(demo.decode(encode(std::string_view("\0x", 2))), std::string_view("\0x", 2));
}

TEST(Tokenizer, IgnoresIdsThatNoTokenHas) {
  const auto tokenizer = load_patched("[]");
  EXPECT_EQ(tokenizer->decode(Ids{-1, 0, 6, 1, INT32_MAX, INT32_MIN}), "ab");
  EXPECT_EQ(tokenizer->token_bytes(-1), "");
  EXPECT_FALSE(tokenizer->is_special(6));
  EXPECT_FALSE(tokenizer->is_special(-1));
  EXPECT_EQ(tokenizer->find(" "), 2);
  EXPECT_FALSE(tokenizer->find("c"));
}

TEST(Tokenizer, ReportsWhatIsNotJson) {
  const std::string whole = small_tokenizer().dump();
  for (size_t size_bytes = 0; size_bytes < whole.size(); ++size_bytes) {
    const auto cut = load_text(std::string_view(whole).substr(0, size_bytes));
    ASSERT_FALSE(cut) << size_bytes;
    EXPECT_EQ(static_cast<int>(cut.error().code), static_cast<int>(ErrorCode::kInvalidInput));
  }
  EXPECT_FALSE(load_text(std::string(100000, '[')));
  check_error(
      load_text("[]"), ErrorCode::kInvalidInput, "tokenizer.json is an array, expected an object");
  TempFolder empty;
  const auto missing = Tokenizer::load(empty.path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(static_cast<int>(missing.error().code), static_cast<int>(ErrorCode::kNotFound));
}

// Replaces each value of the file, one at a time, by values of every type: nothing may crash.
TEST(Tokenizer, SurvivesWrongTypesEverywhere) {
  const json spec = small_tokenizer();
  const std::vector<json> wrong = {nullptr, true, -1, 7, 1e300, "x", json::array(), json::object()};
  const json leaves = spec.flatten();
  for (const auto& [path, ignored] : leaves.items()) {
    for (json::json_pointer place(path); !place.empty(); place.pop_back()) {
      for (const json& value : wrong) {
        json changed = spec;
        changed[place] = value;
        const auto tokenizer = load_text(changed.dump());
        if (!tokenizer) continue;
        const Ids ids = tokenizer->encode("<s>ab aba", SpecialTokens::kRecognized);
        EXPECT_TRUE(is_valid_utf8(tokenizer->decode(ids)));
      }
    }
  }
}

TEST(Tokenizer, ReportsBadIds) {
  const auto vocab = [](const std::string& value) {
    return R"([{"op": "replace", "path": "/model/vocab/ab", "value": )" + value + "}]";
  };
  const std::string expected = ", expected a token id from 0 to 1048575";
  check_invalid(vocab("-1"), "model.vocab[\"ab\"] is -1" + expected);
  check_invalid(vocab("1048576"), "model.vocab[\"ab\"] is 1048576" + expected);
  check_invalid(vocab("99999999999999999999"), "model.vocab[\"ab\"] is 1e+20" + expected);
  check_invalid(vocab("3.5"), "model.vocab[\"ab\"] is 3.5" + expected);
  check_invalid(vocab("\"3\""), "model.vocab[\"ab\"] is \"3\"" + expected);
  check_invalid(vocab("4"), "model.vocab[\"aba\"] is 4, which another token has");
  const auto added = [](const std::string& token) {
    return R"([{"op": "add", "path": "/added_tokens/-", "value": )" + token + "}]";
  };
  check_invalid(added(R"({"id": 1048576, "content": "x"})"),
                "added_tokens[1].id is 1048576" + expected);
  check_invalid(added(R"({"content": "x"})"), "added_tokens[1].id is missing, expected a token id");
  check_invalid(added(R"({"id": 3, "content": "x"})"),
                "added_tokens[1]: \"x\" has id 3, but in model.vocab another token has");
  check_invalid(added(R"({"id": 9, "content": "ab"})"),
                "added_tokens[1]: \"ab\" has id 9, but in model.vocab it has 3");
  check_invalid(added(R"({"id": 5, "content": "x"})"),
                "added_tokens: \"x\" with id 5 has the id of another entry");
  check_invalid(added(R"({"id": 6, "content": "<s>"})"),
                "added_tokens: \"<s>\" with id 6 has the content of another entry");
  check_invalid(added(R"({"id": 6, "content": ")" + std::string(1025, 'x') + "\"}"),
                "added_tokens[1].content has 1025 bytes, expected at most 1024");
}

TEST(Tokenizer, ReportsBadMerges) {
  const auto merge = [](const std::string& value) {
    return R"([{"op": "add", "path": "/model/merges/1", "value": )" + value + "}]";
  };
  check_invalid(merge(R"("x y")"), R"(model.merges[1]: "x" is not in the vocabulary)");
  check_invalid(merge(R"(["b", "b"])"), R"(model.merges[1]: "bb" is not in the vocabulary)");
  const std::string expected = R"(, expected "left right" or ["left", "right"])";
  check_invalid(merge(R"("ab")"), R"(model.merges[1] is "ab")" + expected);
  check_invalid(merge(R"("a b a")"), R"(model.merges[1] is "a b a")" + expected);
  check_invalid(merge(R"(["a"])"), "model.merges[1] is an array" + expected);
  check_invalid(merge("7"), "model.merges[1] is 7" + expected);
}

TEST(Tokenizer, RefusesWhatIsNotByteLevelBpe) {
  const auto replace = [](const std::string& path, const std::string& value) {
    return R"([{"op": "add", "path": ")" + path + R"(", "value": )" + value + "}]";
  };
  check_unsupported(replace("/model/type", R"("Unigram")"),
                    R"(model.type is "Unigram", expected BPE)");
  check_unsupported(replace("/model/dropout", "0.1"), "model.dropout is 0.1, expected none");
  check_unsupported(replace("/model/end_of_word_suffix", R"("</w>")"),
                    R"(model.end_of_word_suffix is "</w>", expected none)");
  check_unsupported(replace("/model/byte_fallback", "true"),
                    "model.vocab lacks byte 0 and relies on unk_token or byte_fallback");
  check_unsupported(replace("/model/unk_token", R"("<s>")"),
                    "model.vocab lacks byte 0 and relies on unk_token or byte_fallback");
  check_unsupported(replace("/normalizer", R"({"type": "NFC"})"),
                    "normalizer is set, expected none");
  check_unsupported(replace("/decoder", R"({"type": "WordPiece"})"), "decoder is not ByteLevel");
  check_unsupported(replace("/pre_tokenizer", R"({"type": "Sequence", "pretokenizers": []})"),
                    "pre_tokenizer has no ByteLevel, expected byte-level BPE");
  check_patched(replace("/normalizer", R"({"type": "Sequence", "normalizers": []})"), "ab", {3});
  check_patched(replace("/decoder", R"({"type": "Sequence", "decoders": [{"type": "ByteLevel"}]})"),
                "ab",
                {3});
  check_patched(replace("/model/dropout", "0.0"), "ab", {3});
  check_patched(replace("/model/unk_token", R"("")"), "ab", {3});
}

// Quadratic algorithms would need minutes for these; the test's time limit is the assertion.
TEST(Tokenizer, IsNotQuadraticInLongWordsAndRuns) {
  const Tokenizer demo = load_golden("demo");
  const size_t size = 1 << 20;
  for (const std::string& text : {std::string(size, 'a'),
                                  std::string(size, ' ') + "5",
                                  std::string(size, ' ') + "x",
                                  std::string(size, '\n'),
                                  std::string(size, '\xFF')}) {
    const Ids ids = demo.encode(text, SpecialTokens::kLiteral);
    EXPECT_FALSE(ids.empty());
  }
}

// 5 MB are far beyond kMaxWordBytes, whose cut must keep characters whole.
TEST(Tokenizer, EncodesWordsOfAnyLength) {
  const Tokenizer demo = load_golden("demo");
  std::string word = "a";
  while (word.size() < (size_t{5} << 20)) word += "\xC3\xA9";
  EXPECT_EQ(demo.decode(demo.encode(word, SpecialTokens::kLiteral)), word);
}

}  // namespace
}  // namespace fimd
