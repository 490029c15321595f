#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "tests/lsp/completion_fixture.h"

namespace fimd::lsp {
namespace {

using Defaults = std::map<std::string, std::string>;

std::vector<std::string> lines_of_document(const std::string& path) {
  std::ifstream file(std::filesystem::path(FIMD_SOURCE_DIR) / path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The settings in the table of editors/README.md that the server reads, with their defaults.
Defaults settings_of_readme() {
  static const std::regex kRow(R"(\| `([A-Za-z.]+)` \| [^|]* \| ([^|]*) \| ([^|]*) \|)");
  Defaults defaults;
  for (const std::string& line : lines_of_document("editors/README.md")) {
    std::smatch row;
    if (!std::regex_match(line, row, kRow)) continue;
    if (row[3].str().find("read by the client only") != std::string::npos) continue;
    defaults[row[1]] = std::regex_replace(row[2].str(), std::regex("`"), "");
  }
  return defaults;
}

/// The same of a table in plain text: a heading `setting  default  what it does`, then rows up to
/// an empty line; those that begin with a blank go on with the row before.
Defaults settings_of_text(const std::string& path) {
  static const std::regex kHeading(R"(setting {2,}default {2,}what it does)");
  static const std::regex kRow(R"(([A-Za-z.]+) {2,}(.*?) {2,}.*)");
  Defaults defaults;
  bool inside = false;
  for (const std::string& escaped : lines_of_document(path)) {
    const std::string line = std::regex_replace(escaped, std::regex(R"(\\")"), "\"");
    inside = std::regex_match(line, kHeading) || (inside && !line.empty());
    std::smatch row;
    if (inside && !std::regex_match(line, kHeading) && std::regex_match(line, row, kRow)) {
      defaults[row[1]] = row[2];
    }
  }
  return defaults;
}

TEST(CompletionSettings, DocumentsOfAllEditorsAgree) {
  const Defaults settings = settings_of_readme();
  EXPECT_EQ(settings.size(), 9u);
  EXPECT_EQ(settings_of_text("editors/neovim/doc/fimd.txt"), settings);
  EXPECT_EQ(settings_of_text("editors/emacs/fimd-settings.el"), settings);
}

// No setting can be -7, so each that the server reads is complained of by its name.
TEST(CompletionSettings, ServerReadsWhatIsDocumented) {
  for (const auto& [name, unused] : settings_of_readme()) {
    std::string complaints;
    CompletionSettings::from({{name, int64_t{-7}}},
                             [&](const std::string& complaint) { complaints += complaint; });
    EXPECT_NE(complaints.find("fimd." + name + " is ignored"), std::string::npos) << name;
  }
}

TEST_F(CompletionServiceTest, ObeysItsSettings) {
  start({{"enable.python", false}});
  open(kUri, kText);
  EXPECT_EQ(suggest(kCursor), "");
  EXPECT_NE(suggest(kCursor, /*invoked=*/true), "");
  service.configure({{"enable.*", false}, {"enable.python", true}});
  EXPECT_NE(suggest(kCursor), "");
  service.configure({{"trigger", std::string("manual")}});
  EXPECT_EQ(suggest(kCursor), "");
  EXPECT_NE(suggest(kCursor, /*invoked=*/true), "");
  service.configure({{"maxTokens", int64_t{7}}});
  suggest(kCursor);
  EXPECT_EQ(requests().back().stop.max_tokens, 7);
}

TEST(CompletionSettings, ReadAHomeFolderAsAShellDoes) {
  const auto model_of = [](const char* model) {
    const Settings settings = {{"model", std::string(model)}};
    return CompletionSettings::from(settings, [](const std::string&) {}).engine.model;
  };
  const char* home = std::getenv("HOME");
  ASSERT_NE(home, nullptr);
  EXPECT_EQ(model_of("~/models/lite"), home + std::string("/models/lite"));
  EXPECT_EQ(model_of("~"), home);
  for (const char* as_it_is : {"", "/models/~/lite", "~user/models", "models/~", "~models"}) {
    EXPECT_EQ(model_of(as_it_is), as_it_is);
  }
}

TEST(CompletionSettings, TurnProseOffUnlessItIsListed) {
  const auto enabled = [](const Settings& settings, const char* language_id) {
    return CompletionSettings::from(settings, [](const std::string&) {}).enabled(language_id);
  };
  for (const char* prose : {"markdown", "plaintext", "latex", "git-commit"}) {
    EXPECT_FALSE(enabled({}, prose)) << prose;
    EXPECT_FALSE(enabled({{"enable.*", true}}, prose)) << prose;
    EXPECT_TRUE(enabled({{"enable." + std::string(prose), true}}, prose)) << prose;
  }
  EXPECT_TRUE(enabled({}, "python"));
  EXPECT_TRUE(enabled({}, "a language of tomorrow"));
  EXPECT_FALSE(enabled({{"enable", false}}, "python"));
}

TEST_F(CompletionServiceTest, SaysWhichSettingIsWrong) {
  start(
      {{"maxTokens", int64_t{-1}}, {"trigger", std::string("never")}, {"inComments", int64_t{1}}});
  EXPECT_EQ(editor.told,
            (std::vector<std::string>{
                "the setting fimd.maxTokens is ignored: it is -1, expected 1 to 4096",
                "the setting fimd.trigger is ignored: it is \"never\", expected \"automatic\" or "
                "\"manual\"",
                "the setting fimd.inComments is ignored: expected true or false"}));
}

}  // namespace
}  // namespace fimd::lsp
