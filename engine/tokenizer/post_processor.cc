#include "engine/tokenizer/post_processor.h"

#include <nlohmann/json.hpp>

#include "engine/checkpoint/json_file.h"
#include "engine/tokenizer/json_fields.h"

namespace fimd {
namespace {

using nlohmann::json;

Status append_special_token(const json& processor,
                            const json& piece,
                            const std::string& where,
                            std::vector<int32_t>& ids) {
  FIMD_TRY(const std::string name, string_member(piece, "id", where));
  FIMD_TRY(const json* tokens, object_member(processor, "special_tokens", where));
  const std::string token_where = where + ": special_tokens[" + quote(name) + "]";
  const json* token = find_member(*tokens, name.c_str());
  if (token == nullptr) return wrong_type(token, token_where, "an object");
  FIMD_TRY(const json* token_ids, array_member(*token, "ids", token_where));
  for (const json& value : *token_ids) {
    FIMD_TRY(const int32_t id, token_id(value, token_where + ".ids"));
    ids.push_back(id);
  }
  return {};
}

Result<std::vector<int32_t>> read_template(const json& processor, const std::string& where) {
  FIMD_TRY(const json* pieces, array_member(processor, "single", where));
  std::vector<int32_t> ids;
  bool behind_text = false;
  for (const json& piece : *pieces) {
    if (find_member(piece, "Sequence") != nullptr) {
      behind_text = true;
    } else if (const json* special = find_member(piece, "SpecialToken")) {
      if (behind_text) {
        return fail(ErrorCode::kUnsupported, where + ".single puts tokens behind the text");
      }
      FIMD_TRY_STATUS(append_special_token(processor, *special, where, ids));
    } else {
      return fail(ErrorCode::kInvalidInput,
                  where + ".single holds " + describe(piece) +
                      ", expected Sequence or SpecialToken objects");
    }
  }
  return ids;
}

}  // namespace

// Recurses as deep as the document nests, which parse_json() bounds.
Result<std::vector<int32_t>> read_prefix_ids(const json* spec, const std::string& where) {
  std::vector<int32_t> ids;
  if (spec == nullptr) return ids;
  FIMD_TRY(const std::string type, string_member(*spec, "type", where));
  if (type == "ByteLevel") return ids;
  if (type == "TemplateProcessing") return read_template(*spec, where);
  if (type != "Sequence") {
    return fail(
        ErrorCode::kUnsupported,
        where + ".type is " + quote(type) + ", expected ByteLevel, TemplateProcessing or Sequence");
  }
  FIMD_TRY(const json* members, array_member(*spec, "processors", where));
  for (size_t index = 0; index < members->size(); ++index) {
    const std::string member_where = where + ".processors[" + std::to_string(index) + "]";
    FIMD_TRY(std::vector<int32_t> outer, read_prefix_ids(&(*members)[index], member_where));
    // A later processor wraps what the earlier ones made.
    outer.insert(outer.end(), ids.begin(), ids.end());
    ids = std::move(outer);
  }
  return ids;
}

}  // namespace fimd
