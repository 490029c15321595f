// What a tokenizer is built from, whichever file it stood in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/checkpoint/gguf.h"
#include "engine/tokenizer/added_tokens.h"
#include "engine/tokenizer/bpe.h"
#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/tokenizer_config.h"

namespace fimd {

struct TokenizerSpec {
  Bpe bpe;
  AddedTokens added;
  PreTokenizer pre_tokenizer;
  std::vector<int32_t> prefix_ids;  ///< before every text, unless `config` says otherwise
  TokenizerConfig config;
  std::string place;         ///< of the vocabulary, for messages
  std::string config_place;  ///< of what `config` holds
};

/// Reads `folder`/tokenizer.json and, where there is one, tokenizer_config.json.
/// Errors: those of Tokenizer::load().
Result<TokenizerSpec> read_tokenizer_json(const std::filesystem::path& folder);

/// Reads the vocabulary in a GGUF file's keys: control tokens are special, user-defined ones added,
/// unused ones none. Errors: those of Tokenizer::load().
Result<TokenizerSpec> read_gguf_tokenizer(const GgufFile& file);

}  // namespace fimd
