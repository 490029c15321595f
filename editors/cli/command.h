// What main() and the subcommands agree on.
//
// A subcommand is a file with one function that declares its options and returns how to check and
// run them. Nothing runs while the line is parsed, so a usage error can come first, before any
// work.
//
// Exit codes: 0 done; 1 an operating error, one line `fimd: ...` on stderr; 2 a usage error;
// 128 + n stopped by signal n.
#pragma once

#include <functional>
#include <string>

#include "editors/cli/interrupts.h"
#include "kernels/base/result.h"

namespace CLI {
class App;
}

namespace fimd {

struct Command {
  CLI::App* parser;
  /// Returns the usage error that no single option shows, or nothing. May be empty.
  std::function<std::string()> usage_error;
  std::function<Status(Interrupts& interrupts)> run;
};

Command add_fill_command(CLI::App& app);
Command add_info_command(CLI::App& app);
Command add_tokenize_command(CLI::App& app);
Command add_bench_command(CLI::App& app);
Command add_lsp_command(CLI::App& app);
Command add_doctor_command(CLI::App& app);
Command add_docs_command(CLI::App& app);

}  // namespace fimd
