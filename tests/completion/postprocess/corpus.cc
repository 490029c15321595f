#include "tests/completion/postprocess/corpus.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/golden.h"

namespace fimd {
namespace {

CorpusCase case_of(const std::string& file, const nlohmann::json& json) {
  CorpusCase test;
  test.file = file;
  test.name = json.at("name");
  test.theme = json.at("theme");
  test.language = json.at("language");
  test.before = json.at("before");
  test.hole = json.value("hole", "");
  test.after = json.at("after");
  test.multi_line = json.at("mode") == "multi";
  test.raw = json.at("raw");
  if (!json.at("text").is_null()) test.text = json.at("text").get<std::string>();
  test.num_replaced = json.value("replaced", size_t{0});
  return test;
}

Site site_of(const CorpusCase& test, const std::string& text, CorpusSite::Tree tree) {
  const Language& language = detect_language("", test.language);
  const bool with_tree = tree == CorpusSite::Tree::kWith;
  const size_t cursor = test.before.size();
  return {.view = {.text = text,
                   .language = language,
                   .tree = with_tree ? parse_once(language, text, {}) : nullptr},
          .cursor = {cursor},
          .hole_end = {cursor + test.hole.size()},
          .multi_line = test.multi_line,
          .indentation = detect_indentation(text, {cursor}, {.columns = 2})};
}

}  // namespace

std::vector<CorpusCase> load_corpus() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(golden_root() / "postprocess")) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<CorpusCase> cases;
  for (const auto& path : paths) {
    std::ifstream file(path);
    for (const auto& json : nlohmann::json::parse(file)) {
      cases.push_back(case_of(path.filename().string(), json));
    }
  }
  return cases;
}

CorpusSite::CorpusSite(const CorpusCase& test, Tree tree)
    : text_(test.before + test.hole + test.after), site_(site_of(test, text_, tree)) {}

std::string with_crlf(const std::string& text) {
  std::string converted;
  for (const char c : text) {
    if (c == '\n' && !converted.ends_with('\r')) converted += '\r';
    converted += c;
  }
  return converted;
}

}  // namespace fimd
