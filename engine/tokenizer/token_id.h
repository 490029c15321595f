// Token ids as a tokenizer's files have them.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "kernels/base/result.h"

namespace fimd {

/// Four times the largest vocabulary published so far (256 k).
inline constexpr int32_t kMaxVocabularyTokens = 1 << 20;

/// `value` as a token id, bounded so that no allocation is driven by an unchecked number.
/// Errors: kInvalidInput, it is none; the message begins with `place`.
Result<int32_t> token_id(const nlohmann::json& value, const std::string& place);

}  // namespace fimd
