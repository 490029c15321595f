// `fimd lsp`: the language server that editors start.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>

#include "editors/cli/command.h"
#include "editors/cli/model_options.h"
#include "lsp/completion_service.h"
#include "lsp/serve.h"

namespace fimd {
namespace {

constexpr const char* kLspExamples =
    R"(Examples:
  fimd lsp                                         as editors start it
  fimd lsp --listen unix:/run/user/1000/fimd.sock
  fimd lsp --listen tcp:7777                       on the loopback address only
)";

struct LspOptions {
  std::string listen;
  lsp::LogLevel log_level = lsp::LogLevel::kInfo;
  EngineArguments engine;
};

/// The engine of this process: opened when it is first needed, shared by all sessions, opened anew
/// when their settings name another.
lsp::GeneratorSource shared_engine(const EngineArguments& arguments) {
  using Opened = Result<std::shared_ptr<TextGenerator>>;
  const auto open = [arguments](const lsp::EngineChoice& choice,
                                const LoadProgress& progress) -> Opened {
    EngineArguments wanted = arguments;
    wanted.model = choice.model;
    wanted.num_threads = choice.num_threads;
    FIMD_TRY(EngineOptions options, resolve(wanted));
    options.progress = progress;
    FIMD_TRY(std::shared_ptr<Engine> engine, Engine::open(options));
    return std::shared_ptr<TextGenerator>(std::move(engine));
  };
  const auto shared = std::make_shared<lsp::SharedGenerator>(open);
  return [arguments, shared](lsp::EngineChoice choice,
                             const LoadProgress& progress,
                             const std::stop_token& stop) -> Opened {
    if (choice.model.empty()) choice.model = arguments.model;
    if (choice.num_threads == 0) choice.num_threads = arguments.num_threads;
    return shared->get(choice, progress, stop);
  };
}

/// One line on stderr, which editors show in a log of the server.
void write_log(lsp::LogLevel level, std::string_view text) {
  static constexpr std::string_view kNames[] = {"error", "warning", "info", "debug"};
  const std::string line =
      "fimd: " + std::string(kNames[static_cast<size_t>(level)]) + ": " + std::string(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

lsp::ServerOptions server_options(const LspOptions& options) {
  const lsp::GeneratorSource engine = shared_engine(options.engine);
  const auto log = [most = options.log_level](lsp::LogLevel level, std::string_view text) {
    if (level <= most) write_log(level, text);
  };
  const auto make_service = [engine](lsp::Editor& editor) {
    return std::make_unique<lsp::CompletionService>(editor, engine);
  };
  return {.version = FIMD_VERSION, .log = log, .make_service = make_service};
}

/// For whoever types `fimd lsp` and sees nothing happen.
constexpr const char* kTypedByHand =
    "fimd: this is the language server, which editors start; it waits for an editor's messages on\n"
    "stdin. Ctrl-C leaves. `fimd fill --help` says how to complete code from here, `fimd doctor`\n"
    "whether editors find what they need.\n";

Status listen(const LspOptions& options, Interrupts& interrupts) {
  FIMD_TRY(const lsp::ListenAddress address, lsp::parse_listen_address(options.listen));
  const auto ready = [](const lsp::ListenAddress& bound) {
    // Whoever started us with port 0 reads here which one it became.
    const auto* tcp = std::get_if<lsp::TcpAddress>(&bound);
    const std::string text = tcp != nullptr ? "tcp:" + std::to_string(tcp->port)
                                            : "unix:" + std::get<lsp::UnixAddress>(bound).path;
    std::fprintf(stderr, "fimd: listening on %s\n", text.c_str());
  };
  const std::stop_token stop = interrupts.watch();
  FIMD_TRY_STATUS(lsp::serve_connections(address, server_options(options), stop, ready));
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "interrupted");
  return {};
}

}  // namespace

Command add_lsp_command(CLI::App& app) {
  const auto options = std::make_shared<LspOptions>();
  CLI::App* lsp = app.add_subcommand("lsp", "Serve editors: the language server");
  lsp->footer(kLspExamples);
  lsp->add_option("--listen", options->listen, "Serve clients that connect, instead of stdin")
      ->type_name("unix:PATH|tcp:PORT");
  const std::map<std::string, lsp::LogLevel> levels = {{"error", lsp::LogLevel::kError},
                                                       {"warning", lsp::LogLevel::kWarning},
                                                       {"info", lsp::LogLevel::kInfo},
                                                       {"debug", lsp::LogLevel::kDebug}};
  lsp->add_option("--log", options->log_level, "The least that is told on stderr")
      ->type_name("error|warning|info|debug")
      ->transform(CLI::CheckedTransformer(levels).description(""))
      ->default_str("info");
  lsp->add_flag_function(
      "--stdio", [](int64_t) {}, "Serve stdin and stdout: the default");
  add_engine_options(*lsp, options->engine);

  const auto usage_error = [options]() -> std::string {
    if (options->listen.empty()) return "";
    const auto address = lsp::parse_listen_address(options->listen);
    return address ? "" : address.error().message;
  };
  const auto run = [options](Interrupts& interrupts) -> Status {
    if (!options->listen.empty()) return listen(*options, interrupts);
    if (::isatty(STDIN_FILENO) == 1) std::fputs(kTypedByHand, stderr);
    const int exit_code = lsp::serve_stdio(server_options(*options));
    if (exit_code == 0) return {};
    return fail(ErrorCode::kIo, "the client went away without saying shutdown and exit");
  };
  return {lsp, usage_error, run};
}

}  // namespace fimd
