// Members of JSON objects, read with their types checked.
//
// `where` is the file and the path so far ("tokenizer.json: model") and begins every message. A
// member that is null counts as absent, as in the files' own schema.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "kernels/base/result.h"

namespace fimd {

/// The member, or null when `object` is no object or has none, or it is null.
const nlohmann::json* find_member(const nlohmann::json& object, const char* key);

/// Errors (all of these): kInvalidInput, the member is absent or of another type.
Result<const nlohmann::json*> object_member(const nlohmann::json& object,
                                            const char* key,
                                            const std::string& where);
Result<const nlohmann::json*> array_member(const nlohmann::json& object,
                                           const char* key,
                                           const std::string& where);
Result<std::string> string_member(const nlohmann::json& object,
                                  const char* key,
                                  const std::string& where);

/// `fallback` when the member is absent.
Result<bool> bool_member(const nlohmann::json& object,
                         const char* key,
                         bool fallback,
                         const std::string& where);

/// "`where` is 3, expected an array".
tl::unexpected<Error> wrong_type(const nlohmann::json* value,
                                 const std::string& where,
                                 std::string_view expected);

/// `value` as a token id, bounded so that no allocation is driven by an unchecked number.
Result<int32_t> token_id(const nlohmann::json& value, const std::string& where);

/// Four times the largest vocabulary published so far (256 k).
inline constexpr int32_t kMaxVocabularyTokens = 1 << 20;

}  // namespace fimd
