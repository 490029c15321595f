// `fimd fill`: what belongs in the hole of a file.
#include "completion/fill.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "editors/cli/command.h"
#include "editors/cli/find_model.h"
#include "editors/cli/model_options.h"
#include "editors/cli/open_engine.h"
#include "editors/cli/output.h"
#include "editors/cli/safe_file.h"
#include "editors/cli/unified_diff.h"
#include "engine/engine.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

constexpr const char* kFillExamples = R"(Examples:
  fimd fill queue.py --at 6:9               print what belongs at line 6, column 9
  fimd fill queue.py --at 6:9 --diff        show it as a change to the file
  fimd fill queue.py --range 6:1-8:1 -i     replace lines 6 and 7 in the file
  git show HEAD:queue.py | fimd fill - --at 6:9
)";

struct FillOptions {
  std::string file;
  std::string at;
  std::string range;
  bool diff = false;
  bool in_place = false;
  bool force = false;
  bool json = false;
  ColorMode color = ColorMode::kAuto;
  EngineArguments engine;
  SamplingParams sampling;
  int32_t max_tokens = 128;
  int32_t max_lines = 0;
};

std::optional<int64_t> parse_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

std::optional<TextPosition> parse_position(std::string_view text) {
  const size_t colon = std::min(text.find(':'), text.size());
  const auto line = parse_number(text.substr(0, colon));
  const auto column = parse_number(text.substr(std::min(colon + 1, text.size())));
  if (!line || !column) return std::nullopt;
  return TextPosition{*line, *column};
}

std::optional<TextRange> parse_range(std::string_view text) {
  const size_t dash = std::min(text.find('-'), text.size());
  const auto begin = parse_position(text.substr(0, dash));
  const auto end = parse_position(text.substr(std::min(dash + 1, text.size())));
  if (!begin || !end || *end < *begin) return std::nullopt;
  return TextRange{*begin, *end};
}

std::string check_position(const std::string& text) {
  if (parse_position(text)) return {};
  return "expected LINE:COLUMN, each 1 or more, found \"" + text + "\"";
}

std::string check_range(const std::string& text) {
  if (parse_range(text)) return {};
  return "expected LINE:COLUMN-LINE:COLUMN, each 1 or more, the end not before the beginning, "
         "found \"" +
         text + "\"";
}

/// The hole that the options name; they have been checked.
TextRange requested_range(const FillOptions& options) {
  if (!options.range.empty()) return *parse_range(options.range);
  const TextPosition cursor = *parse_position(options.at);
  return {cursor, cursor};
}

bool reads_stdin(const FillOptions& options) {
  return options.file == "-";
}

Result<FileSnapshot> read_input(const FillOptions& options) {
  if (!reads_stdin(options)) return read_file(options.file, TextDocument::kMaxBytes);
  FIMD_TRY(std::string content, read_stdin(TextDocument::kMaxBytes));
  return FileSnapshot{{}, std::move(content)};
}

nlohmann::ordered_json to_json(TextPosition position) {
  return {{"line", position.line}, {"column", position.column}};
}

std::string json_report(const FillOptions& options,
                        const FillResult& result,
                        ByteRange hole,
                        const TextDocument& document,
                        const std::filesystem::path& model) {
  TextRange range = requested_range(options);
  // What is replaced beyond the hole is a part of its last line.
  range.end.column += static_cast<int64_t>(count_characters(document.after(hole.end)) -
                                           count_characters(document.after(result.replaced.end)));
  const nlohmann::ordered_json report = {
      {"middle", result.middle},
      {"finish_reason", result.finish_reason == FinishReason::kStop ? "stop" : "length"},
      {"prompt_tokens", result.prompt_tokens},
      {"completion_tokens", result.completion_tokens},
      {"range",
       nlohmann::ordered_json{{"start", to_json(range.begin)}, {"end", to_json(range.end)}}},
      {"file", options.file},
      {"model", model.string()},
  };
  // A file name may be any bytes.
  return report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Status edit_in_place(const FillOptions& options,
                     const FileSnapshot& snapshot,
                     ByteRange hole,
                     const std::string& middle) {
  std::string content = snapshot.content;
  content.replace(hole.begin.value, hole.end.value - hole.begin.value, middle);
  if (content == snapshot.content) return {};
  return replace_file(
      snapshot, content, options.force ? ReplaceMode::kForce : ReplaceMode::kKeepAll);
}

Status print(const std::string& middle) {
  // Scripts get the middle as it is; a person's prompt begins on a line of its own.
  const bool ends_line = !stdout_is_terminal() || middle.ends_with('\n');
  return write_stdout(ends_line ? middle : middle + "\n");
}

Status run_fill(const FillOptions& options, Interrupts& interrupts) {
  FIMD_TRY(const FileSnapshot snapshot, read_input(options));
  FIMD_TRY(const TextDocument document,
           TextDocument::create(reads_stdin(options) ? "stdin" : options.file, snapshot.content));
  FIMD_TRY(const ByteRange hole, document.bytes_of(requested_range(options)));
  FIMD_TRY(const EngineOptions engine_options, resolve(options.engine));

  const std::stop_token stop = interrupts.watch();
  FIMD_TRY(const std::unique_ptr<Engine> engine, open_engine(engine_options));
  const FillRequest request = {.document = document,
                               .hole = hole,
                               .sampling = options.sampling,
                               .max_tokens = options.max_tokens,
                               .max_lines = options.max_lines};
  FIMD_TRY(const FillResult result, fill(*engine, request, stop));
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "interrupted");
  if (options.in_place) return edit_in_place(options, snapshot, result.replaced, result.middle);
  if (options.json) {
    return write_stdout(json_report(options, result, hole, document, engine_options.model));
  }
  if (!options.diff) return print(result.middle);
  return write_stdout(
      unified_diff(document, result.replaced, result.middle, {.color = use_color(options.color)}));
}

void add_hole_options(CLI::App& fill, FillOptions& options) {
  fill.add_option("FILE", options.file, "The file, or - for standard input")
      ->type_name("")
      ->required();
  CLI::Option* at =
      fill.add_option("--at", options.at, "Where the cursor is; 1-based, columns in characters")
          ->type_name("LINE:COLUMN")
          ->check(check_position);
  CLI::Option* range =
      fill.add_option("--range", options.range, "What to replace, its end not included")
          ->type_name("L:C-L:C")
          ->check(check_range);
  at->excludes(range)->group("Hole");
  range->group("Hole");
}

void add_output_options(CLI::App& fill, FillOptions& options) {
  constexpr const char* kGroup = "Output, the middle itself unless one of the first three is given";
  CLI::Option* diff = fill.add_flag("--diff", options.diff, "Print a unified diff");
  CLI::Option* in_place =
      fill.add_flag("-i,--in-place", options.in_place, "Write the middle into the file");
  fill.add_flag("--force", options.force, "With -i: also if links or an access list would be lost")
      ->needs(in_place)
      ->group(kGroup);
  CLI::Option* json = fill.add_flag("--json", options.json, "Print one line of JSON");
  diff->excludes(in_place)->excludes(json)->group(kGroup);
  in_place->excludes(json)->group(kGroup);
  json->group(kGroup);
  const std::map<std::string, ColorMode> modes = {
      {"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}};
  fill.add_option("--color", options.color, "Colours in a diff")
      ->type_name("auto|always|never")
      ->transform(CLI::CheckedTransformer(modes).description(""))
      ->default_str("auto")
      ->group(kGroup);
}

void add_generation_options(CLI::App& fill, FillOptions& options) {
  constexpr int32_t kMost = std::numeric_limits<int32_t>::max();
  const auto add = [&fill](const char* name, auto& value, const char* description) {
    return fill.add_option(name, value, description)
        ->type_name("N")
        ->capture_default_str()
        ->group("Generation");
  };
  add("--max-tokens", options.max_tokens, "Longest middle, in tokens")
      ->check(CLI::Range(1, kMost).description(""));
  add("--lines", options.max_lines, "Most lines; 0: as many as fit")
      ->check(CLI::Range(0, kMost).description(""));
  SamplingParams& sampling = options.sampling;
  add("--temperature", sampling.temperature, "0: always the likeliest token");
  add("--top-k", sampling.top_k, "Only the k likeliest tokens; 0: all");
  add("--top-p", sampling.top_p, "Only the likeliest tokens that sum to this probability");
  add("--min-p", sampling.min_p, "Only tokens this likely compared with the likeliest");
  add("--seed", sampling.seed, "Equal seeds, equal choices");
}

}  // namespace

Command add_fill_command(CLI::App& app) {
  const auto options = std::make_shared<FillOptions>();
  CLI::App* fill = app.add_subcommand("fill", "Fill a hole in a file");
  fill->footer(kFillExamples);
  add_hole_options(*fill, *options);
  add_output_options(*fill, *options);
  add_generation_options(*fill, *options);
  add_engine_options(*fill, options->engine);

  const auto usage_error = [options]() -> std::string {
    if (options->at.empty() && options->range.empty()) return "--at or --range is required";
    if (options->in_place && reads_stdin(*options)) {
      return "--in-place needs a file, found standard input";
    }
    const Status sampling = validate(options->sampling);
    return sampling ? "" : sampling.error().message;
  };
  const auto run = [options](Interrupts& interrupts) { return run_fill(*options, interrupts); };
  return {fill, usage_error, run};
}

}  // namespace fimd
