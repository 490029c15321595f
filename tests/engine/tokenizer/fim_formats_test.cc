// Every format with a vocabulary of its own: what a prompt is, what ends an answer, and which of
// several formats a vocabulary has.
#include "engine/tokenizer/fim_formats.h"

#include <gtest/gtest.h>
#include <vector>

#include "engine/prompt.h"
#include "tests/engine/tokenizer/tokenizer_files.h"
#include "tests/support/demo_engine.h"

namespace fimd {
namespace {

using nlohmann::json;
using Spellings = std::vector<std::string>;

struct FormatCase {
  const char* name;
  Spellings markers;  ///< and kin
  Spellings ends;
  const char* prompt;  ///< of "ab aba", the hole, "b"
  bool heals = true;
};

// "ab aba" is healed to "ab aba" less its word, "ab"; the blank has a token of its own.
const std::vector<FormatCase>& format_cases() {
  static const std::vector<FormatCase> kCases = {
      {"DeepSeek",
       {"<\uFF5Cfim\u2581begin\uFF5C>",
        "<\uFF5Cfim\u2581hole\uFF5C>",
        "<\uFF5Cfim\u2581end\uFF5C>"},
       {"<\uFF5Cend\u2581of\u2581sentence\uFF5C>", "<|EOT|>"},
       "<s><\uFF5Cfim\u2581begin\uFF5C>ab <\uFF5Cfim\u2581hole\uFF5C>b<\uFF5Cfim\u2581end\uFF5C>"},
      {"Granite 4",
       {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|filename|>", "<|reponame|>"},
       {"<|fim_pad|>", "<|filename|>", "<|reponame|>", "<|end_of_text|>"},
       "<s><|fim_prefix|>ab <|fim_suffix|>b<|fim_middle|>"},
      {"Qwen2.5-Coder",
       {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"},
       {"<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<|endoftext|>", "<|im_end|>"},
       "<s><|fim_prefix|>ab <|fim_suffix|>b<|fim_middle|>"},
      {"Mellum",
       {"<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<filename>", "<|im_start|>"},
       {"<fim_pad>", "<filename>", "<|endoftext|>", "<|im_end|>"},
       "<s><fim_suffix>b<fim_prefix>ab <fim_middle>"},
      {"StarCoder2",
       {"<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<repo_name>", "<file_sep>"},
       {"<fim_pad>", "<repo_name>", "<file_sep>", "<|endoftext|>"},
       "<s><fim_prefix>ab <fim_suffix>b<fim_middle>"},
      {"StarCoder and Granite 3",
       {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"},
       {"<fim_pad>", "<reponame>", "<filename>", "<|endoftext|>", "<|end_of_text|>"},
       "<s><fim_prefix>ab <fim_suffix>b<fim_middle>"},
      {"CodeLlama",
       {"\u2581<PRE>", "\u2581<SUF>", "\u2581<MID>"},
       {"\u2581<EOT>"},
       "<s>\u2581<PRE>ab aba\u2581<SUF>b\u2581<MID>",
       false},
      {"Seed-Coder",
       {"<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>"},
       {"<[end\u2581of\u2581sentence]>"},
       "<s><[fim-suffix]>b<[fim-prefix]>ab aba<[fim-middle]>",
       false},
      {"Codestral", {"[PREFIX]", "[SUFFIX]"}, {"[MIDDLE]"}, "<s>[SUFFIX]b[PREFIX]ab "},
  };
  return kCases;
}

/// A tokenizer with these added tokens, none of which its file marks as special.
Result<Tokenizer> load_with(const Spellings& tokens) {
  json spec = small_tokenizer();
  int32_t id = 6;
  for (const std::string& token : tokens) {
    spec["added_tokens"].push_back({{"id", id++}, {"content", token}, {"special", false}});
  }
  return load_text(spec.dump(), R"({"bos_token": "<s>", "add_bos_token": true})");
}

Spellings operator+(Spellings a, const Spellings& b) {
  for (const std::string& token : b) {
    if (std::ranges::find(a, token) == a.end()) a.push_back(token);
  }
  return a;
}

/// The name of the format, or why there is none.
std::string format_of(const Spellings& tokens) {
  const auto tokenizer = load_with(tokens);
  if (!tokenizer) return tokenizer.error().message;
  const Result<FimTokens>& fim = tokenizer->fim_tokens();
  return fim ? std::string(fim->format->name) : fim.error().message;
}

TEST(FimFormats, PutTheirPartsInTheOrderOfTheTraining) {
  for (const FormatCase& c : format_cases()) {
    SCOPED_TRACE(c.name);
    const auto tokenizer = load_with(c.markers);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    EXPECT_EQ(format_of(c.markers), c.name);
    const VocabularyIndex index(*tokenizer, {});
    const GenerationRequest request = {.prompt = HolePrompt{.prefix = "ab aba", .suffix = "b"},
                                       .heal = true};
    const auto prompt = build_prompt(request, *tokenizer, &index, {.context_tokens = 100});
    ASSERT_TRUE(prompt) << prompt.error().message;
    EXPECT_EQ(tokenizer->decode(prompt->ids), c.prompt);
    EXPECT_EQ(prompt->forced.bytes(), c.heals ? "aba" : "");
    for (const int32_t id : prompt->ids) {
      if (prompt->ids.front() == id) continue;
      EXPECT_EQ(tokenizer->is_special(id), id > 5) << id;
    }
  }
}

TEST(FimFormats, TellWhereASuffixThatMayBeMovedBegins) {
  const GenerationRequest request = {.prompt = HolePrompt{.prefix = "ab", .suffix = "b"}};
  for (const FormatCase& c : format_cases()) {
    SCOPED_TRACE(c.name);
    const Tokenizer tokenizer = load_with(c.markers).value();
    const Prompt prompt =
        build_prompt(request, tokenizer, nullptr, {.context_tokens = 100}).value();
    const FimTokens fim = tokenizer.fim_tokens().value();
    const auto found = std::ranges::find(prompt.ids, fim.suffix) - prompt.ids.begin();
    EXPECT_EQ(prompt.suffix_begin, fim.format->suffix_first ? std::ssize(prompt.ids) : found);
  }
}

TEST(FimFormats, KnowWhatEndsAnAnswerHoweverItIsMarked) {
  for (const FormatCase& c : format_cases()) {
    SCOPED_TRACE(c.name);
    const Spellings tokens = c.markers + c.ends;
    const Tokenizer tokenizer = load_with(tokens + Spellings{"<other>"}).value();
    for (const std::string& token : tokens) {
      const int32_t id = tokenizer.find(token).value();
      EXPECT_TRUE(tokenizer.is_special(id)) << token;
      const std::vector<int32_t> literal = tokenizer.encode(token + "ab", SpecialTokens::kLiteral);
      EXPECT_EQ(std::ranges::count(literal, id), 0) << token << " in a text of the user's";
    }
    EXPECT_FALSE(tokenizer.is_special(tokenizer.find("<other>").value()));
  }
}

TEST(FimFormats, AreTheFirstThatAVocabularyHasWhole) {
  const std::vector<FormatCase>& cases = format_cases();
  for (size_t a = 0; a < cases.size(); ++a) {
    for (size_t b = a; b < cases.size(); ++b) {
      EXPECT_EQ(format_of(cases[b].markers + cases[a].markers), cases[a].name) << cases[b].name;
    }
  }
  const Spellings spelled_alike = {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"};
  EXPECT_EQ(format_of(spelled_alike + Spellings{"<filename>", "<reponame>"}),
            "StarCoder and Granite 3");
  EXPECT_EQ(format_of(spelled_alike + Spellings{"<|im_start|>", "<|im_end|>", "<fim_pad>"}),
            "StarCoder and Granite 3")
      << "CodeQwen1.5";
  EXPECT_EQ(format_of({"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|filename|>"}),
            "Qwen2.5-Coder")
      << "one of two kin";
}

TEST(FimFormats, NameWhatAVocabularyLacks) {
  EXPECT_EQ(format_of({}), "no markers for holes in the vocabulary");
  EXPECT_EQ(format_of({"<|im_start|>", "<|im_end|>", "<filename>", "<file_sep>", "<repo_name>"}),
            "no markers for holes in the vocabulary")
      << "separators alone, as SmolLM2's";
  for (const FormatCase& c : format_cases()) {
    const auto num_markers = std::string_view(c.name) == "Codestral" ? size_t{2} : size_t{3};
    for (size_t i = 0; i < num_markers; ++i) {
      Spellings tokens = c.markers;
      tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i));
      const std::string reason = format_of(tokens);
      EXPECT_TRUE(reason.ends_with("'s markers for holes the vocabulary lacks " + c.markers[i]))
          << c.name << ": " << reason;
    }
  }
  EXPECT_EQ(format_of({"<|fim_prefix|>"}),
            "of Qwen2.5-Coder's markers for holes the vocabulary lacks <|fim_suffix|>, "
            "<|fim_middle|>");
  EXPECT_EQ(format_of({"<fim_prefix>", "<fim_suffix>", "<|fim_middle|>"}),
            "of StarCoder and Granite 3's markers for holes the vocabulary lacks <fim_middle>")
      << "of two families";
}

TEST(FimFormats, RefuseAMarkerThatThereIsTwice) {
  for (const FormatCase& c : format_cases()) {
    Spellings tokens = c.markers;
    tokens.push_back(tokens[1]);
    const std::string problem = format_of(tokens);
    const std::string marker = json(tokens[1]).dump(-1, ' ', true);
    EXPECT_NE(problem.find(marker + " with id"), std::string::npos) << problem;
    EXPECT_NE(problem.find("has the content of another entry"), std::string::npos) << problem;
  }
  json spec = small_tokenizer();
  spec["model"]["vocab"]["[SUFFIX]"] = 6;
  spec["added_tokens"].push_back({{"id", 7}, {"content", "[SUFFIX]"}, {"special", true}});
  const auto tokenizer = load_text(spec.dump());
  ASSERT_FALSE(tokenizer);
  EXPECT_NE(tokenizer.error().message.find("\"[SUFFIX]\" has id 7, but in model.vocab it has 6"),
            std::string::npos)
      << tokenizer.error().message;
}

struct Respelling {
  std::string from;
  std::string to;
};

/// The demo model whose tokens are spelled otherwise, and not marked as special.
class RespelledDemo {
 public:
  explicit RespelledDemo(const std::vector<Respelling>& spellings) {
    json spec = json::parse(demo_.read("tokenizer.json"));
    json& vocabulary = spec["model"]["vocab"];
    for (const auto& [from, to] : spellings) {
      vocabulary[to] = vocabulary.at(from);
      vocabulary.erase(from);
      for (json& token : spec["added_tokens"]) {
        if (token["content"] != from) continue;
        token["content"] = to;
        token["special"] = false;
      }
    }
    demo_.overwrite("tokenizer.json", spec.dump());
  }

  EditedDemo& files() { return demo_; }

  [[nodiscard]] std::unique_ptr<Engine> open() const {
    auto engine = Engine::open({.model = demo_.path(), .num_threads = 1});
    EXPECT_TRUE(engine) << engine.error().message;
    return *std::move(engine);
  }

 private:
  EditedDemo demo_;
};

const char* const kDemoPrefix = "<\uFF5Cfim\u2581begin\uFF5C>";
const char* const kDemoSuffix = "<\uFF5Cfim\u2581hole\uFF5C>";
const char* const kDemoMiddle = "<\uFF5Cfim\u2581end\uFF5C>";
const char* const kDemoEos = "<\uFF5Cend\u2581of\u2581sentence\uFF5C>";

/// A class that is written from top to bottom: what stands before the cursor, and no more.
GenerationRequest stack_request(const std::string& typed) {
  return {.prompt = HolePrompt{.prefix = "class Stack:\n    def __init__(self):\n" + typed,
                               .suffix = "\n\n    def pop(self):\n        return 1\n"},
          .heal = true,
          .max_drift_tokens = 64,
          .stop = {.max_tokens = 48}};
}

TEST(FimFormats, EndAGeneration) {
  const auto answer = [](const char* eos) {
    RespelledDemo demo({Respelling{kDemoEos, eos}});
    demo.files().replace_in("config.json", "\"eos_token_id\": 1", "\"eos_token_id\": 0");
    demo.files().replace_in("generation_config.json", "\"eos_token_id\": 1", "\"eos_token_id\": 0");
    demo.files().replace_in("tokenizer_config.json", kDemoEos, eos);
    return generate(*demo.open(), stack_request("        self.items = ")).text;
  };
  const std::string other = answer("<other>");
  const size_t end = other.find("<other>");
  ASSERT_NE(end, std::string::npos) << other;
  for (const char* eos : {"<|im_end|>", "<|file_sep|>", "<fim_pad>", "\u2581<EOT>", "[MIDDLE]"}) {
    EXPECT_EQ(answer(eos), other.substr(0, end)) << eos;
  }
}

// What is typed before the hole is behind all else, so a key costs its own tokens, exactly.
TEST(FimFormats, WithTheSuffixFirstKeepEveryRowFromKeyToKey) {
  const std::vector<std::vector<Respelling>> formats = {
      {{kDemoPrefix, "<[fim-prefix]>"},
       {kDemoSuffix, "<[fim-suffix]>"},
       {kDemoMiddle, "<[fim-middle]>"}},
      {{kDemoPrefix, "[PREFIX]"}, {kDemoSuffix, "[SUFFIX]"}}};
  const std::string typed =
      "        self.items = []\n\n    def push(self, item):\n        self.ite";
  for (const auto& spellings : formats) {
    SCOPED_TRACE(spellings[0].to);
    const RespelledDemo demo(spellings);
    const auto engine = demo.open();
    int64_t previous_tokens = 0;
    for (size_t size = 0; size <= typed.size(); size += 7) {
      GenerationRequest request = stack_request(typed.substr(0, size));
      request.stop.max_tokens = 4;
      const GenerationResult result = generate(*engine, request);
      // An unfinished word may have been encoded otherwise, and a middle's marker is behind it.
      EXPECT_GE(result.cached_tokens, previous_tokens - 6) << size;
      EXPECT_EQ(result.drift_tokens, 0);
      previous_tokens = result.prompt_tokens;
      request.max_drift_tokens = 0;
      EXPECT_EQ(generate(*demo.open(), request).text, result.text) << size;
    }
  }
}

}  // namespace
}  // namespace fimd
