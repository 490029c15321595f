#include "engine/tokenizer/json_fields.h"

#include <nlohmann/json.hpp>

#include "engine/checkpoint/json_file.h"

namespace fimd {
namespace {

using nlohmann::json;

std::string path_of(const char* key, const std::string& where) {
  return where.ends_with(".json") ? where + ": " + key : where + "." + key;
}

}  // namespace

const json* find_member(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto member = object.find(key);
  return member == object.end() || member->is_null() ? nullptr : &*member;
}

tl::unexpected<Error> wrong_type(const json* value,
                                 const std::string& where,
                                 std::string_view expected) {
  const std::string found = value == nullptr ? " is missing" : " is " + describe(*value);
  return fail(ErrorCode::kInvalidInput, where + found + ", expected " + std::string(expected));
}

Result<const json*> object_member(const json& object, const char* key, const std::string& where) {
  const json* member = find_member(object, key);
  if (member != nullptr && member->is_object()) return member;
  return wrong_type(member, path_of(key, where), "an object");
}

Result<const json*> array_member(const json& object, const char* key, const std::string& where) {
  const json* member = find_member(object, key);
  if (member != nullptr && member->is_array()) return member;
  return wrong_type(member, path_of(key, where), "an array");
}

Result<std::string> string_member(const json& object, const char* key, const std::string& where) {
  const json* member = find_member(object, key);
  if (member != nullptr && member->is_string()) return member->get_ref<const std::string&>();
  return wrong_type(member, path_of(key, where), "a string");
}

Result<bool> bool_member(const json& object,
                         const char* key,
                         bool fallback,
                         const std::string& where) {
  const json* member = find_member(object, key);
  if (member == nullptr) return fallback;
  if (member->is_boolean()) return member->get<bool>();
  return wrong_type(member, path_of(key, where), "true or false");
}

Result<int32_t> token_id(const json& value, const std::string& where) {
  if (value.is_number_integer()) {
    const auto id = value.get<int64_t>();  // what is beyond 63 bits becomes negative
    if (id >= 0 && id < kMaxVocabularyTokens) return static_cast<int32_t>(id);
  }
  return wrong_type(
      &value, where, "a token id from 0 to " + std::to_string(kMaxVocabularyTokens - 1));
}

}  // namespace fimd
