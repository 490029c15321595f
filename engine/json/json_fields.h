// Fields of JSON objects from files, read with their types and ranges checked.
//
//   const JsonObject config(json, "config.json");
//   FIMD_TRY(const int64_t num_heads, config.integer("num_attention_heads", {1, 4096}));
//
// A field that does not fit is one error that names the file, the path, what was found and what was
// expected: `config.json: rope_scaling.factor is 0.5, expected a number in [1.0, 65536.0]`. A field
// that is null counts as absent, as in the files' own schemas, but messages say that it is null.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "kernels/base/result.h"

namespace fimd {

/// "`place` is 3, expected an array"; a null `found` is missing.
tl::unexpected<Error> wrong_type(const nlohmann::json* found,
                                 const std::string& place,
                                 std::string_view expected,
                                 ErrorCode code = ErrorCode::kInvalidInput);

/// The numbers that a field may have, both ends included.
template <typename T>
struct JsonRange {
  T min;
  T max;

  /// "an integer in [1, 4096]"
  [[nodiscard]] std::string text() const {
    const std::string kind = std::is_integral_v<T> ? "an integer" : "a number";
    return kind + " in [" + nlohmann::json(min).dump() + ", " + nlohmann::json(max).dump() + "]";
  }
};

/// A JSON value as an object, and where it stands. A value of another kind has no fields. Borrows
/// the value.
class JsonObject {
 public:
  /// `place` begins every message: the file and the path in it ("tokenizer.json: model").
  JsonObject(const nlohmann::json& value, std::string place)
      : value_(value), place_(std::move(place)) {}

  [[nodiscard]] const std::string& place() const { return place_; }

  /// "config.json: factor", "config.json: rope_scaling.factor".
  [[nodiscard]] std::string place_of(std::string_view key) const;

  /// Whether the field is there, null or not.
  [[nodiscard]] bool has_key(std::string_view key) const { return look_up(key) != nullptr; }

  /// Null when the field is absent or its value is null.
  [[nodiscard]] const nlohmann::json* find(std::string_view key) const;

  /// The error that says what the field is and what it should be.
  [[nodiscard]] tl::unexpected<Error> wrong(std::string_view key,
                                            std::string_view expected,
                                            ErrorCode code = ErrorCode::kInvalidInput) const;

  /// Errors (all of these): kInvalidInput, the field is of another type, out of range, or absent
  /// where nothing is to take its place.
  [[nodiscard]] Result<int64_t> integer(std::string_view key,
                                        JsonRange<int64_t> range,
                                        std::optional<int64_t> absent = {}) const;
  [[nodiscard]] Result<double> number(std::string_view key,
                                      JsonRange<double> range,
                                      std::optional<double> absent = {}) const;
  [[nodiscard]] Result<bool> boolean(std::string_view key, bool absent) const;
  [[nodiscard]] Result<std::string> string(std::string_view key) const;
  [[nodiscard]] Result<const nlohmann::json*> array(std::string_view key) const;
  [[nodiscard]] Result<JsonObject> object(std::string_view key) const;

  /// Errors: kUnsupported, the field has another value than the only one that we compute with;
  /// kInvalidInput, another type.
  [[nodiscard]] Status only(std::string_view key, const nlohmann::json& expected) const;

  [[nodiscard]] const nlohmann::json& value() const { return value_; }

 private:
  [[nodiscard]] const nlohmann::json* look_up(std::string_view key) const;

  const nlohmann::json& value_;
  std::string place_;
};

}  // namespace fimd
