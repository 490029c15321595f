#include "lsp/protocol/json_fields.h"

#include <algorithm>
#include <limits>

#include "engine/json/json_file.h"

namespace fimd::lsp {
namespace {

/// A name as RFC 6901 writes it.
std::string escape(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string JsonPath::pointer() const {
  return parent_ == nullptr ? "" : parent_->pointer() + "/" + escape(name_);
}

bool JsonPath::mismatch(const Json& found, std::string_view expected) const {
  *problem_ = mismatch_text(pointer(), &found, expected);
  return false;
}

bool JsonPath::missing() const {
  *problem_ = pointer() + " is missing";
  return false;
}

bool from_json(const Json& json, const JsonPath& path, bool& out) {
  if (!json.is_boolean()) return path.mismatch(json, "a boolean");
  out = json.get<bool>();
  return true;
}

bool from_json(const Json& json, const JsonPath& path, int64_t& out) {
  if (!json.is_number_integer()) return path.mismatch(json, "an integer");
  out = json.get<int64_t>();
  return true;
}

bool from_json(const Json& json, const JsonPath& path, uint32_t& out) {
  if (!json.is_number_unsigned()) return path.mismatch(json, "an unsigned integer");
  out = static_cast<uint32_t>(
      std::min<uint64_t>(json.get<uint64_t>(), std::numeric_limits<uint32_t>::max()));
  return true;
}

bool from_json(const Json& json, const JsonPath& path, std::string& out) {
  if (!json.is_string()) return path.mismatch(json, "a string");
  out = json.get_ref<const std::string&>();
  return true;
}

bool from_json(const Json& json, const JsonPath& /*path*/, Json& out) {
  out = json;
  return true;
}

bool from_json(const Json& json, const JsonPath& path, EncodedPosition& out) {
  const JsonFields fields(json, path);
  return fields.required("line", out.line) && fields.required("character", out.character);
}

bool from_json(const Json& json, const JsonPath& path, EncodedRange& out) {
  const JsonFields fields(json, path);
  return fields.required("start", out.start) && fields.required("end", out.end);
}

const Json* JsonFields::find(std::string_view name) const {
  const auto field = json_.find(name);
  return field == json_.end() ? nullptr : &*field;
}

Json to_json(EncodedPosition position) {
  return {{"line", position.line}, {"character", position.character}};
}

Json to_json(EncodedRange range) {
  return {{"start", to_json(range.start)}, {"end", to_json(range.end)}};
}

}  // namespace fimd::lsp
