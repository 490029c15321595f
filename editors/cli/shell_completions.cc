#include "editors/cli/shell_completions.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <vector>

namespace fimd {
namespace {

/// The words that an option takes, with blanks between them; empty: it takes no words, or any.
std::string choices(const CLI::Option& option) {
  std::string words = option.get_type_name();
  if (words.find('|') == std::string::npos) return {};
  if (words.find_first_not_of("abcdefghijklmnopqrstuvwxyz|") != std::string::npos) return {};
  std::ranges::replace(words, '|', ' ');
  return words;
}

bool takes_argument(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

/// "-i" and "--in-place".
std::vector<std::string> spellings(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

std::string all_spellings(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (std::string& name : spellings(*option)) names.push_back(std::move(name));
  }
  return joined(names, " ");
}

/// The words that the command's positional arguments take.
std::string positional_choices(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional()) return choices(*option);
  }
  return {};
}

std::string command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return joined(names, " ");
}

/// `text` with a backslash before each of `special`.
std::string shell_escaped(std::string_view text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

/// `text` within single quotes of a shell where a quote cannot be escaped.
std::string shell_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

std::string bash_arguments(const CLI::App& command) {
  std::string cases;
  for (const CLI::Option* option : command.get_options()) {
    const std::string words = choices(*option);
    if (words.empty() || option->get_positional()) continue;
    cases += "        " + joined(spellings(*option), " | ") + ") words='" + words + "' ;;\n";
  }
  return cases;
}

std::string zsh_action(const CLI::Option& option) {
  const std::string words = choices(option);
  return words.empty() ? std::string("_files") : "(" + words + ")";
}

std::string zsh_option(const CLI::Option& option) {
  if (option.get_positional()) return " \\\n        '*:argument:" + zsh_action(option) + "'";

  const std::string description = "[" + shell_escaped(option.get_description(), "[]:\\") + "]";
  std::string argument;
  if (takes_argument(option)) {
    argument = ":" + shell_escaped(option.get_type_name(), ":\\") + ":" + zsh_action(option);
  }
  std::string lines;
  const std::vector<std::string> names = spellings(option);
  const std::string others = names.size() > 1 ? "(" + joined(names, " ") + ")" : "";
  for (const std::string& name : names) {
    std::string specification = others;
    specification.append(name).append(description).append(argument);
    lines.append(" \\\n        ").append(shell_quoted(specification));
  }
  return lines;
}

std::string fish_option(const CLI::Option& option, const std::string& condition) {
  const std::string words = choices(option);
  if (option.get_positional() && words.empty()) return {};
  std::string line = "complete -c fimd -n '" + condition + "'";
  for (const std::string& name : option.get_snames()) line += " -s " + name;
  for (const std::string& name : option.get_lnames()) line += " -l " + name;
  if (takes_argument(option) && !option.get_positional()) line += " -r";
  if (!words.empty()) line += " -f -a '" + words + "'";
  return line + " -d '" + shell_escaped(option.get_description(), "'\\") + "'\n";
}

}  // namespace

std::string bash_completions(const CLI::App& app) {
  std::string text =
      "_fimd() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
      "  local words='" +
      command_names(app) + " " + all_spellings(app) +
      "'\n"
      "  if ((COMP_CWORD > 1)); then\n"
      "    case ${COMP_WORDS[1]} in\n";
  for (const CLI::App* command : app.get_subcommands({})) {
    text += "    " + command->get_name() + ")\n      words='" + all_spellings(*command) +
            "'\n      [[ $current == -* ]] || words='" + positional_choices(*command) +
            "'\n      case $previous in\n" + bash_arguments(*command) + "      esac\n      ;;\n";
  }
  return text +
         "    *) words= ;;\n"
         "    esac\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\n"
         "complete -o default -F _fimd fimd\n";
}

std::string zsh_completions(const CLI::App& app) {
  std::string text = "#compdef fimd\n_fimd() {\n  local -a commands=(\n";
  for (const CLI::App* command : app.get_subcommands({})) {
    text += "    " + shell_quoted(command->get_name() + ":" + command->get_description()) + "\n";
  }
  text += "  )\n  if ((CURRENT == 2)); then\n    _describe command commands\n    _arguments";
  for (const CLI::Option* option : app.get_options()) text += zsh_option(*option);
  text += "\n    return\n  fi\n  local command=$words[2]\n  shift words\n  ((CURRENT -= 1))\n";
  text += "  case $command in\n";
  for (const CLI::App* command : app.get_subcommands({})) {
    text += "    " + command->get_name() + ")\n      _arguments";
    for (const CLI::Option* option : command->get_options()) {
      text += zsh_option(*option);
    }
    text += "\n      ;;\n";
  }
  return text + "  esac\n}\n_fimd \"$@\"\n";
}

std::string fish_completions(const CLI::App& app) {
  std::string text;
  for (const CLI::App* command : app.get_subcommands({})) {
    text += "complete -c fimd -n __fish_use_subcommand -f -a " + command->get_name() + " -d '" +
            shell_escaped(command->get_description(), "'\\") + "'\n";
    for (const CLI::Option* option : command->get_options()) {
      text += fish_option(*option, "__fish_seen_subcommand_from " + command->get_name());
    }
  }
  for (const CLI::Option* option : app.get_options()) {
    text += fish_option(*option, "__fish_use_subcommand");
  }
  return text;
}

}  // namespace fimd
