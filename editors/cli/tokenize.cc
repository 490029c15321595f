// `fimd tokenize`: text to the tokens that a model sees, and back.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "completion/text_document.h"
#include "editors/cli/command.h"
#include "editors/cli/find_model.h"
#include "editors/cli/model_options.h"
#include "editors/cli/output.h"
#include "editors/cli/safe_file.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/utf8.h"
#include "kernels/base/ascii.h"

namespace fimd {
namespace {

constexpr const char* kTokenizeExamples = R"(Examples:
  fimd tokenize 'def push(self):'           ids and pieces, one token a line
  fimd tokenize --count < queue.py          how much of a context a file takes
  fimd tokenize --decode 3 14 159           the text of three tokens
)";

struct TokenizeOptions {
  std::string model;
  std::string text = "-";
  std::vector<int32_t> decode;
  bool special = false;
  bool ids = false;
  bool count = false;
  bool json = false;
};

/// A token's bytes on one line: what is not printable UTF-8 is escaped.
std::string visible(std::string_view bytes) {
  const bool is_text = !find_invalid_utf8(bytes);
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '\\') {
      text += "\\\\";
    } else if (byte < 0x20 || byte == 0x7F || (!is_ascii(c) && !is_text)) {
      std::array<char, 5> escape = {};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", byte);
      text += escape.data();
    } else {
      text += c;
    }
  }
  return text;
}

std::string join(const std::vector<int32_t>& ids) {
  std::string text;
  for (const int32_t id : ids) text += (text.empty() ? "" : " ") + std::to_string(id);
  return text + "\n";
}

std::string one_a_line(const Tokenizer& tokenizer, const std::vector<int32_t>& ids) {
  std::string text;
  for (const int32_t id : ids) {
    text += std::to_string(id) + "\t" + visible(tokenizer.token_bytes(id)) + "\n";
  }
  return text;
}

std::string json(const Tokenizer& tokenizer, const std::vector<int32_t>& ids) {
  nlohmann::ordered_json report = {{"ids", ids}, {"pieces", nlohmann::ordered_json::array()}};
  for (const int32_t id : ids) report["pieces"].push_back(std::string(tokenizer.token_bytes(id)));
  // A piece may be half a character.
  return report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Status decode(const Tokenizer& tokenizer, const TokenizeOptions& options) {
  for (const int32_t id : options.decode) {
    if (id >= 0 && id < tokenizer.vocab_size()) continue;
    return fail(ErrorCode::kInvalidInput,
                "token " + std::to_string(id) + " is not in the vocabulary, expected 0 to " +
                    std::to_string(tokenizer.vocab_size() - 1));
  }
  const std::string text = tokenizer.decode(options.decode);
  if (!options.json) return write_stdout(text);
  const nlohmann::json report = {{"text", text}};
  return write_stdout(report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

Status run_tokenize(const TokenizeOptions& options) {
  FIMD_TRY(const std::filesystem::path model, find_model(options.model));
  FIMD_TRY(const Tokenizer tokenizer, Tokenizer::load(model));
  if (!options.decode.empty()) return decode(tokenizer, options);

  std::string text = options.text;
  if (text == "-") {
    FIMD_TRY(text, read_stdin(TextDocument::kMaxBytes));
  }
  const std::vector<int32_t> ids = tokenizer.encode(
      text, options.special ? SpecialTokens::kRecognized : SpecialTokens::kLiteral);
  if (options.count) return write_stdout(std::to_string(ids.size()) + "\n");
  if (options.ids) return write_stdout(join(ids));
  if (options.json) return write_stdout(json(tokenizer, ids));
  return write_stdout(one_a_line(tokenizer, ids));
}

}  // namespace

Command add_tokenize_command(CLI::App& app) {
  const auto options = std::make_shared<TokenizeOptions>();
  CLI::App* tokenize = app.add_subcommand("tokenize", "Show the tokens of a text");
  tokenize->footer(kTokenizeExamples);
  CLI::Option* text =
      tokenize->add_option("TEXT", options->text, "The text, or - for standard input")
          ->type_name("");
  CLI::Option* special = tokenize->add_flag(
      "--special", options->special, "Special tokens that the text spells are themselves");
  CLI::Option* ids = tokenize->add_flag("--ids", options->ids, "Print the ids only, on one line");
  CLI::Option* count = tokenize->add_flag("--count", options->count, "Print the number of tokens");
  CLI::Option* json = tokenize->add_flag("--json", options->json, "Print one line of JSON");
  ids->excludes(count)->excludes(json);
  count->excludes(json);
  tokenize->add_option("--decode", options->decode, "Print the text of these ids instead")
      ->type_name("ID")
      ->excludes(text)
      ->excludes(special)
      ->excludes(ids)
      ->excludes(count);
  add_model_option(*tokenize, options->model);
  return {tokenize, {}, [options](Interrupts&) { return run_tokenize(*options); }};
}

}  // namespace fimd
