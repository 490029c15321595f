#include "engine/tokenizer/post_processor.h"

#include <nlohmann/json.hpp>

#include "engine/json/json_fields.h"
#include "engine/json/json_file.h"
#include "engine/tokenizer/token_id.h"

namespace fimd {
namespace {

using nlohmann::json;

Status append_special_token(const JsonObject& processor,
                            const json& piece,
                            std::vector<int32_t>& ids) {
  FIMD_TRY(const std::string name, JsonObject(piece, processor.place()).string("id"));
  FIMD_TRY(const JsonObject tokens, processor.object("special_tokens"));
  const std::string token_place = tokens.place() + "[" + quote(name) + "]";
  const json* found = tokens.find(name);
  if (found == nullptr) return wrong_type(found, token_place, "an object");
  const JsonObject token(*found, token_place);
  FIMD_TRY(const json* token_ids, token.array("ids"));
  for (const json& value : *token_ids) {
    FIMD_TRY(const int32_t id, token_id(value, token.place_of("ids")));
    ids.push_back(id);
  }
  return {};
}

Result<std::vector<int32_t>> read_template(const JsonObject& processor) {
  FIMD_TRY(const json* pieces, processor.array("single"));
  std::vector<int32_t> ids;
  bool behind_text = false;
  for (const json& element : *pieces) {
    const JsonObject piece(element, processor.place_of("single"));
    if (piece.find("Sequence") != nullptr) {
      behind_text = true;
    } else if (const json* special = piece.find("SpecialToken")) {
      if (behind_text) {
        return fail(ErrorCode::kUnsupported, piece.place() + " puts tokens behind the text");
      }
      FIMD_TRY_STATUS(append_special_token(processor, *special, ids));
    } else {
      return fail(ErrorCode::kInvalidInput,
                  piece.place() + " holds " + describe(element) +
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
  const JsonObject processor(*spec, where);
  FIMD_TRY(const std::string type, processor.string("type"));
  if (type == "ByteLevel") return ids;
  if (type == "TemplateProcessing") return read_template(processor);
  if (type != "Sequence") {
    return processor.wrong(
        "type", "ByteLevel, TemplateProcessing or Sequence", ErrorCode::kUnsupported);
  }
  FIMD_TRY(const json* members, processor.array("processors"));
  for (size_t index = 0; index < members->size(); ++index) {
    const std::string member_where =
        processor.place_of("processors") + "[" + std::to_string(index) + "]";
    FIMD_TRY(std::vector<int32_t> outer, read_prefix_ids(&(*members)[index], member_where));
    // A later processor wraps what the earlier ones made.
    outer.insert(outer.end(), ids.begin(), ids.end());
    ids = std::move(outer);
  }
  return ids;
}

}  // namespace fimd
