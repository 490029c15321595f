#include "engine/json/json_fields.h"

#include "engine/json/json_file.h"

namespace fimd {

using nlohmann::json;

tl::unexpected<Error> wrong_type(const json* found,
                                 const std::string& place,
                                 std::string_view expected,
                                 ErrorCode code) {
  return fail(code, mismatch_text(place, found, expected));
}

std::string JsonObject::place_of(std::string_view key) const {
  return place_ + (place_.ends_with(".json") ? ": " : ".") + std::string(key);
}

const json* JsonObject::look_up(std::string_view key) const {
  if (!value_.is_object()) return nullptr;
  const auto field = value_.find(key);
  return field == value_.end() ? nullptr : &*field;
}

const json* JsonObject::find(std::string_view key) const {
  const json* field = look_up(key);
  return field == nullptr || field->is_null() ? nullptr : field;
}

tl::unexpected<Error> JsonObject::wrong(std::string_view key,
                                        std::string_view expected,
                                        ErrorCode code) const {
  return wrong_type(look_up(key), place_of(key), expected, code);
}

Result<int64_t> JsonObject::integer(std::string_view key,
                                    JsonRange<int64_t> range,
                                    std::optional<int64_t> absent) const {
  const json* field = find(key);
  if (field == nullptr && absent) return *absent;
  // Above 2^63 an unsigned one would turn negative.
  const bool fits = field != nullptr && field->is_number_integer() &&
                    !(field->is_number_unsigned() && field->get<uint64_t>() > uint64_t{1} << 62);
  if (!fits || field->get<int64_t>() < range.min || field->get<int64_t>() > range.max) {
    return wrong(key, range.text());
  }
  return field->get<int64_t>();
}

Result<double> JsonObject::number(std::string_view key,
                                  JsonRange<double> range,
                                  std::optional<double> absent) const {
  const json* field = find(key);
  if (field == nullptr && absent) return *absent;
  const bool fits = field != nullptr && field->is_number();
  if (!fits || !(field->get<double>() >= range.min && field->get<double>() <= range.max)) {
    return wrong(key, range.text());
  }
  return field->get<double>();
}

Result<bool> JsonObject::boolean(std::string_view key, bool absent) const {
  const json* field = find(key);
  if (field == nullptr) return absent;
  if (!field->is_boolean()) return wrong(key, "true or false");
  return field->get<bool>();
}

Result<std::string> JsonObject::string(std::string_view key) const {
  const json* field = find(key);
  if (field == nullptr || !field->is_string()) return wrong(key, "a string");
  return field->get_ref<const std::string&>();
}

Result<const json*> JsonObject::array(std::string_view key) const {
  const json* field = find(key);
  if (field == nullptr || !field->is_array()) return wrong(key, "an array");
  return field;
}

Result<JsonObject> JsonObject::object(std::string_view key) const {
  const json* field = find(key);
  if (field == nullptr || !field->is_object()) return wrong(key, "an object");
  return JsonObject(*field, place_of(key));
}

Status JsonObject::only(std::string_view key, const json& expected) const {
  const json* field = find(key);
  if (field == nullptr || *field == expected) return {};
  const bool is_other_choice = expected.is_null() || field->type() == expected.type();
  return wrong(
      key, expected.dump(), is_other_choice ? ErrorCode::kUnsupported : ErrorCode::kInvalidInput);
}

}  // namespace fimd
