// The tokenizer in a Hugging Face folder.
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/json/json_fields.h"
#include "engine/json/json_file.h"
#include "engine/tokenizer/post_processor.h"
#include "engine/tokenizer/tokenizer_spec.h"

namespace fimd {
namespace {

using nlohmann::json;

// Published files are under 20 MB, and parsing takes some ten times the file.
constexpr int64_t kMaxTokenizerBytes = int64_t{256} << 20;

/// The members of a Sequence, or null when `value` is none.
const json* sequence_members(const json& value, const char* key) {
  const JsonObject sequence(value, "");
  const json* type = sequence.find("type");
  const json* members = sequence.find(key);
  const bool is_sequence = type != nullptr && *type == "Sequence";
  return is_sequence && members != nullptr && members->is_array() ? members : nullptr;
}

Status check_normalizer(const JsonObject& root) {
  const json* normalizer = root.find("normalizer");
  if (normalizer == nullptr) return {};
  const json* members = sequence_members(*normalizer, "normalizers");
  if (members != nullptr && members->empty()) return {};
  return fail(ErrorCode::kUnsupported, root.place_of("normalizer") + " is set, expected none");
}

Status check_decoder(const JsonObject& root) {
  const json* decoder = root.find("decoder");
  if (decoder == nullptr) return root.wrong("decoder", "ByteLevel");
  const json* members = sequence_members(*decoder, "decoders");
  const json& only = members != nullptr && members->size() == 1 ? members->front() : *decoder;
  const json* type = JsonObject(only, "").find("type");
  if (type != nullptr && *type == "ByteLevel") return {};
  return fail(ErrorCode::kUnsupported, root.place_of("decoder") + " is not ByteLevel");
}

}  // namespace

Result<TokenizerSpec> read_tokenizer_json(const std::filesystem::path& folder) {
  const std::string file = "tokenizer.json";
  FIMD_TRY(const json content, read_json_file(folder / file, kMaxTokenizerBytes));
  if (!content.is_object()) return wrong_type(&content, file, "an object");
  const JsonObject root(content, file);
  FIMD_TRY_STATUS(check_normalizer(root));
  FIMD_TRY_STATUS(check_decoder(root));
  FIMD_TRY(const JsonObject model, root.object("model"));
  FIMD_TRY(const JsonObject splits, root.object("pre_tokenizer"));
  FIMD_TRY(PreTokenizer pre_tokenizer, PreTokenizer::parse(splits));
  FIMD_TRY(Bpe bpe, Bpe::parse(model));
  FIMD_TRY(AddedTokens added,
           AddedTokens::parse(root.find("added_tokens"), bpe, root.place_of("added_tokens")));
  TokenizerSpec spec = {.bpe = std::move(bpe),
                        .added = std::move(added),
                        .pre_tokenizer = std::move(pre_tokenizer),
                        .place = file,
                        .config_place = "tokenizer_config.json: "};
  FIMD_TRY(spec.prefix_ids,
           read_prefix_ids(root.find("post_processor"), root.place_of("post_processor")));
  FIMD_TRY(spec.config, read_tokenizer_config(folder));
  return spec;
}

}  // namespace fimd
