#include "lsp/settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace fimd::lsp {
namespace {

using Json = nlohmann::json;

std::optional<SettingValue> read_leaf(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  const auto is_string = [](const Json& item) { return item.is_string(); };
  if (json.is_array() && std::all_of(json.begin(), json.end(), is_string)) {
    return json.get<std::vector<std::string>>();
  }
  return std::nullopt;
}

// As deep as JSON of a message can be (kMaxJsonDepth).
void flatten(const Json& tree, const std::string& prefix, Settings& settings) {
  for (const auto& [name, value] : tree.items()) {
    if (settings.size() >= kMaxSettings) return;
    if (value.is_object()) {
      flatten(value, prefix + name + ".", settings);
    } else if (auto leaf = read_leaf(value)) {
      settings.insert_or_assign(prefix + name, *std::move(leaf));
    }
  }
}

}  // namespace

Settings flatten_settings(const Json& tree) {
  Settings settings;
  if (tree.is_object()) flatten(tree, "", settings);
  return settings;
}

}  // namespace fimd::lsp
