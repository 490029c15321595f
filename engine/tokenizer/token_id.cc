#include "engine/tokenizer/token_id.h"

#include <nlohmann/json.hpp>

#include "engine/json/json_fields.h"

namespace fimd {

Result<int32_t> token_id(const nlohmann::json& value, const std::string& place) {
  if (value.is_number_integer()) {
    const auto id = value.get<int64_t>();  // what is beyond 63 bits becomes negative
    if (id >= 0 && id < kMaxVocabularyTokens) return static_cast<int32_t>(id);
  }
  return wrong_type(
      &value, place, "a token id from 0 to " + std::to_string(kMaxVocabularyTokens - 1));
}

}  // namespace fimd
