// Runs `fimd`, `fimd info` and `fimd tokenize` with the bundled model.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/run_command.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

using nlohmann::json;

using Words = std::vector<std::string>;

CommandResult fimd(Words arguments, const CommandOptions& options = {}) {
  arguments.insert(arguments.begin(), FIMD_BINARY);
  return run_command(arguments, options);
}

std::string printed_by(const Words& arguments, const CommandOptions& options = {}) {
  const CommandResult result = fimd(arguments, options);
  EXPECT_EQ(result.exit_code, 0) << testing::PrintToString(arguments);
  EXPECT_EQ(result.errors, "") << testing::PrintToString(arguments);
  return result.output;
}

TEST(Fimd, PrintsItsVersion) {
  const std::string version = printed_by({"--version"});
  EXPECT_EQ(version.rfind("fimd ", 0), 0U);
  EXPECT_EQ(version.find('\n'), version.size() - 1);
  EXPECT_EQ(printed_by({"-v"}), version);
  for (const char* word : {" (commit ", ", backend cpu", ", instruction set "}) {
    EXPECT_NE(version.find(word), std::string::npos) << version;
  }
}

TEST(Fimd, HasExamplesInTheHelpOfEverySubcommand) {
  const std::string help = printed_by({"--help"});
  for (const std::string name : {"fill", "info", "tokenize", "bench", "lsp"}) {
    EXPECT_NE(help.find(name), std::string::npos) << name;
    EXPECT_NE(printed_by({name, "--help"}).find("Examples:"), std::string::npos) << name;
  }
}

TEST(Fimd, NeedsASubcommandThatExists) {
  for (const Words& arguments : {Words{}, Words{"frobnicate"}, Words{"--frobnicate"}}) {
    const CommandResult result = fimd(arguments);
    EXPECT_EQ(result.exit_code, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(result.output, "");
    EXPECT_EQ(result.errors.rfind("fimd: ", 0), 0U) << result.errors;
  }
}

TEST(Fimd, NamesTheCommandThatWasMeant) {
  EXPECT_EQ(fimd({"fil", "queue.py"}).errors,
            "fimd: there is no command 'fil'; did you mean 'fill'?\nTry 'fimd --help'.\n");
  EXPECT_EQ(fimd({"frobnicate"}).errors,
            "fimd: there is no command 'frobnicate'\nTry 'fimd --help'.\n");
}

TEST(Fimd, TakesTheModelFromTheEnvironment) {
  const CommandResult result = fimd({"info"}, {.environment = {{"FIMD_MODEL", "/nowhere"}}});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.errors.find("/nowhere"), std::string::npos) << result.errors;
}

TEST(Info, DescribesTheBundledModel) {
  const json info = json::parse(printed_by({"info", "--json"}));
  EXPECT_EQ(info.at("architecture"), "DeepseekV2ForCausalLM");
  EXPECT_GT(info.at("total_parameters"), info.at("active_parameters"));
  EXPECT_EQ(info.at("layers"), 5);
  EXPECT_EQ(info.at("moe_layers"), 4);
  EXPECT_EQ(info.at("dtype"), "BF16");
  EXPECT_EQ(info.at("context_tokens"), 4096);
  EXPECT_EQ(info.at("cache_bytes_per_token"), 5 * (64 + 32) * 4);
  EXPECT_EQ(info.at("vocab_size"), 4096);
  EXPECT_EQ(info.at("fim_format"), "DeepSeek");
  EXPECT_TRUE(info.at("no_fim").is_null());
  EXPECT_EQ(info.at("fim_tokens").size(), 3U);
  EXPECT_EQ(info.at("fim_tokens").at(1).at("part"), "suffix");
  EXPECT_EQ(info.at("fim_tokens").at(1).at("name"),
            "<\xEF\xBD\x9C"
            "fim\xE2\x96\x81hole\xEF\xBD\x9C>");
  EXPECT_TRUE(info.at("chat_template").is_string());
}

TEST(Info, IsATableForPeople) {
  const std::string table = printed_by({"info"});
  for (const char* row : {"architecture   DeepseekV2ForCausalLM\n",
                          "layers         5, 4 of them mixtures of experts\n",
                          "context        4096 tokens\n",
                          "cache          1920 bytes per token\n",
                          "FIM format     DeepSeek: prefix, suffix, middle\n"}) {
    EXPECT_NE(table.find(row), std::string::npos) << row << table;
  }
}

TEST(Info, DescribesWeightsWithoutATokenizer) {
  const json info =
      json::parse(printed_by({"info", FIMD_SOURCE_DIR "/tests/golden/models/llm-7b", "--json"}));
  EXPECT_EQ(info.at("architecture"), "LlamaForCausalLM");
  EXPECT_EQ(info.at("moe_layers"), 0);
  EXPECT_TRUE(info.at("fim_format").is_null());
  EXPECT_EQ(info.at("no_fim"), "no tokenizer");
  EXPECT_TRUE(info.at("fim_tokens").is_null());
  EXPECT_TRUE(info.at("chat_template").is_null());
}

constexpr const char* kText = "def push(self):\n\treturn '\xC3\xA9\xF0\x9F\x98\x80'";

Words ids_of(const std::string& text) {
  std::istringstream stream(printed_by({"tokenize", "--ids", text}));
  Words ids;
  for (std::string id; stream >> id;) ids.push_back(id);
  return ids;
}

TEST(Tokenize, DecodesWhatItEncodes) {
  Words decode = {"tokenize", "--decode"};
  const Words ids = ids_of(kText);
  decode.insert(decode.end(), ids.begin(), ids.end());
  EXPECT_EQ(printed_by(decode), kText);
}

TEST(Tokenize, SaysTheSameInEveryForm) {
  const Words ids = ids_of(kText);
  EXPECT_EQ(printed_by({"tokenize", "--count", kText}), std::to_string(ids.size()) + "\n");
  const json report = json::parse(printed_by({"tokenize", "--json", kText}));
  ASSERT_EQ(report.at("ids").size(), ids.size());
  ASSERT_EQ(report.at("pieces").size(), ids.size());
  std::string table;
  std::istringstream lines(printed_by({"tokenize", kText}));
  size_t index = 0;
  for (std::string line; std::getline(lines, line); ++index) {
    ASSERT_LT(index, ids.size());
    EXPECT_EQ(line.substr(0, line.find('\t')), ids[index]);
    EXPECT_EQ(std::to_string(report.at("ids").at(index).get<int>()), ids[index]);
  }
  EXPECT_EQ(index, ids.size());
}

TEST(Tokenize, ReadsStandardInput) {
  const std::string expected = printed_by({"tokenize", kText});
  EXPECT_EQ(printed_by({"tokenize"}, {.input = kText}), expected);
  EXPECT_EQ(printed_by({"tokenize", "-"}, {.input = kText}), expected);
}

TEST(Tokenize, RecognisesSpecialTokensOnlyWhenAsked) {
  const json info = json::parse(printed_by({"info", "--json"}));
  const json& hole = info.at("fim_tokens").at(1);
  const std::string name = hole.at("name");
  EXPECT_EQ(printed_by({"tokenize", "--special", "--ids", name}),
            std::to_string(hole.at("id").get<int>()) + "\n");
  EXPECT_GT(ids_of(name).size(), 1U);
}

TEST(Tokenize, RefusesIdsThatAreNotTokens) {
  for (const char* id : {"-1", "4096", "2147483647"}) {
    const CommandResult result = fimd({"tokenize", "--decode", id});
    EXPECT_EQ(result.exit_code, 1) << id;
    EXPECT_NE(result.errors.find(std::string("token ") + id), std::string::npos) << result.errors;
  }
  EXPECT_EQ(fimd({"tokenize", "--decode", "99999999999"}).exit_code, 2);
  EXPECT_EQ(fimd({"tokenize", "text", "--decode", "1"}).exit_code, 2);
  EXPECT_EQ(fimd({"tokenize", "--ids", "--count", "text"}).exit_code, 2);
}

}  // namespace
}  // namespace fimd
