// Runs a program as a user does, and tells what it printed and how it ended.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace fimd {

struct CommandOptions {
  std::string input = {};            ///< on standard input, which then ends
  bool input_from_terminal = false;  ///< standard input is a pseudo-terminal, which never ends
  bool output_to_terminal = false;   ///< standard output is a pseudo-terminal
  int pending_signal = 0;            ///< waits for the program when it begins; 0: none
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< set beside the test's own
};

struct CommandResult {
  int exit_code = -1;  ///< 128 + n: ended by signal n
  std::string output;
  std::string errors;
};

/// Runs `command`, whose first word is a path, to its end. Exit code 127: it cannot be started.
CommandResult run_command(const std::vector<std::string>& command,
                          const CommandOptions& options = {});

}  // namespace fimd
