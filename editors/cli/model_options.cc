#include "editors/cli/model_options.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "editors/cli/find_model.h"

namespace fimd {

void add_model_option(CLI::App& command, std::string& model) {
  command
      .add_option(
          "-m,--model",
          model,
          "A GGUF file or a model's folder; otherwise $FIMD_MODEL, otherwise the bundled one")
      ->type_name("MODEL");
}

void add_engine_options(CLI::App& command, EngineArguments& arguments) {
  add_model_option(command, arguments.model);
  std::string names;
  for (const Backend& backend : backends()) {
    names.append(names.empty() ? "" : ", ").append(backend.name);
  }
  command.add_option("--backend", arguments.backend, "One of " + names + "; otherwise the fastest")
      ->type_name("NAME");
  command.add_option("--threads", arguments.num_threads, "0: one for every CPU")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(0, ThreadPool::kMaxThreads).description(""));
}

Result<EngineOptions> resolve(const EngineArguments& arguments) {
  FIMD_TRY(const std::filesystem::path model, find_model(arguments.model));
  return EngineOptions{
      .model = model, .backend = arguments.backend, .num_threads = arguments.num_threads};
}

}  // namespace fimd
