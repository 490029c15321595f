// The tokenizer in a GGUF file's keys.
#include <algorithm>
#include <string>
#include <utility>

#include "engine/checkpoint/gguf_header.h"
#include "engine/json/json_file.h"
#include "engine/tokenizer/gguf_pre_tokenizers.h"
#include "engine/tokenizer/token_id.h"
#include "engine/tokenizer/tokenizer_spec.h"

namespace fimd {
namespace {

constexpr std::string_view kTokensKey = "tokenizer.ggml.tokens";
constexpr std::string_view kTypesKey = "tokenizer.ggml.token_type";
constexpr std::string_view kMergesKey = "tokenizer.ggml.merges";

/// What a token is. Source: llama.h's llama_token_type.
enum class TokenType { kNormal = 1, kUnknown, kControl, kUserDefined, kUnused, kByte };

std::string place_of(const GgufFile& file, std::string_view key) {
  return file.path().string() + ": " + std::string(key);
}

struct Vocabulary {
  std::vector<BpeSpec::Token> tokens;
  std::vector<AddedToken> added;
};

/// What the tokens of a file are spelled, by id.
using Spellings = std::vector<std::string_view>;

Result<Vocabulary> read_vocabulary(const GgufFile& file, const Spellings& spellings) {
  FIMD_TRY(const std::vector<int64_t> types, file.integers(kTypesKey));
  if (types.size() != spellings.size() || spellings.size() > kMaxVocabularyTokens) {
    return fail(ErrorCode::kInvalidInput,
                place_of(file, kTypesKey) + " has " + std::to_string(types.size()) +
                    " entries for " + std::to_string(spellings.size()) +
                    " tokens, expected as many, and at most " +
                    std::to_string(kMaxVocabularyTokens));
  }
  Vocabulary vocabulary;
  vocabulary.tokens.reserve(spellings.size());
  for (size_t index = 0; index < spellings.size(); ++index) {
    const auto id = static_cast<int32_t>(index);
    std::string spelling(spellings[index]);
    switch (static_cast<TokenType>(types[index])) {
      case TokenType::kUnused: break;
      case TokenType::kUnknown:
      case TokenType::kControl:
        vocabulary.added.push_back({.id = id, .content = std::move(spelling), .special = true});
        break;
      case TokenType::kUserDefined:
        vocabulary.added.push_back({.id = id, .content = std::move(spelling)});
        break;
      default: vocabulary.tokens.push_back({.spelling = std::move(spelling), .id = id});
    }
  }
  return vocabulary;
}

/// Each is "left right".
Result<std::vector<std::pair<std::string, std::string>>> read_merges(const GgufFile& file) {
  FIMD_TRY(const std::vector<std::string_view> texts, file.texts(kMergesKey));
  std::vector<std::pair<std::string, std::string>> merges;
  merges.reserve(texts.size());
  for (const std::string_view text : texts) {
    const size_t space = text.find(' ', 1);
    if (space == std::string_view::npos) {
      return fail(ErrorCode::kInvalidInput,
                  place_of(file, kMergesKey) + " has " + quote(text) + ", expected \"left right\"");
    }
    merges.emplace_back(text.substr(0, space), text.substr(space + 1));
  }
  return merges;
}

/// The spelling of the token whose id stands under `key`.
Result<std::optional<std::string>> read_token(const GgufFile& file,
                                              const Spellings& spellings,
                                              std::string_view key) {
  if (file.find_key(key) == nullptr) return std::nullopt;
  FIMD_TRY(const int64_t id, file.integer(key));
  if (id < 0 || id >= std::ssize(spellings)) {
    return fail(ErrorCode::kInvalidInput,
                place_of(file, key) + " is " + std::to_string(id) + ", expected less than " +
                    std::to_string(spellings.size()));
  }
  return std::string(spellings[static_cast<size_t>(id)]);
}

Result<TokenizerConfig> read_config(const GgufFile& file, const Spellings& spellings) {
  constexpr std::string_view kAddBos = "tokenizer.ggml.add_bos_token";
  constexpr std::string_view kTemplate = "tokenizer.chat_template";
  TokenizerConfig config = {.add_bos_token = false};
  FIMD_TRY(config.bos_token, read_token(file, spellings, "tokenizer.ggml.bos_token_id"));
  FIMD_TRY(config.eos_token, read_token(file, spellings, "tokenizer.ggml.eos_token_id"));
  if (file.find_key(kAddBos) != nullptr) {
    FIMD_TRY(config.add_bos_token, file.boolean(kAddBos));
  }
  if (file.find_key(kTemplate) != nullptr) {
    FIMD_TRY(config.chat_template, file.text(kTemplate));
  }
  return config;
}

}  // namespace

Result<TokenizerSpec> read_gguf_tokenizer(const GgufFile& file) {
  constexpr std::string_view kModelKey = "tokenizer.ggml.model";
  constexpr std::string_view kPreKey = "tokenizer.ggml.pre";
  FIMD_TRY(const std::string_view model, file.text(kModelKey));
  if (model != "gpt2") {
    return fail(ErrorCode::kUnsupported,
                place_of(file, kModelKey) + " is " + quote(model) + ", expected \"gpt2\"");
  }
  std::string_view pre = "default";
  if (file.find_key(kPreKey) != nullptr) {
    FIMD_TRY(pre, file.text(kPreKey));
  }
  FIMD_TRY(PreTokenizer pre_tokenizer, gguf_pre_tokenizer(pre, place_of(file, kPreKey)));
  FIMD_TRY(const Spellings spellings, file.texts(kTokensKey));
  FIMD_TRY(Vocabulary vocabulary, read_vocabulary(file, spellings));
  BpeSpec spec = {.vocabulary = std::move(vocabulary.tokens),
                  .passes_over_products = true,  // as the format's other readers do
                  .ignore_merges = pre == "llama-bpe",
                  .vocabulary_place = place_of(file, kTokensKey),
                  .merges_place = place_of(file, kMergesKey)};
  FIMD_TRY(spec.merges, read_merges(file));
  FIMD_TRY(Bpe bpe, Bpe::build(spec));
  FIMD_TRY(AddedTokens added,
           AddedTokens::build(std::move(vocabulary.added), bpe, spec.vocabulary_place));
  TokenizerSpec tokenizer = {.bpe = std::move(bpe),
                             .added = std::move(added),
                             .pre_tokenizer = std::move(pre_tokenizer),
                             .place = file.path().string(),
                             .config_place = file.path().string() + ": tokenizer.ggml."};
  FIMD_TRY(tokenizer.config, read_config(file, spellings));
  return tokenizer;
}

}  // namespace fimd
