#include "editors/cli/manual.h"

#include <CLI/CLI.hpp>
#include <string_view>
#include <vector>

namespace fimd {
namespace {

constexpr std::string_view kAfterCommands = R"(.SH ENVIRONMENT
.TP
.B FIMD_MODEL
The model, a GGUF file or a folder, where no option names one.
.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
an operating error, with one line on standard error
.TP
.B 2
a usage error
.TP
.B 128 + n
stopped by signal n
)";

/// `text` as roff prints it: no character of it is a command.
std::string roff(std::string_view text) {
  std::string result;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) result += "\\&";
    if (c == '-' || c == '\\') result += '\\';
    result += c == '\\' ? 'e' : c;
    line_begins = c == '\n';
  }
  return result;
}

std::string option_entry(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += ", \\fB" + roff("-" + name) + "\\fR";
  for (const std::string& name : option.get_lnames())
    names += ", \\fB" + roff("--" + name) + "\\fR";
  if (option.get_positional()) names += ", \\fI" + roff(option.get_single_name()) + "\\fR";
  const bool argued = !option.get_positional() && option.get_items_expected_max() > 0;
  std::string entry = ".TP\n" + names.substr(2);
  if (argued) entry += " \\fI" + roff(option.get_type_name()) + "\\fR";
  entry += "\n" + roff(option.get_description());
  if (!option.get_default_str().empty()) {
    entry += " (default " + roff(option.get_default_str()) + ")";
  }
  return entry + "\n";
}

std::string entries(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    const bool known = command.get_parent() != nullptr && option == command.get_help_ptr();
    if (!known) text += option_entry(*option);
  }
  return text;
}

}  // namespace

std::string manual_page(const CLI::App& app) {
  std::string text = ".TH FIMD 1 \"\" \"fimd " FIMD_VERSION "\" \"User Commands\"\n";
  text += ".SH NAME\nfimd \\- completes code with a language model on your own machine\n";
  text += ".SH SYNOPSIS\n.B fimd\n.I COMMAND\n[\\fIOPTIONS\\fR]\n";
  text += ".SH DESCRIPTION\n" + roff(app.get_description()) + "\n.SH OPTIONS\n" + entries(app);
  text += ".SH COMMANDS\n";
  for (const CLI::App* command : app.get_subcommands({})) {
    text += ".SS " + roff("fimd " + command->get_name()) + "\n";
    text += roff(command->get_description()) + ".\n" + entries(*command);
    if (command->get_footer().empty()) continue;
    text += ".PP\n.nf\n" + roff(command->get_footer()) + ".fi\n";
  }
  return text.append(kAfterCommands);
}

}  // namespace fimd
