#include "engine/json/json_file.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

void check_refused(std::string_view text, const std::string& expected) {
  const Result<nlohmann::json> value = parse_json(text, "x.json");
  ASSERT_FALSE(value) << text;
  EXPECT_EQ(value.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(value.error().message.find(expected), std::string::npos) << value.error().message;
  EXPECT_TRUE(value.error().message.starts_with("x.json: ")) << value.error().message;
  EXPECT_LT(value.error().message.size(), 300U);
  for (const char byte : value.error().message) EXPECT_TRUE(byte >= ' ' && byte <= '~');
}

TEST(ParseJson, ReadsADocument) {
  const Result<nlohmann::json> value = parse_json(R"({"a": [1, "]]]\"[["], "b": null})", "x.json");
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ((*value)["a"][1], "]]]\"[[");
}

TEST(ParseJson, NamesTheTextAndThePlaceOfAnError) {
  check_refused("", "is not JSON: parse error at line 1, column 1");
  check_refused("{\"a\": 1,\n  \"b\" 2}", "line 2, column");
  check_refused("{} {}", "is not JSON");
  check_refused("[1, 2", "is not JSON");
  check_refused("[1e999]", "number overflow");
  check_refused("[NaN]", "is not JSON");
  check_refused("nul", "is not JSON");
  check_refused("\"" + std::string(1 << 20, 'x'), "is not JSON");
}

TEST(ParseJson, RefusesInvalidUtf8) {
  check_refused("[\"\xff\"]", "is not JSON");
  check_refused("[\"\xc3\"]", "is not JSON");
  check_refused("[\"\xed\xa0\x80\"]", "is not JSON");  // a surrogate
  check_refused("[\"\\ud800\"]", "is not JSON");
}

TEST(ParseJson, BoundsTheDepth) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(kMaxJsonDepth), "x.json"));
  check_refused(nested(kMaxJsonDepth + 1), "nested too deeply, expected at most 64 levels");
  check_refused(std::string(1 << 20, '['), "nested too deeply");
  check_refused(std::string(1 << 20, ']') + std::string(1 << 20, '['), "is not JSON");
  std::string objects;
  for (int depth = 0; depth < 1000; ++depth) objects += "{\"[\":";
  check_refused(objects, "nested too deeply");
}

TEST(ReadJsonFile, NamesTheFile) {
  TempFolder folder;
  const auto path = folder.write("a.json", "{\"a\": 1}");
  const Result<nlohmann::json> value = read_json_file(path, 8);
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ((*value)["a"], 1);
  const Result<nlohmann::json> large = read_json_file(path, 7);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().message, path.string() + ": has 8 bytes, expected at most 7");
  const Result<nlohmann::json> missing = read_json_file(folder.path() / "b.json", 8);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message.find("b.json: "), std::string::npos);
}

TEST(Quote, IsShortAscii) {
  EXPECT_EQ(quote("a\nb\"\xc3\xbc"), R"("a\nb\"\u00fc")");
  EXPECT_LT(quote(std::string(1 << 20, 'x')).size(), 200U);
  // Cut inside a character, or not UTF-8 to begin with.
  EXPECT_LT(quote(std::string(159, 'x') + "\xc3\xbc").size(), 200U);
  EXPECT_EQ(quote("\xff"), R"("\ufffd")");
}

TEST(Describe, ShowsScalarsAndNamesTheRest) {
  const nlohmann::json value = {-3, 0.5, "x", true, nullptr, {1, 2}, {{"a", 1}}};
  const char* const expected[] = {"-3", "0.5", "\"x\"", "true", "null", "an array", "an object"};
  for (size_t index = 0; index < value.size(); ++index) {
    EXPECT_EQ(describe(value[index]), expected[index]);
  }
}

}  // namespace
}  // namespace fimd
