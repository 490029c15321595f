// `fimd info`: what a model is, read from its files without running it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "editors/cli/command.h"
#include "editors/cli/find_model.h"
#include "editors/cli/output.h"
#include "engine/model/forward.h"
#include "engine/tokenizer/tokenizer.h"

namespace fimd {
namespace {

constexpr const char* kInfoExamples = R"(Examples:
  fimd info                                 the model that fimd would use
  fimd info ~/models/deepseek-coder-v2-lite
  fimd info --json | jq .fim_tokens
)";

struct InfoOptions {
  std::string model;
  bool json = false;
};

struct NamedToken {
  std::string_view part;  ///< of a prompt with a hole, which it begins
  std::string name;
  int32_t id;
};

struct ModelInfo {
  std::string path;
  std::string_view architecture;
  ModelSize size;
  int64_t num_layers = 0;
  int64_t num_moe_layers = 0;
  std::string_view dtype;  ///< of the embedding; norms and routers may differ
  int64_t file_bytes = 0;
  int64_t context_tokens = 0;
  int64_t cache_bytes_per_token = 0;
  int64_t vocab_size = 0;
  std::string_view fim_format;              ///< empty: the model has none
  std::string no_fim = "no tokenizer";      ///< why
  std::vector<NamedToken> fim_tokens = {};  ///< as they stand in a prompt
  std::string chat_template = {};           ///< empty: the model has none
};

void read_fim(const Tokenizer& tokenizer, ModelInfo& info) {
  const Result<FimTokens>& fim = tokenizer.fim_tokens();
  info.no_fim = fim ? "" : fim.error().message;
  if (!fim) return;
  info.fim_format = fim->format->name;
  const auto add = [&](std::string_view part, int32_t id) {
    info.fim_tokens.push_back({part, tokenizer.decode({&id, 1}), id});
  };
  if (fim->format->suffix_first) add("suffix", fim->suffix);
  add("prefix", fim->prefix);
  if (!fim->format->suffix_first) add("suffix", fim->suffix);
  if (fim->middle) add("middle", *fim->middle);
}

Result<ModelInfo> read_info(const std::filesystem::path& path) {
  FIMD_TRY(const Model model, Model::open(path));
  const ModelConfig& config = model.config();
  ModelInfo info = {
      .path = path.string(),
      .architecture = config.architecture,
      .size = measure_model(model.weights(), config),
      .num_layers = config.num_hidden_layers,
      .dtype = dtype_name(model.weights().embed_tokens.dtype),
      .file_bytes = model.checkpoint().file_bytes(),
      .context_tokens = config.max_position_embeddings,
      .cache_bytes_per_token =
          config.num_hidden_layers * config.cache_width() * int64_t{sizeof(float)},
      .vocab_size = config.vocab_size,
  };
  for (int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    if (config.is_moe_layer(layer)) ++info.num_moe_layers;
  }
  // Weights without a tokenizer can be looked at, though nothing else.
  const Result<Tokenizer> tokenizer = Tokenizer::load(path);
  if (!tokenizer && tokenizer.error().code == ErrorCode::kNotFound) return info;
  FIMD_TRY_STATUS(tokenizer.map([](const Tokenizer&) {}));
  read_fim(*tokenizer, info);
  info.chat_template = tokenizer->chat_template();
  return info;
}

/// `value` with three digits and the largest unit that it fills: 13.6 M.
std::string scaled(int64_t value) {
  constexpr std::array<const char*, 5> kUnits = {"", " k", " M", " G", " T"};
  if (value < 1000) return std::to_string(value) + " ";
  auto number = static_cast<double>(value);
  size_t unit = 0;
  while (number >= 999.5 && unit + 1 < kUnits.size()) {
    number /= 1000;
    ++unit;
  }
  std::array<char, 32> text = {};
  std::snprintf(text.data(), text.size(), "%.3g%s", number, kUnits[unit]);
  return text.data();
}

/// What tells one template from another at a glance.
std::string first_line(const std::string& text, size_t limit_bytes) {
  const size_t shown_bytes = std::min({text.find('\n'), text.size(), limit_bytes});
  return shown_bytes == text.size() ? text : text.substr(0, shown_bytes) + "...";
}

std::string table(const ModelInfo& info) {
  std::string fim_parts;
  std::string fim_tokens;
  for (const auto& [part, name, id] : info.fim_tokens) {
    const char* separator = fim_tokens.empty() ? "" : ", ";
    fim_parts.append(separator).append(part);
    fim_tokens += separator + name + " " + std::to_string(id);
  }
  std::string layers = std::to_string(info.num_layers);
  if (info.num_moe_layers > 0) {
    layers += ", " + std::to_string(info.num_moe_layers) + " of them mixtures of experts";
  }
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"model", info.path},
      {"architecture", std::string(info.architecture)},
      {"parameters",
       scaled(info.size.total.parameters) + ", active per token " +
           scaled(info.size.active.parameters)},
      {"layers", layers},
      {"weights", std::string(info.dtype) + ", " + scaled(info.file_bytes) + "B"},
      {"context", std::to_string(info.context_tokens) + " tokens"},
      {"cache", std::to_string(info.cache_bytes_per_token) + " bytes per token"},
      {"vocabulary", std::to_string(info.vocab_size) + " tokens"},
      {"FIM format",
       info.fim_tokens.empty() ? "none: " + info.no_fim
                               : std::string(info.fim_format) + ": " + fim_parts},
      {"FIM tokens", fim_tokens.empty() ? "none" : fim_tokens},
      {"chat template", info.chat_template.empty() ? "none" : first_line(info.chat_template, 60)},
  };
  std::string text;
  for (const auto& [name, value] : rows) {
    text.append(name).append(15 - name.size(), ' ').append(value).append("\n");
  }
  return text;
}

std::string json(const ModelInfo& info) {
  nlohmann::ordered_json fim_tokens = nullptr;
  if (!info.fim_tokens.empty()) {
    fim_tokens = nlohmann::ordered_json::array();
    for (const auto& [part, name, id] : info.fim_tokens) {
      fim_tokens.push_back({{"part", part}, {"name", name}, {"id", id}});
    }
  }
  nlohmann::ordered_json report = {
      {"model", info.path},
      {"architecture", info.architecture},
      {"total_parameters", info.size.total.parameters},
      {"active_parameters", info.size.active.parameters},
      {"layers", info.num_layers},
      {"moe_layers", info.num_moe_layers},
      {"dtype", info.dtype},
      {"file_bytes", info.file_bytes},
      {"context_tokens", info.context_tokens},
      {"cache_bytes_per_token", info.cache_bytes_per_token},
      {"vocab_size", info.vocab_size},
      {"fim_format", nullptr},
      {"no_fim", nullptr},
      {"fim_tokens", fim_tokens},
      {"chat_template", nullptr},
  };
  report[info.no_fim.empty() ? "fim_format" : "no_fim"] =
      info.no_fim.empty() ? std::string(info.fim_format) : info.no_fim;
  if (!info.chat_template.empty()) report["chat_template"] = info.chat_template;
  return report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Status run_info(const InfoOptions& options) {
  FIMD_TRY(const std::filesystem::path path, find_model(options.model));
  FIMD_TRY(const ModelInfo info, read_info(path));
  return write_stdout(options.json ? json(info) : table(info));
}

}  // namespace

Command add_info_command(CLI::App& app) {
  const auto options = std::make_shared<InfoOptions>();
  CLI::App* info = app.add_subcommand("info", "Describe a model");
  info->footer(kInfoExamples);
  info->add_option(
          "MODEL",
          options->model,
          "A GGUF file or a model's folder; otherwise $FIMD_MODEL, otherwise the bundled one")
      ->type_name("");
  info->add_flag("--json", options->json, "Print JSON");
  return {info, {}, [options](Interrupts&) { return run_info(*options); }};
}

}  // namespace fimd
