#include "engine/tokenizer/tokenizer_config.h"

#include <nlohmann/json.hpp>

#include "engine/json/json_fields.h"
#include "engine/json/json_file.h"

namespace fimd {
namespace {

using nlohmann::json;

// Published files repeat every added token and are under 1 MB.
constexpr int64_t kMaxTokenizerConfigBytes = int64_t{16} << 20;

constexpr const char* kFile = "tokenizer_config.json";

/// "<s>" or {"content": "<s>", ...}.
Result<std::optional<std::string>> read_token(const JsonObject& root, const char* key) {
  const json* member = root.find(key);
  if (member == nullptr) return std::nullopt;
  if (member->is_string()) return member->get_ref<const std::string&>();
  FIMD_TRY(std::string content, JsonObject(*member, root.place_of(key)).string("content"));
  return content;
}

/// "text" or [{"name": "default", "template": "text"}, ...].
Result<std::string> read_chat_template(const JsonObject& root) {
  const json* member = root.find("chat_template");
  if (member == nullptr) return "";
  if (member->is_string()) return member->get_ref<const std::string&>();
  if (!member->is_array()) return root.wrong("chat_template", "a string or an array");
  for (const json& element : *member) {
    const JsonObject entry(element, root.place_of("chat_template"));
    FIMD_TRY(const std::string name, entry.string("name"));
    if (name == "default") return entry.string("template");
  }
  return "";
}

}  // namespace

Result<TokenizerConfig> read_tokenizer_config(const std::filesystem::path& folder) {
  TokenizerConfig config;
  const auto file = read_json_file(folder / kFile, kMaxTokenizerConfigBytes);
  if (!file && file.error().code == ErrorCode::kNotFound) return config;
  if (!file) return tl::unexpected(file.error());
  if (!file->is_object()) return wrong_type(&*file, kFile, "an object");
  const JsonObject root(*file, kFile);
  FIMD_TRY(config.bos_token, read_token(root, "bos_token"));
  FIMD_TRY(config.eos_token, read_token(root, "eos_token"));
  FIMD_TRY(config.chat_template, read_chat_template(root));
  if (root.find("add_bos_token") != nullptr) {
    FIMD_TRY(config.add_bos_token, root.boolean("add_bos_token", false));
  }
  return config;
}

}  // namespace fimd
