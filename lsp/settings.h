// What the user set, without JSON: a flat table of dotted names, such as "engine.url".
//
// The editor sends a tree of objects; its leaves become the table's values. Who owns a setting
// reads it by name and decides what a value of the wrong type means; names that nobody reads cost
// nothing.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

namespace fimd::lsp {

using SettingValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>>;
using Settings = std::map<std::string, SettingValue>;

/// Ten times what all editors' tables of settings have; what comes after is left out.
inline constexpr size_t kMaxSettings = 1000;

/// The leaves of `tree`. Left out: null, arrays of other things than strings, and a tree that is
/// not an object.
Settings flatten_settings(const nlohmann::json& tree);

}  // namespace fimd::lsp
