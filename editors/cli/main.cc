// The `fimd` executable: finds the subcommand, runs it, and turns its error into an exit code.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "editors/cli/command.h"
#include "editors/cli/nearest_name.h"
#include "editors/cli/version.h"

namespace fimd {
namespace {

constexpr int kOperatingError = 1;
constexpr int kUsageError = 2;

std::string usage_message(const CLI::App& app, const std::string& problem) {
  std::string name = "fimd";
  for (const CLI::App* parsed : app.get_subcommands()) name += " " + parsed->get_name();
  return "fimd: " + problem + "\nTry '" + name + " --help'.\n";
}

/// What is wrong with the word where a subcommand should be, or nothing.
std::string unknown_command(const CLI::App& app, const std::string& word) {
  if (word.starts_with('-')) return {};
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (std::find(names.begin(), names.end(), word) != names.end()) return {};
  const std::string_view nearest = nearest_name(word, names);
  const std::string problem = "there is no command '" + word + "'";
  return nearest.empty() ? problem : problem + "; did you mean '" + std::string(nearest) + "'?";
}

int run(const CLI::App& app, const Command& command) {
  const std::string problem = command.usage_error ? command.usage_error() : std::string();
  if (!problem.empty()) {
    std::fputs(usage_message(app, problem).c_str(), stderr);
    return kUsageError;
  }
  Interrupts interrupts;
  const Status status = command.run(interrupts);
  if (status) return 0;
  if (status.error().code == ErrorCode::kCancelled && interrupts.received_signal() != 0) {
    return 128 + interrupts.received_signal();
  }
  std::fprintf(stderr, "fimd: %s\n", status.error().message.c_str());
  return kOperatingError;
}

int run(int argc, char** argv) {
  CLI::App app("Fills holes in code with a DeepSeek model on your own machine.", "fimd");
  app.set_version_flag("-v,--version", version_text, "Print version, commit and backend, and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  app.failure_message([](const CLI::App* parsed, const CLI::Error& error) {
    return usage_message(*parsed, error.what());
  });
  const std::vector<Command> commands = {add_fill_command(app),
                                         add_info_command(app),
                                         add_tokenize_command(app),
                                         add_bench_command(app),
                                         add_lsp_command(app),
                                         add_doctor_command(app),
                                         add_docs_command(app)};
  const std::string problem = argc > 1 ? unknown_command(app, argv[1]) : std::string();
  if (!problem.empty()) {
    std::fputs(usage_message(app, problem).c_str(), stderr);
    return kUsageError;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  for (const Command& command : commands) {
    if (command.parser->parsed()) return run(app, command);
  }
  return kUsageError;
}

}  // namespace
}  // namespace fimd

int main(int argc, char** argv) {
  // A closed pipe ends the process quietly, even if its parent ignores the signal.
  std::signal(SIGPIPE, SIG_DFL);
  return fimd::run(argc, argv);
}
