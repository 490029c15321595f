// `fimd docs`: the manual page and what shells complete with, as packages install them.
#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "editors/cli/command.h"
#include "editors/cli/manual.h"
#include "editors/cli/output.h"
#include "editors/cli/shell_completions.h"

namespace fimd {
namespace {

constexpr const char* kDocsExamples = R"(Examples:
  fimd docs man | man -l -
  source <(fimd docs bash)
  fimd docs zsh > "${fpath[1]}/_fimd"
  fimd docs fish > ~/.config/fish/completions/fimd.fish
)";

using WriteDoc = std::string (*)(const CLI::App& app);

}  // namespace

Command add_docs_command(CLI::App& app) {
  const auto write = std::make_shared<WriteDoc>();
  CLI::App* docs = app.add_subcommand("docs", "Print the manual page or a shell's completions");
  docs->footer(kDocsExamples);
  const std::map<std::string, WriteDoc> kinds = {{"man", manual_page},
                                                 {"bash", bash_completions},
                                                 {"zsh", zsh_completions},
                                                 {"fish", fish_completions}};
  docs->add_option_function<std::string>(
          "KIND",
          [write, kinds](const std::string& kind) { *write = kinds.at(kind); },
          "What to print")
      ->type_name("man|bash|zsh|fish")
      ->check(CLI::IsMember(kinds).description(""))
      ->required();
  return {docs, {}, [write, &app](Interrupts&) { return write_stdout((*write)(app)); }};
}

}  // namespace fimd
