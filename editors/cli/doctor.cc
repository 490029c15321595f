// `fimd doctor`: whether this machine, this model and these editors go together, and what to mend.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "completion/completer.h"
#include "editors/cli/command.h"
#include "editors/cli/find_program.h"
#include "editors/cli/model_options.h"
#include "editors/cli/open_engine.h"
#include "editors/cli/output.h"
#include "editors/cli/version.h"
#include "kernels/base/memory.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDoctorExamples = R"(Examples:
  fimd doctor
  fimd doctor --model ~/models/deepseek-coder-v2-lite
)";

constexpr double kSuggestionTokens = 24;
constexpr double kSlowSeconds = 10;

/// A line of the report, and what to do where something is wrong.
struct Finding {
  std::string name;
  std::string value;
  std::string advice = {};  ///< empty: all is well
};

std::string with_unit(double value, const char* unit) {
  std::array<char, 48> text = {};
  std::snprintf(text.data(), text.size(), value < 10 ? "%.1f %s" : "%.0f %s", value, unit);
  return text.data();
}

std::string size_text(int64_t num_bytes) {
  const auto size = static_cast<double>(num_bytes);
  return size < 1e9 ? with_unit(size / 1e6, "MB") : with_unit(size / 1e9, "GB");
}

std::string time_text(double seconds) {
  return seconds < 1 ? with_unit(1e3 * seconds, "ms") : with_unit(seconds, "s");
}

std::string_view path_variable() {
  const char* path = std::getenv("PATH");
  return path == nullptr ? std::string_view() : std::string_view(path);
}

/// The program that editors start when they are told nothing else.
Finding check_path() {
  const fs::path found = find_program("fimd", path_variable());
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (found.empty()) {
    return {
        "on PATH", "none", "editors start `fimd` from PATH: add " + self.parent_path().string()};
  }
  if (error || fs::equivalent(found, self, error)) return {"on PATH", found.string()};
  return {
      "on PATH", found.string(), "editors start that one, and not this, which is " + self.string()};
}

Finding list_editors() {
  std::string list;
  for (const char* name :
       {"code", "codium", "code-server", "cursor", "nvim", "emacs", "hx", "zed"}) {
    if (!find_program(name, path_variable()).empty()) {
      list.append(list.empty() ? "" : ", ").append(name);
    }
  }
  return {"editors", list.empty() ? "none on PATH" : list};
}

Finding check_memory(const Engine& engine) {
  const int64_t total = machine_memory_bytes();
  const int64_t weights = engine.model().checkpoint().file_bytes();
  Finding finding = {"memory", size_text(weights) + " of weights in " + size_text(total)};
  if (weights > total / 10 * 9) {
    finding.advice = "the weights do not fit, so each token reads the disk: use a smaller model";
  }
  return finding;
}

Finding check_holes(const GeneratorInfo& info) {
  Finding finding = {"context", std::to_string(info.context_tokens) + " tokens"};
  if (!info.fills_holes) {
    finding.advice = "the model fills no holes: it sees only what is before the cursor";
  }
  return finding;
}

Result<Finding> check_speed(Engine& engine, const std::stop_token& stop) {
  FIMD_TRY(const Pace pace, measure_pace(engine, stop));
  const double answer_time = kSuggestionTokens / pace.write_tokens_per_s;
  const auto prompt_tokens = static_cast<double>(prompt_budget({.pace = pace}));
  const double first_time = prompt_tokens / pace.read_tokens_per_s + answer_time;
  Finding finding = {"speed",
                     with_unit(pace.read_tokens_per_s, "tokens/s read, ") +
                         with_unit(pace.write_tokens_per_s, "written: a suggestion takes about ") +
                         time_text(answer_time) + ", " + time_text(first_time) +
                         " in a file just opened"};
  if (first_time > kSlowSeconds) finding.advice = "that is slow to type with: try a smaller model";
  return finding;
}

std::string to_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text.append(finding.name).append(11 - finding.name.size(), ' ');
    text.append(finding.value).append("\n");
    if (!finding.advice.empty()) text.append("         ! ").append(finding.advice).append("\n");
  }
  return text;
}

Result<std::vector<Finding>> examine_engine(const EngineOptions& options,
                                            const std::stop_token& stop) {
  std::vector<Finding> findings = {{"model", options.model.string()}};
  auto engine = open_engine(options);
  if (!engine) {
    findings.back().advice = engine.error().message;
    return findings;
  }
  FIMD_TRY(const GeneratorInfo info, (*engine)->info(stop));
  findings.push_back(check_holes(info));
  findings.push_back(check_memory(**engine));
  FIMD_TRY(Finding speed, check_speed(**engine, stop));
  findings.push_back(std::move(speed));
  return findings;
}

Status run_doctor(const EngineArguments& arguments, Interrupts& interrupts) {
  const std::stop_token stop = interrupts.watch();
  std::vector<Finding> findings = {{"program", version_text()}, check_path(), list_editors()};
  if (const auto options = resolve(arguments)) {
    FIMD_TRY(const std::vector<Finding> engine, examine_engine(*options, stop));
    findings.insert(findings.end(), engine.begin(), engine.end());
  } else {
    findings.push_back({"model", "none", options.error().message});
  }
  FIMD_TRY_STATUS(write_stdout(to_text(findings)));
  size_t num_wrong = 0;
  for (const Finding& finding : findings) num_wrong += finding.advice.empty() ? 0 : 1;
  if (num_wrong == 0) return write_stdout("all is well\n");
  return fail(ErrorCode::kInvalidInput, std::to_string(num_wrong) + " to mend, marked with !");
}

}  // namespace

Command add_doctor_command(CLI::App& app) {
  const auto arguments = std::make_shared<EngineArguments>();
  CLI::App* doctor = app.add_subcommand("doctor", "Say whether all that fimd needs is there");
  doctor->footer(kDoctorExamples);
  add_engine_options(*doctor, *arguments);
  const auto run = [arguments](Interrupts& interrupts) {
    return run_doctor(*arguments, interrupts);
  };
  return {doctor, {}, run};
}

}  // namespace fimd
