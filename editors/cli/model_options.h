// The options that choose a model and how it runs, the same for every subcommand.
#pragma once

#include <string>

#include "engine/engine.h"

namespace CLI {
class App;
}

namespace fimd {

/// As given on the command line.
struct EngineArguments {
  std::string model;  ///< empty: find_model()'s choice
  std::string backend;
  int num_threads = 0;
};

void add_model_option(CLI::App& command, std::string& model);

/// --model, --backend and --threads.
void add_engine_options(CLI::App& command, EngineArguments& arguments);

/// Errors: those of find_model().
Result<EngineOptions> resolve(const EngineArguments& arguments);

}  // namespace fimd
