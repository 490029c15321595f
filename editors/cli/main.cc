// The `fimd` executable: finds the subcommand, runs it, and turns its error into an exit code.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "editors/cli/command.h"

namespace fimd {
namespace {

constexpr int kOperatingError = 1;
constexpr int kUsageError = 2;

std::string usage_message(const CLI::App& app, const std::string& problem) {
  std::string name = "fimd";
  for (const CLI::App* parsed : app.get_subcommands()) name += " " + parsed->get_name();
  return "fimd: " + problem + "\nTry '" + name + " --help'.\n";
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
  app.set_version_flag("--version", "fimd " FIMD_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  app.failure_message([](const CLI::App* parsed, const CLI::Error& error) {
    return usage_message(*parsed, error.what());
  });
  const std::vector<Command> commands = {add_fill_command(app),
                                         add_info_command(app),
                                         add_tokenize_command(app),
                                         add_bench_command(app),
                                         add_lsp_command(app)};
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
