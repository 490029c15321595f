#include "engine/json/json_fields.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

using nlohmann::json;

/// An object of a file with one field of each kind.
const json& sample() {
  static const json kSample = json::parse(R"({
    "integer": 7, "number": 0.5, "boolean": true, "string": "text", "array": [1], "null": null,
    "object": {"inner": {"count": 3}},
    "huge": 18446744073709551615, "beyond": 1e20
  })");
  return kSample;
}

JsonObject file() {
  return {sample(), "config.json"};
}

template <typename T>
void check_error(const Result<T>& result,
                 const std::string& message,
                 ErrorCode code = ErrorCode::kInvalidInput) {
  ASSERT_FALSE(result) << "expected: " << message;
  EXPECT_EQ(result.error().code, code);
  EXPECT_EQ(result.error().message, message);
}

TEST(JsonObject, ReadsFieldsOfTheirTypes) {
  EXPECT_EQ(file().integer("integer", {7, 7}).value(), 7);
  EXPECT_EQ(file().number("number", {0.5, 0.5}).value(), 0.5);
  EXPECT_EQ(file().number("integer", {0, 10}).value(), 7);
  EXPECT_EQ(file().boolean("boolean", false).value(), true);
  EXPECT_EQ(file().string("string").value(), "text");
  EXPECT_EQ(*file().array("array").value(), json({1}));
  EXPECT_EQ(file().object("object").value().value(), sample()["object"]);
}

TEST(JsonObject, TakesNullForAbsent) {
  for (const char* key : {"null", "nowhere"}) {
    EXPECT_EQ(file().find(key), nullptr);
    EXPECT_EQ(file().integer(key, {0, 9}, 5).value(), 5);
    EXPECT_EQ(file().number(key, {0, 9}, 2.5).value(), 2.5);
    EXPECT_EQ(file().boolean(key, true).value(), true);
    EXPECT_TRUE(file().only(key, 3));
  }
  EXPECT_TRUE(file().has_key("null"));
  EXPECT_FALSE(file().has_key("nowhere"));
}

TEST(JsonObject, SaysWhatWasFoundAndWhatWasExpected) {
  check_error(file().integer("nowhere", {0, 9}),
              "config.json: nowhere is missing, expected an integer in [0, 9]");
  check_error(file().integer("null", {0, 9}),
              "config.json: null is null, expected an integer in [0, 9]");
  check_error(file().integer("integer", {8, 9}),
              "config.json: integer is 7, expected an integer in [8, 9]");
  check_error(file().integer("number", {0, 9}),
              "config.json: number is 0.5, expected an integer in [0, 9]");
  check_error(file().number("number", {1, 2.5}),
              "config.json: number is 0.5, expected a number in [1.0, 2.5]");
  check_error(file().boolean("integer", false),
              "config.json: integer is 7, expected true or false");
  check_error(file().string("array"), "config.json: array is an array, expected a string");
  check_error(file().array("object"), "config.json: object is an object, expected an array");
  check_error(file().object("string"), "config.json: string is \"text\", expected an object");
}

// As a signed number of 64 bits the largest is -1.
TEST(JsonObject, RefusesIntegersThatDoNotFit) {
  check_error(file().integer("huge", {-1, 9}),
              "config.json: huge is 18446744073709551615, expected an integer in [-1, 9]");
  check_error(file().integer("beyond", {0, 9}),
              "config.json: beyond is 1e+20, expected an integer in [0, 9]");
}

TEST(JsonObject, NamesThePathOfAnInnerField) {
  const JsonObject inner = file().object("object").value().object("inner").value();
  EXPECT_EQ(inner.place(), "config.json: object.inner");
  EXPECT_EQ(inner.integer("count", {0, 9}).value(), 3);
  check_error(inner.string("count"), "config.json: object.inner.count is 3, expected a string");
}

TEST(JsonObject, HasNoFieldsWhenItIsOfAnotherKind) {
  for (const json& value : {json(3), json("text"), json(nullptr), json::array({1})}) {
    const JsonObject object(value, "x");
    EXPECT_EQ(object.find("a"), nullptr);
    EXPECT_FALSE(object.has_key("a"));
    check_error(object.string("a"), "x.a is missing, expected a string");
  }
}

TEST(JsonObject, TellsAnotherChoiceFromAnotherType) {
  EXPECT_TRUE(file().only("string", "text"));
  check_error(file().only("string", "other"),
              "config.json: string is \"text\", expected \"other\"",
              ErrorCode::kUnsupported);
  check_error(file().only("string", 3), "config.json: string is \"text\", expected 3");
  check_error(file().only("object", nullptr),
              "config.json: object is an object, expected null",
              ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace fimd
