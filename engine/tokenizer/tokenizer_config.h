// tokenizer_config.json: what Hugging Face's `transformers` adds to a tokenizer.json.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "kernels/base/result.h"

namespace fimd {

struct TokenizerConfig {
  std::optional<std::string> bos_token;
  std::optional<std::string> eos_token;
  std::optional<bool> add_bos_token;
  std::string chat_template;  ///< of several, the one named "default"; may be empty
};

/// Reads `folder`/tokenizer_config.json; without that file, nothing is set.
/// Errors: kInvalidInput, malformed; kIo.
Result<TokenizerConfig> read_tokenizer_config(const std::filesystem::path& folder);

}  // namespace fimd
