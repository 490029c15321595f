#include "lsp/protocol/lifecycle.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace fimd::lsp {
namespace {

const Json& full_params() {
  static const Json kParams = Json::parse(R"({
    "processId": 17,
    "clientInfo": {"name": "Visual Studio Code", "version": "1.95.0"},
    "locale": "de",
    "rootUri": "file:///other",
    "trace": "verbose",
    "initializationOptions": {"model": "/m", "editorInfo": {"name": "x"}},
    "workspaceFolders": [{"uri": "file:///p", "name": "p"}],
    "capabilities": {
      "general": {"positionEncodings": ["utf-32", "utf-16"]},
      "window": {"workDoneProgress": true},
      "workspace": {"configuration": true, "didChangeConfiguration": {"dynamicRegistration": true}},
      "textDocument": {"inlineCompletion": {"dynamicRegistration": true}}
    }})");
  return kParams;
}

InitializeParams read_initialize(const Json& json) {
  InitializeParams params;
  std::string problem;
  EXPECT_TRUE(from_json(json, JsonPath(problem), params)) << json << ": " << problem;
  return params;
}

/// The pointers of all values below `json`, as deep as they go.
void add_pointers(const Json& json, const std::string& path, std::vector<std::string>& pointers) {
  if (!json.is_structured()) return;
  for (const auto& [name, value] : json.items()) {
    std::string pointer = path;
    pointer.append("/").append(name);
    pointers.push_back(pointer);
    add_pointers(value, pointer, pointers);
  }
}

TEST(InitializeParams, SayAllThatAClientSaid) {
  const InitializeParams params = read_initialize(full_params());
  EXPECT_EQ(params.process_id, 17);
  EXPECT_EQ(params.client_name, "Visual Studio Code");
  EXPECT_EQ(params.locale, "de");
  EXPECT_EQ(params.trace, TraceValue::kVerbose);
  EXPECT_TRUE(params.has_editor_info);
  ASSERT_EQ(params.workspace_folders.size(), 1U);
  EXPECT_EQ(params.workspace_folders[0].uri, "file:///p");
  EXPECT_EQ(params.capabilities.position_encodings,
            (std::vector{PositionEncoding::kUtf32, PositionEncoding::kUtf16}));
  EXPECT_TRUE(params.capabilities.configuration);
  EXPECT_TRUE(params.capabilities.work_done_progress);
}

TEST(InitializeParams, AreReadWhateverStandsInOnePlaceAndTheOthersCount) {
  std::vector<std::string> pointers;
  add_pointers(full_params(), "", pointers);
  ASSERT_GT(pointers.size(), 25U);
  const std::array<Json, 9> odd = {nullptr,
                                   true,
                                   -1,
                                   1e300,
                                   "odd \u2028x",
                                   Json::array(),
                                   Json::array({nullptr, 1}),
                                   Json::object(),
                                   Json{{"uri", 5}}};
  for (const std::string& pointer : pointers) {
    for (const Json& value : odd) {
      SCOPED_TRACE(pointer + " is " + value.dump());
      Json json = full_params();
      json[Json::json_pointer(pointer)] = value;
      const InitializeParams params = read_initialize(json);
      const auto expect = [&](std::string_view where, bool holds) {
        const bool touched = where.starts_with(pointer) || pointer.starts_with(where);
        EXPECT_TRUE(touched || holds) << where;
      };
      expect("/processId", params.process_id == 17);
      expect("/clientInfo/name", params.client_name == "Visual Studio Code");
      expect("/locale", params.locale == "de");
      expect("/trace", params.trace == TraceValue::kVerbose);
      expect("/initializationOptions", params.has_editor_info);
      expect("/workspaceFolders", params.workspace_folders.size() == 1);
      const ClientCapabilities& can = params.capabilities;
      expect("/capabilities/general/positionEncodings", can.position_encodings.size() == 2);
      expect("/capabilities/window/workDoneProgress", can.work_done_progress);
      expect("/capabilities/workspace/configuration", can.configuration);
      expect("/capabilities/textDocument/inlineCompletion", can.inline_completion);
    }
  }
}

}  // namespace
}  // namespace fimd::lsp
