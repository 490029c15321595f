// Runs `fimd docs`, and installs what was built as a package would.
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/run_command.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

using Words = std::vector<std::string>;

std::string standard_output(const Words& command) {
  const CommandResult result = run_command(command, {});
  EXPECT_EQ(result.exit_code, 0) << testing::PrintToString(command) << result.errors;
  EXPECT_EQ(result.errors, "");
  return result.output;
}

std::string doc(const std::string& kind) {
  return standard_output({FIMD_BINARY, "docs", kind});
}

/// Every match of `pattern`, once.
Words words_of(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  Words words;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) {
    words.push_back((*it)[1]);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

/// The subcommands, as the help lists them.
Words commands() {
  const std::string help = standard_output({FIMD_BINARY, "--help"});
  return words_of(help.substr(help.find("Subcommands:")), "\n  ([a-z]+)  ");
}

TEST(Docs, KnowEveryCommandAndOption) {
  const Words names = commands();
  ASSERT_GE(names.size(), 6U);
  const std::string manual = std::regex_replace(doc("man"), std::regex(R"(\\-)"), "-");
  const std::string bash = doc("bash");
  const std::string zsh = doc("zsh");
  const std::string fish = doc("fish");
  for (const std::string& name : names) {
    EXPECT_NE(manual.find(".SS fimd " + name + "\n"), std::string::npos) << name;
    EXPECT_NE(bash.find("    " + name + ")\n"), std::string::npos) << name;
    EXPECT_NE(zsh.find("    " + name + ")\n"), std::string::npos) << name;
    EXPECT_NE(fish.find("-f -a " + name + " "), std::string::npos) << name;
    const std::string help = standard_output({FIMD_BINARY, name, "--help"});
    for (const std::string& option : words_of(help, "\n  (?:-[a-z],)?(--[a-z-]+)")) {
      EXPECT_NE(manual.find("\\fB" + option + "\\fR"), std::string::npos) << option;
      EXPECT_NE(bash.find(" " + option), std::string::npos) << option;
      EXPECT_NE(zsh.find(option + "["), std::string::npos) << option;
      EXPECT_NE(fish.find(" -l " + option.substr(2) + " "), std::string::npos) << option;
    }
  }
}

TEST(Docs, CompleteInBash) {
  const auto complete = [](const std::string& words) {
    const std::string script = "source <(\"$0\" docs bash); COMP_WORDS=(" + words +
                               "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _fimd; "
                               "printf '%s ' \"${COMPREPLY[@]}\"";
    return standard_output({"/bin/bash", "-c", script, FIMD_BINARY});
  };
  EXPECT_EQ(complete("fimd fi"), "fill ");
  EXPECT_EQ(complete("fimd --v"), "--version ");
  EXPECT_EQ(complete("fimd fill --col"), "--color ");
  EXPECT_EQ(complete("fimd fill --color ''"), "auto always never ");
  EXPECT_EQ(complete("fimd lsp --log d"), "debug ");
  EXPECT_EQ(complete("fimd docs ''"), "man bash zsh fish ");
  EXPECT_EQ(complete("fimd fill que"), " ") << "a file, by bash's own default";
  EXPECT_EQ(complete("fimd frobnicate --c"), " ");
}

TEST(Docs, AreInstalledBesideAProgramThatFindsItsModel) {
  TempFolder folder;
  const fs::path build = fs::path(FIMD_BINARY).parent_path().parent_path();
  const fs::path prefix = folder.path() / "usr";
  standard_output({"/bin/sh",
                   "-c",
                   "cmake --install \"$0\" --prefix \"$1\" > \"$2\" && rm \"$2\"",
                   build.string(),
                   prefix.string(),
                   (folder.path() / "log").string()});
  for (const char* path : {"share/man/man1/fimd.1",
                           "share/bash-completion/completions/fimd",
                           "share/zsh/site-functions/_fimd",
                           "share/fish/vendor_completions.d/fimd.fish"}) {
    EXPECT_GT(fs::file_size(prefix / path), 100U) << path;
  }
  const std::string program = (prefix / "bin/fimd").string();
  EXPECT_NE(standard_output({program, "info"}).find((prefix / "share/fimd").string()),
            std::string::npos);
  // A symbolic link to it is the same program.
  const fs::path link = folder.path() / "fimd";
  fs::create_symlink(program, link);
  EXPECT_EQ(standard_output({link.string(), "info"}), standard_output({program, "info"}));
  // A copy has no model, and says what to do.
  const fs::path copy = folder.path() / "copy/fimd";
  fs::create_directory(copy.parent_path());
  fs::copy_file(program, copy);
  const CommandResult result = run_command({copy.string(), "info"}, {});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.errors.find("cmake --install"), std::string::npos) << result.errors;
  EXPECT_NE(result.errors.find("symbolic link"), std::string::npos) << result.errors;
}

}  // namespace
}  // namespace fimd
