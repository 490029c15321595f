#include "engine/tokenizer/tokenizer_config.h"

#include <nlohmann/json.hpp>

#include "engine/checkpoint/json_file.h"
#include "engine/tokenizer/json_fields.h"

namespace fimd {
namespace {

using nlohmann::json;

// Published files repeat every added token and are under 1 MB.
constexpr int64_t kMaxFileBytes = int64_t{16} << 20;

constexpr const char* kFile = "tokenizer_config.json";

/// "<s>" or {"content": "<s>", ...}.
Result<std::optional<std::string>> read_token(const json& root, const char* key) {
  const json* member = find_member(root, key);
  if (member == nullptr) return std::nullopt;
  if (member->is_string()) return member->get_ref<const std::string&>();
  FIMD_TRY(std::string content, string_member(*member, "content", std::string(kFile) + ": " + key));
  return content;
}

/// "text" or [{"name": "default", "template": "text"}, ...].
Result<std::string> read_chat_template(const json& root) {
  const json* member = find_member(root, "chat_template");
  if (member == nullptr) return "";
  if (member->is_string()) return member->get_ref<const std::string&>();
  const std::string where = std::string(kFile) + ": chat_template";
  if (!member->is_array()) return wrong_type(member, where, "a string or an array");
  for (const json& entry : *member) {
    FIMD_TRY(const std::string name, string_member(entry, "name", where));
    if (name == "default") return string_member(entry, "template", where);
  }
  return "";
}

}  // namespace

Result<TokenizerConfig> read_tokenizer_config(const std::filesystem::path& folder) {
  TokenizerConfig config;
  const auto root = read_json_file(folder / kFile, kMaxFileBytes);
  if (!root && root.error().code == ErrorCode::kNotFound) return config;
  if (!root) return tl::unexpected(root.error());
  if (!root->is_object()) return wrong_type(&*root, kFile, "an object");
  FIMD_TRY(config.bos_token, read_token(*root, "bos_token"));
  FIMD_TRY(config.eos_token, read_token(*root, "eos_token"));
  FIMD_TRY(config.chat_template, read_chat_template(*root));
  if (find_member(*root, "add_bos_token") != nullptr) {
    FIMD_TRY(config.add_bos_token, bool_member(*root, "add_bos_token", false, kFile));
  }
  return config;
}

}  // namespace fimd
