#include "tests/lsp/edit_session.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "completion/document.h"

namespace fimd {
namespace {

constexpr int kNumSteps = 2000;

void check_session(PositionEncoding encoding, uint32_t seed) {
  const EditSession session = make_edit_session(encoding, seed, kNumSteps);
  auto text = EditedText::create(session.initial, encoding);
  ASSERT_TRUE(text);
  for (size_t step = 0; step < session.steps.size(); ++step) {
    const EditStep& edit = session.steps[step];
    ASSERT_TRUE(text->replace(edit.range, edit.text)) << "step " << step;
    ASSERT_EQ(text->text(), edit.expected) << "step " << step;
    // The index that followed the edits is the one of the text as it is.
    const auto fresh = EditedText::create(text->text(), encoding);
    ASSERT_EQ(text->num_lines(), fresh->num_lines()) << "step " << step;
    for (size_t line = 0; line < fresh->num_lines(); ++line) {
      ASSERT_EQ(text->line(line), fresh->line(line)) << "step " << step << ", line " << line;
    }
  }
}

/// The same steps in messages of many edits, which take another way.
void check_batches(PositionEncoding encoding, uint32_t seed) {
  const EditSession session = make_edit_session(encoding, seed, kNumSteps);
  auto document = Document::create({.uri = "a.txt", .path = "a.txt"}, session.initial, encoding);
  ASSERT_TRUE(document);
  for (size_t step = 0; step < session.steps.size();) {
    std::vector<TextEdit> edits;
    const size_t end = std::min(session.steps.size(), step + 1 + step % 60);
    for (; step < end; ++step) {
      edits.push_back({session.steps[step].range, session.steps[step].text});
    }
    ASSERT_TRUE(document->apply(edits)) << "step " << step;
    ASSERT_EQ(document->text().text(), session.steps[step - 1].expected) << "step " << step;
  }
}

TEST(EditSession, BatchesAgreeWithTheModel) {
  check_batches(PositionEncoding::kUtf8, 5);
  check_batches(PositionEncoding::kUtf16, 6);
  check_batches(PositionEncoding::kUtf32, 7);
}

TEST(EditSession, Utf8AgreesWithTheModel) {
  check_session(PositionEncoding::kUtf8, 1);
}

TEST(EditSession, Utf16AgreesWithTheModel) {
  check_session(PositionEncoding::kUtf16, 2);
}

TEST(EditSession, Utf32AgreesWithTheModel) {
  check_session(PositionEncoding::kUtf32, 3);
}

nlohmann::json to_json(EncodedPosition position) {
  return {{"line", position.line}, {"character", position.character}};
}

// The same edits in the document class that language servers on Node use.
TEST(EditSession, Utf16AgreesWithTheNodeReference) {
  const std::filesystem::path root = FIMD_SOURCE_DIR;
  const std::filesystem::path modules = root / "build/node/lsp/node_modules";
  ASSERT_TRUE(std::filesystem::exists(modules / "vscode-languageserver-textdocument"))
      << "missing: copy tests/lsp/node/package*.json to build/node/lsp and run `npm ci` there";

  const EditSession session = make_edit_session(PositionEncoding::kUtf16, 4, kNumSteps);
  nlohmann::json steps = nlohmann::json::array();
  for (const EditStep& step : session.steps) {
    steps.push_back(
        {{"range", {{"start", to_json(step.range.start)}, {"end", to_json(step.range.end)}}},
         {"text", step.text}});
  }
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("fimd_edit_session_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::filesystem::path input = folder / "session.json";
  const std::filesystem::path output = folder / "texts.jsonl";
  std::ofstream(input) << nlohmann::json{{"initial", session.initial}, {"steps", steps}};

  const std::string command = "NODE_PATH='" + modules.string() + "' node '" +
                              (root / "tests/lsp/node/apply_edits.js").string() + "' '" +
                              input.string() + "' > '" + output.string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;

  auto text = EditedText::create(session.initial, PositionEncoding::kUtf16);
  ASSERT_TRUE(text);
  std::ifstream texts(output);
  std::string line;
  for (size_t step = 0; step < session.steps.size(); ++step) {
    ASSERT_TRUE(std::getline(texts, line)) << "step " << step;
    ASSERT_TRUE(text->replace(session.steps[step].range, session.steps[step].text));
    ASSERT_EQ(text->text(), nlohmann::json::parse(line).get<std::string>()) << "step " << step;
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace fimd
