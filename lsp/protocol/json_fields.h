// Reading typed values out of JSON, with the place and the reason when they do not fit.
//
//   bool from_json(const Json& json, const JsonPath& path, EncodedRange& out) {
//     const JsonFields fields(json, path);
//     return fields.required("start", out.start) && fields.required("end", out.end);
//   }
//
// A from_json() returns false after the first mismatch, which path has then put into words:
// `/params/range/start/line is "7", expected an unsigned integer`. Fields that nobody asks for are
// ignored, as the protocol demands. An optional field that is null counts as absent: several
// clients write null for what they leave out. Files are read by engine/json/json_fields.h instead:
// their fields have ranges and each failure is an Error; messages are read whole into structs, and
// a path is put together only for a mismatch. Both say it with mismatch_text().
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "completion/edited_text.h"

namespace fimd::lsp {

using Json = nlohmann::json;

/// Where a value stands in a message: a chain of names that lives on the stack of the readers.
/// Thread: compatible.
class JsonPath {
 public:
  /// The whole message. `problem` receives the first mismatch.
  explicit JsonPath(std::string& problem) : problem_(&problem) {}

  [[nodiscard]] JsonPath field(std::string_view name) const {
    return JsonPath(*this, std::string(name));
  }

  [[nodiscard]] JsonPath item(size_t index) const { return JsonPath(*this, std::to_string(index)); }

  /// Notes that `found` is not what was expected; false, for the caller to return.
  [[nodiscard]] bool mismatch(const Json& found, std::string_view expected) const;

  /// Notes that a value is not there; false.
  [[nodiscard]] bool missing() const;

  /// RFC 6901.
  [[nodiscard]] std::string pointer() const;

 private:
  JsonPath(const JsonPath& parent, std::string name)
      : parent_(&parent), name_(std::move(name)), problem_(parent.problem_) {}

  const JsonPath* parent_ = nullptr;
  std::string name_;
  std::string* problem_;
};

bool from_json(const Json& json, const JsonPath& path, bool& out);
bool from_json(const Json& json, const JsonPath& path, int64_t& out);
/// Values past the range become the largest: positions far out mean the end.
bool from_json(const Json& json, const JsonPath& path, uint32_t& out);
bool from_json(const Json& json, const JsonPath& path, std::string& out);
bool from_json(const Json& json, const JsonPath& path, Json& out);
bool from_json(const Json& json, const JsonPath& path, EncodedPosition& out);
bool from_json(const Json& json, const JsonPath& path, EncodedRange& out);

template <typename T>
bool from_json(const Json& json, const JsonPath& path, std::vector<T>& out) {
  if (!json.is_array()) return path.mismatch(json, "an array");
  out.clear();
  out.resize(json.size());
  for (size_t index = 0; index < json.size(); ++index) {
    if (!from_json(json[index], path.item(index), out[index])) return false;
  }
  return true;
}

/// The fields of an object. Anything else has none, and asking it for one is a mismatch.
class JsonFields {
 public:
  JsonFields(const Json& json, const JsonPath& path) : json_(json), path_(path) {}

  template <typename T>
  bool required(std::string_view name, T& out) const {
    if (!json_.is_object()) return path_.mismatch(json_, "an object");
    const Json* value = find(name);
    if (value == nullptr) return path_.field(name).missing();
    return from_json(*value, path_.field(name), out);
  }

  /// Leaves `out` as it is when the field is absent or null.
  template <typename T>
  bool optional(std::string_view name, T& out) const {
    if (!json_.is_object()) return path_.mismatch(json_, "an object");
    const Json* value = find(name);
    return value == nullptr || value->is_null() || from_json(*value, path_.field(name), out);
  }

  template <typename T>
  bool optional(std::string_view name, std::optional<T>& out) const {
    if (!json_.is_object()) return path_.mismatch(json_, "an object");
    const Json* value = find(name);
    if (value == nullptr || value->is_null()) return true;
    return from_json(*value, path_.field(name), out.emplace());
  }

  /// As optional(), but what does not fit is absent too: for what a client says of itself, where a
  /// strange value is no reason to refuse it.
  template <typename T>
  void lenient(std::string_view name, T& out) const {
    std::string problem;
    const JsonPath nowhere(problem);
    T value = out;
    if (JsonFields(json_, nowhere).optional(name, value)) out = std::move(value);
  }

  /// Whether the field is there, null or not.
  [[nodiscard]] bool has(std::string_view name) const {
    return json_.is_object() && find(name) != nullptr;
  }

 private:
  [[nodiscard]] const Json* find(std::string_view name) const;

  const Json& json_;
  const JsonPath& path_;
};

Json to_json(EncodedPosition position);
Json to_json(EncodedRange range);

}  // namespace fimd::lsp
