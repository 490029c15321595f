// The pre-tokenizers that GGUF files name, as the lists of splits that tokenizer.json files have.
//
// Source: the tokenizer.json files that the names stand for, and llama-vocab.cpp of llama.cpp.
#pragma once

#include <string>
#include <string_view>

#include "engine/tokenizer/pre_tokenizer.h"

namespace fimd {

/// The one that tokenizer.ggml.pre calls `name`. Errors: kUnsupported, none of ours; the message
/// begins with `place`.
Result<PreTokenizer> gguf_pre_tokenizer(std::string_view name, const std::string& place);

}  // namespace fimd
