#include "lsp/json_rpc.h"

#include <gtest/gtest.h>

#include "engine/utf8.h"

namespace fimd::lsp {
namespace {

void check_parse_error(const std::string& body, const std::string& message) {
  const auto parsed = parse_message(body);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().error.code, rpc_code::kParseError);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(parsed.error().id));
  EXPECT_NE(parsed.error().error.message.find(message), std::string::npos)
      << parsed.error().error.message;
}

std::string nested(int depth) {
  const auto count = static_cast<size_t>(depth);
  return R"({"jsonrpc": "2.0", "id": 1, "method": "m", "params": )" + std::string(count, '[') +
         std::string(count, ']') + "}";
}

TEST(JsonRpc, RefusesDeepNesting) {
  EXPECT_TRUE(parse_message(nested(60)));
  check_parse_error(nested(65), "nested too deeply");
  check_parse_error(nested(10'000), "nested too deeply");
  check_parse_error(std::string(10'000, '['), "nested too deeply");
}

TEST(JsonRpc, RefusesTooManyValues) {
  std::string many = R"({"jsonrpc": "2.0", "method": "m", "params": [0)";
  for (size_t count = 0; count <= kMaxJsonValues; ++count) many += ",0";
  check_parse_error(many + "]}", "too many values");
}

TEST(JsonRpc, CountsNoCommasWithinStrings) {
  const std::string commas(kMaxJsonValues + 1, ',');
  EXPECT_TRUE(
      parse_message(R"({"jsonrpc": "2.0", "method": "m", "params": ["\"", ")" + commas + "\"]}"));
}

TEST(JsonRpc, RefusesInvalidUtf8) {
  check_parse_error("{\"jsonrpc\": \"2.0\", \"method\": \"\xC3\x28\"}", "is not JSON");
  check_parse_error("\xFF\xFE{}", "is not JSON");
}

TEST(JsonRpc, ReplacesHalvesOfSurrogatePairs) {
  const auto read = [](const std::string& text) {
    const auto message = parse_message(R"({"jsonrpc": "2.0", "method": "m", "params": [")" + text +
                                       R"(", "after \u00e9"]})");
    EXPECT_TRUE(message) << text;
    if (!message) return std::string();
    const Json& params = std::get<RpcNotification>(*message).params;
    EXPECT_EQ(params[1], "after \xC3\xA9");
    return params[0].get<std::string>();
  };
  const std::string replaced(kReplacementCharacter);
  const std::string smile = "\xF0\x9F\x98\x80";
  EXPECT_EQ(read(R"(a\ud83db)"), "a" + replaced + "b");
  EXPECT_EQ(read(R"(a\uDE00b)"), "a" + replaced + "b");
  EXPECT_EQ(read(R"(\ud83d)"), replaced);
  EXPECT_EQ(read(R"(\ud83d\ude00)"), smile);
  EXPECT_EQ(read(R"(\uD83D\uD83D\uDE00\ude00)"), replaced + smile + replaced);
  EXPECT_EQ(read(R"(\ude00\ud83d)"), replaced + replaced);
  EXPECT_EQ(read(R"(\ud83d\n)"), replaced + "\n");
  EXPECT_EQ(read(R"(\\ud83d \\\\ud83d)"), R"(\ud83d \\ud83d)") << "a backslash, no escape";
  EXPECT_EQ(read(R"(\\\ud83d)"), "\\" + replaced);
  EXPECT_EQ(read("a\xED\xA0\xBDz"), "a" + replaced + "z") << "as Emacs sends them";
  EXPECT_EQ(read("\xED\xA0\xBD\xED\xB8\x80"), replaced + replaced);
  EXPECT_EQ(read("\xED\x9F\xBF"), "\xED\x9F\xBF") << "the last character before them";
  check_parse_error(R"({"jsonrpc": "2.0", "method": "\ud83"})", "is not JSON");
  check_parse_error("{\"jsonrpc\": \"2.0\", \"method\": \"\xED\xA0\"}", "is not JSON");
}

TEST(JsonRpc, RefusesNumbersPastAllRange) {
  check_parse_error(R"({"jsonrpc": "2.0", "id": 1e999, "method": "m"})", "is not JSON");
}

TEST(JsonRpc, TellsTheThreeKindsApart) {
  const auto kind = [](const char* body) { return parse_message(body).value().index(); };
  EXPECT_EQ(kind(R"({"jsonrpc": "2.0", "id": 1, "method": "m"})"), 0U);
  EXPECT_EQ(kind(R"({"jsonrpc": "2.0", "id": null, "method": "m"})"), 0U);
  EXPECT_EQ(kind(R"({"jsonrpc": "2.0", "method": "m", "params": null})"), 1U);
  EXPECT_EQ(kind(R"({"jsonrpc": "2.0", "id": "a", "result": null})"), 2U);
  EXPECT_EQ(kind(R"({"jsonrpc": "2.0", "id": 1, "error": {"code": 3, "message": "m"}})"), 2U);
}

TEST(JsonRpc, ReadsErrorsOfAnyShape) {
  for (const char* error : {"{}", "5", R"({"code": "x", "message": 7})"}) {
    const auto message =
        parse_message(R"({"jsonrpc": "2.0", "id": 1, "error": )" + std::string(error) + "}");
    const auto& response = std::get<RpcResponse>(message.value());
    ASSERT_FALSE(response.outcome);
    EXPECT_EQ(response.outcome.error().message, "an error without a message");
  }
}

TEST(JsonRpc, WritesIdsAsTheyCame) {
  EXPECT_EQ(result_body(RpcId(int64_t{7}), nullptr), R"({"id":7,"jsonrpc":"2.0","result":null})");
  EXPECT_EQ(result_body(RpcId("7"), 1), R"({"id":"7","jsonrpc":"2.0","result":1})");
  EXPECT_EQ(error_body({}, {-1, "m"}),
            R"({"error":{"code":-1,"message":"m"},"id":null,"jsonrpc":"2.0"})");
}

// Better a replacement character than no answer.
TEST(JsonRpc, WritesBrokenTextOfOursAllTheSame) {
  EXPECT_EQ(notification_body("m", Json::array({"a\xFF"})),
            "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":[\"a\xEF\xBF\xBD\"]}");
}

}  // namespace
}  // namespace fimd::lsp
