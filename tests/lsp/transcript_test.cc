#include "tests/lsp/transcript.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <set>
#include <unistd.h>

#include "lsp/server.h"
#include "tests/lsp/fake_service.h"

namespace fimd::lsp {
namespace {

using Json = nlohmann::json;

std::vector<std::filesystem::path> transcript_paths() {
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path folder =
      std::filesystem::path(FIMD_SOURCE_DIR) / "tests/lsp/transcripts";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class TranscriptTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(TranscriptTest, Holds) {
  check_transcript(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Dialogue,
                         TranscriptTest,
                         testing::ValuesIn(transcript_paths()),
                         [](const auto& test) { return test.param.stem().string(); });

/// The methods of the requests and notifications of one side, in all transcripts.
std::set<std::string> seen_methods(bool from_server) {
  std::set<std::string> methods;
  for (const auto& path : transcript_paths()) {
    for (const RecordedMessage& message : check_transcript(path)) {
      if (message.from_server != from_server) continue;
      const Json json = Json::parse(message.body, nullptr, /*allow_exceptions=*/false);
      if (json.is_object() && json.contains("method") && json["method"].is_string()) {
        methods.insert(json["method"].get<std::string>());
      }
    }
  }
  return methods;
}

/// The methods in the table of docs/protocol.md below `heading`.
std::set<std::string> documented_methods(const std::string& heading) {
  std::ifstream file(std::filesystem::path(FIMD_SOURCE_DIR) / "docs/protocol.md");
  std::set<std::string> methods;
  bool inside = false;
  static const std::regex kRow("\\| `([^`]+)` \\|.*");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) inside = line == heading;
    std::smatch row;
    if (inside && std::regex_match(line, row, kRow)) methods.insert(row[1]);
  }
  return methods;
}

std::set<std::string> handled_methods() {
  std::vector<std::string> calls;
  const Server server(
      {.version = "0.0.0",
       .log = [](LogLevel, std::string_view) {},
       .make_service =
           [&](Editor& editor) { return std::make_unique<FakeService>(editor, calls); }},
      [](const std::string&) {});
  const auto methods = server.methods();
  return {methods.begin(), methods.end()};
}

TEST(Transcripts, DocumentationListsWhatTheServerHandles) {
  EXPECT_EQ(documented_methods("## From the client"), handled_methods());
}

TEST(Transcripts, DocumentationListsWhatTheServerSends) {
  EXPECT_EQ(documented_methods("## To the client"), seen_methods(/*from_server=*/true));
}

TEST(Transcripts, CoverEveryMethod) {
  const std::set<std::string> seen = seen_methods(/*from_server=*/false);
  for (const std::string& method : handled_methods()) EXPECT_TRUE(seen.contains(method)) << method;
}

// Every message of the server, against the meta-model of LSP 3.18.
TEST(Transcripts, ServerMessagesFollowTheMetaModel) {
  const std::filesystem::path root = FIMD_SOURCE_DIR;
  const std::filesystem::path python = root / "build/venv/bin/python";
  ASSERT_TRUE(std::filesystem::exists(python))
      << "missing: python3 -m venv build/venv && "
         "build/venv/bin/pip install --no-deps -r tests/requirements.txt";

  const std::filesystem::path log = std::filesystem::path(testing::TempDir()) /
                                    ("fimd_messages_" + std::to_string(getpid()) + ".jsonl");
  std::ofstream file(log);
  size_t num_sent = 0;
  for (const auto& path : transcript_paths()) {
    file << Json{{"session", path.stem().string()}} << "\n";
    for (const RecordedMessage& message : check_transcript(path)) {
      const Json json = Json::parse(message.body, nullptr, /*allow_exceptions=*/false);
      if (json.is_discarded()) continue;
      file << Json{{"from_server", message.from_server}, {"message", json}} << "\n";
      num_sent += message.from_server ? 1 : 0;
    }
  }
  file.close();
  EXPECT_GT(num_sent, 50U);
  const std::string command = "'" + python.string() + "' '" +
                              (root / "tests/lsp/validate_messages.py").string() + "' '" +
                              log.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::filesystem::remove(log);
}

TEST(Transcript, WildcardsStandForTheirKind) {
  const auto check = [](const char* expected, const char* found) {
    return matches(Json::parse(expected), Json::parse(found));
  };
  EXPECT_TRUE(check(R"({"a": "<any>", "b": "<integer>"})", R"({"a": null, "b": 3})"));
  EXPECT_FALSE(check(R"({"a": "<integer>"})", R"({"a": "3"})"));
  EXPECT_FALSE(check(R"({"a": 1})", R"({"a": 1, "b": 2})"));
  EXPECT_TRUE(check(R"({"a": 1, "...": true})", R"({"a": 1, "b": 2})"));
  EXPECT_FALSE(check(R"([1, 2])", R"([1])"));
}

}  // namespace
}  // namespace fimd::lsp
