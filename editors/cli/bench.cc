#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <vector>

#include "editors/cli/command.h"
#include "editors/cli/hole_bench.h"
#include "editors/cli/model_options.h"
#include "editors/cli/open_engine.h"
#include "editors/cli/output.h"
#include "editors/cli/trace_bench.h"
#include "engine/engine.h"
#include "engine/model/step_cost.h"
#include "kernels/cpu/peak.h"
#include "kernels/cpu/targets.h"

namespace fimd {
namespace {

using Clock = std::chrono::steady_clock;

// Bounds what a typing error can ask for; a run at these sizes takes minutes on a large model.
constexpr int kMaxRuns = 1000;
constexpr int64_t kMaxTokens = 1 << 24;  // the longest context that a configuration may claim

struct Options {
  EngineArguments engine;
  int64_t prefill_tokens = 512;
  int64_t decode_tokens = 128;
  int runs = 7;
  bool json = false;
  std::vector<std::string> traces;
  std::vector<std::string> typed_files;
  std::vector<std::string> holes;
};

struct Report {
  std::string model;
  std::string backend;
  int num_threads = 0;
  double load_ms = 0;
  double prefill_tok_s = 0;
  double prefill_gflop_s = 0;
  double decode_tok_s = 0;
  double decode_gb_s = 0;
  double fma_gflop_s = 0;
  double read_gb_s = 0;
  int64_t peak_memory_bytes = 0;
  int64_t model_bytes = 0;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Token ids without structure, so that the experts get equal work; the same in every run.
std::vector<int32_t> workload(int64_t count, int64_t vocab_size) {
  std::vector<int32_t> tokens(count);
  uint64_t state = 1;
  for (int32_t& token : tokens) {
    state = state * 6364136223846793005U + 1442695040888963407U;  // Knuth's MMIX generator
    token = static_cast<int32_t>((state >> 33) % static_cast<uint64_t>(vocab_size));
  }
  return tokens;
}

/// Runs the model on a cache of its own per run; keeps the buffers between runs.
class Workload {
 public:
  Workload(Engine& engine, const Options& options)
      : engine_(engine),
        exec_(engine.exec()),
        options_(options),
        logits_(engine.model().config().vocab_size),
        tokens_(workload(options.prefill_tokens + options.decode_tokens, std::ssize(logits_))) {}

  /// Seconds of prefill and of all decode steps.
  std::pair<double, double> run() {
    KvCache cache = engine_.model().make_cache(std::ssize(tokens_));
    const std::span<const int32_t> tokens = tokens_;
    Clock::time_point start = Clock::now();
    forward(tokens.first(options_.prefill_tokens), cache);
    const double prefill_s = seconds_since(start);
    start = Clock::now();
    for (int64_t i = 0; i < options_.decode_tokens; ++i) {
      forward(tokens.subspan(options_.prefill_tokens + i, 1), cache);
    }
    return {prefill_s, seconds_since(start)};
  }

 private:
  void forward(std::span<const int32_t> tokens, KvCache& cache) {
    const TensorView<float, 2> logits(logits_.data(), {1, std::ssize(logits_)});
    engine_.model().forward({.tokens = tokens}, cache, logits, engine_.backend(), exec_);
  }

  Engine& engine_;
  Exec exec_;
  const Options& options_;
  std::vector<float> logits_;
  std::vector<int32_t> tokens_;
};

Status check_context(const Engine& engine, const Options& options) {
  const int64_t total = options.prefill_tokens + options.decode_tokens;
  if (total <= engine.context_tokens()) return {};
  return fail(ErrorCode::kInvalidInput,
              "the workload has " + std::to_string(total) + " tokens, expected at most the " +
                  std::to_string(engine.context_tokens()) + " of the context");
}

/// Bytes that a decode step reads in the middle of the run: active weights and the cache.
double decode_step_bytes(const Engine& engine, const Options& options) {
  const Model& model = engine.model();
  const ModelConfig& config = model.config();
  const int64_t context = options.prefill_tokens + options.decode_tokens / 2;
  const int64_t cache_bytes =
      context * config.num_hidden_layers * config.cache_width() * int64_t{sizeof(float)};
  const ModelSize size = measure_model(model.weights(), config);
  return static_cast<double>(size.active.size_bytes + cache_bytes);
}

int64_t peak_memory_bytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

Result<Report> measure(const Options& options) {
  FIMD_TRY(const EngineOptions engine_options, resolve(options.engine));
  const Clock::time_point start = Clock::now();
  FIMD_TRY(const std::unique_ptr<Engine> engine, open_engine(engine_options));
  Report report = {
      .model = engine_options.model.string(),
      .backend = std::string(engine->backend().name),
      .load_ms = 1e3 * seconds_since(start),
      .model_bytes = engine->model().checkpoint().file_bytes(),
  };
  FIMD_TRY_STATUS(check_context(*engine, options));

  Workload workload(*engine, options);
  workload.run();  // pages in the weights, grows the workspace
  std::vector<double> prefill_s;
  std::vector<double> decode_s;
  std::vector<double> fma_gflop_s;
  Exec exec = engine->exec();
  report.num_threads = exec.pool.num_threads();
  for (int run = 0; run < options.runs; ++run) {
    // The peak beside every run: a shared machine's speed drifts.
    fma_gflop_s.push_back(cpu::measure_fma_gflops(exec.pool));
    const auto [prefill, decode] = workload.run();
    prefill_s.push_back(prefill);
    decode_s.push_back(decode);
  }
  report.peak_memory_bytes = peak_memory_bytes();  // before the bandwidth's large buffer
  report.read_gb_s = cpu::measure_read_gbps(exec.pool);
  report.fma_gflop_s = median(fma_gflop_s);

  const auto prefill_tokens = static_cast<double>(options.prefill_tokens);
  const StepShape prefill = {options.prefill_tokens, options.prefill_tokens, 1};
  const auto prefill_flop =
      2.0 * static_cast<double>(step_multiply_adds(engine->model().config(), prefill));
  report.prefill_tok_s = prefill_tokens / median(prefill_s);
  report.prefill_gflop_s = prefill_flop / median(prefill_s) / 1e9;
  report.decode_tok_s = static_cast<double>(options.decode_tokens) / median(decode_s);
  report.decode_gb_s = decode_step_bytes(*engine, options) * report.decode_tok_s / 1e9;
  return report;
}

std::string to_json(const Report& report, const Options& options) {
  const nlohmann::ordered_json json = {
      {"model", report.model},
      {"backend", report.backend},
      {"cpu", cpu::cpu_name()},
      {"instruction_set", cpu::cpu_target_name()},
      {"threads", report.num_threads},
      {"prefill_tokens", options.prefill_tokens},
      {"decode_tokens", options.decode_tokens},
      {"prefill_tok_s", report.prefill_tok_s},
      {"prefill_fma_share", report.prefill_gflop_s / report.fma_gflop_s},
      {"decode_tok_s", report.decode_tok_s},
      {"decode_bandwidth_share", report.decode_gb_s / report.read_gb_s},
      {"fma_gflop_s", report.fma_gflop_s},
      {"read_gb_s", report.read_gb_s},
      {"load_ms", report.load_ms},
      {"peak_memory_bytes", report.peak_memory_bytes},
      {"model_bytes", report.model_bytes},
  };
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

template <typename... Values>
void append_row(std::string& table, const char* format, Values... values) {
  char row[256];
  std::snprintf(row, sizeof(row), format, values...);
  table += row;
}

std::string to_table(const Report& report, const Options& options) {
  constexpr double kMega = 1e6;
  std::string table =
      "cpu      " + cpu::cpu_name() + ", " + std::string(cpu::cpu_target_name()) + "\n";
  table += "model    " + report.model + "\n";
  append_row(table, "backend  %s, %d threads\n\n", report.backend.c_str(), report.num_threads);
  append_row(table, "%-20s %12s %14s %20s\n", "", "tok/s", "", "share of peak");
  append_row(table,
             "%-20s %12.0f %8.1f GFLOP/s %12.0f %% of %.0f\n",
             ("prefill of " + std::to_string(options.prefill_tokens)).c_str(),
             report.prefill_tok_s,
             report.prefill_gflop_s,
             100 * report.prefill_gflop_s / report.fma_gflop_s,
             report.fma_gflop_s);
  append_row(table,
             "%-20s %12.0f %8.1f GB/s    %12.0f %% of %.1f\n\n",
             ("decode of " + std::to_string(options.decode_tokens)).c_str(),
             report.decode_tok_s,
             report.decode_gb_s,
             100 * report.decode_gb_s / report.read_gb_s,
             report.read_gb_s);
  append_row(table,
             "load %.1f ms, peak memory %.1f MB, model files %.1f MB; medians of %d runs\n",
             report.load_ms,
             static_cast<double>(report.peak_memory_bytes) / kMega,
             static_cast<double>(report.model_bytes) / kMega,
             options.runs);
  return table;
}

Status run_traces(const Options& options) {
  FIMD_TRY(const EngineOptions engine_options, resolve(options.engine));
  std::vector<TraceReport> reports;
  reports.reserve(options.traces.size() + options.typed_files.size());
  std::vector<Trace> traces;
  for (const std::string& path : options.traces) {
    FIMD_TRY(Trace trace, load_trace(path));
    traces.push_back(std::move(trace));
  }
  for (const std::string& path : options.typed_files) {
    FIMD_TRY(Trace trace, trace_of_file(path));
    traces.push_back(std::move(trace));
  }
  for (const Trace& trace : traces) {
    // An engine of its own for each: what one trace leaves in the caches must not help the next.
    FIMD_TRY(std::shared_ptr<TextGenerator> engine, open_engine(engine_options));
    FIMD_TRY(TraceReport report, type_trace(trace, engine));
    reports.push_back(std::move(report));
  }
  return write_stdout(options.json ? to_json_lines(reports) : to_table(reports));
}

Status run_holes(const Options& options) {
  FIMD_TRY(const EngineOptions engine_options, resolve(options.engine));
  FIMD_TRY(const std::unique_ptr<Engine> engine, open_engine(engine_options));
  FIMD_TRY(const std::vector<LayoutReport> reports, measure_holes(*engine, options.holes));
  return write_stdout(options.json ? to_json_lines(reports) : to_table(reports));
}

}  // namespace

Command add_bench_command(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* bench = app.add_subcommand("bench", "Measure the model's speed on this machine");
  bench->footer(
      "Examples:\n"
      "  fimd bench                        the bundled model, every CPU\n"
      "  fimd bench --threads 1 --json     for scripts\n"
      "  fimd bench --trace tests/bench/traces/*.json\n"
      "  fimd bench --type src/*.py        each key of files typed from empty\n"
      "  fimd bench --holes src/*.py       what moving a suffix costs\n");
  add_engine_options(*bench, options->engine);
  bench->add_option("--prefill-tokens", options->prefill_tokens, "Tokens of the prompt")
      ->check(CLI::Range(int64_t{1}, kMaxTokens))
      ->capture_default_str();
  bench->add_option("--decode-tokens", options->decode_tokens, "Tokens after the prompt")
      ->check(CLI::Range(int64_t{1}, kMaxTokens))
      ->capture_default_str();
  bench->add_option("--runs", options->runs, "Runs whose median is reported")
      ->check(CLI::Range(1, kMaxRuns))
      ->capture_default_str();
  bench->add_flag("--json", options->json, "Print one line of JSON");
  bench->add_option("--trace", options->traces, "Type recorded traces and measure the completions")
      ->type_name("FILE ...");
  bench
      ->add_option(
          "--type", options->typed_files, "Type files from empty buffers and measure the same")
      ->type_name("FILE ...");
  bench->add_option("--holes", options->holes, "Cut holes into files and measure the layouts")
      ->type_name("FILE ...");
  const auto run = [options](Interrupts&) -> Status {
    if (!options->traces.empty() || !options->typed_files.empty()) return run_traces(*options);
    if (!options->holes.empty()) return run_holes(*options);
    FIMD_TRY(const Report report, measure(*options));
    return write_stdout(options->json ? to_json(report, *options) : to_table(report, *options));
  };
  return {.parser = bench, .usage_error = {}, .run = run};
}

}  // namespace fimd
