#include "tests/quality/questions.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "completion/syntax/syntax_errors.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/trigger.h"
#include "engine/checkpoint/mapped_file.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

struct Package {
  const char* name;
  const char* folder;  ///< below `build`; a `*` stands for one folder of any name
  const char* extension;
};

// Of licences that let anybody quote: MIT, Apache 2.0, BSD.
constexpr Package kPackages[] = {
    {"cobra", "sources/v1.8.1.zip", ".go"},
    {"time", "sources/v0.8.0.zip", ".go"},
    {"gson", "sources/gson-2.11.0-sources.jar", ".java"},
    {"capacitor-android", "sources/android-6.2.0.tgz", ".java"},
    {"okio", "sources/okio-jvm-3.9.1-sources.jar", ".kt"},
    {"attrs", "venv/lib/*/site-packages/attr", ".py"},
    {"cattrs", "venv/lib/*/site-packages/cattrs", ".py"},
    {"bytes", "sources/bytes-1.8.0.crate", ".rs"},
    {"semver", "sources/semver-1.0.23.crate", ".rs"},
    {"capacitor-ios", "sources/ios-6.2.0.tgz", ".swift"},
    {"react-native-screens", "sources/react-native-screens-4.0.0.tgz", ".tsx"},
};

constexpr std::array kKinds = {HoleKind::kRestOfLine,
                               HoleKind::kLine,
                               HoleKind::kBlock,
                               HoleKind::kArguments,
                               HoleKind::kEndOfFile};

constexpr size_t kMinFileBytes = 800;
constexpr size_t kMaxFileBytes = 60'000;
constexpr size_t kMaxMiddleBytes = 600;
constexpr size_t kFilesOfAPackage = 12;
constexpr size_t kHolesOfAKind = 5;  // of a file, of which one is taken
constexpr size_t kMaxNeighbours = 20;

struct SourceFile {
  std::string path;
  std::shared_ptr<const std::string> text;
};

fs::path folder_of(const fs::path& build, const Package& package) {
  fs::path folder = build;
  for (const fs::path& part : fs::path(package.folder)) {
    if (part == "*") {
      const fs::directory_iterator entries(folder);
      folder = std::ranges::min(entries, {}, [](const auto& entry) { return entry.path(); });
    } else {
      folder /= part;
    }
  }
  return folder;
}

std::vector<SourceFile> read_package(const fs::path& build, const Package& package) {
  const fs::path folder = folder_of(build, package);
  std::vector<SourceFile> files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != package.extension) continue;
    if (entry.file_size() < kMinFileBytes || entry.file_size() > kMaxFileBytes) continue;
    auto text = read_file(entry.path(), kMaxFileBytes);
    if (!text || text->find('\r') != std::string::npos) continue;
    files.push_back({.path = entry.path().lexically_relative(folder).generic_string(),
                     .text = std::make_shared<const std::string>(*std::move(text))});
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::set<std::string_view> words_of(std::string_view text) {
  static constexpr size_t kMinNameBytes = 4;
  std::set<std::string_view> words;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && is_word_character(text[end])) ++end;
    if (end - begin >= kMinNameBytes) words.insert(text.substr(begin, end - begin));
    begin = std::max(end, begin + 1);
  }
  return words;
}

bool is_defined_in_a_neighbour(const Question& question) {
  const std::set<std::string_view> own = words_of(*question.document.text);
  return std::ranges::any_of(words_of(question.middle), [&](std::string_view word) {
    if (own.contains(word)) return false;
    return std::ranges::any_of(*question.neighbours, [&](const Neighbour& neighbour) {
      return words_of(*neighbour.text).contains(word);
    });
  });
}

Neighbours neighbours_of(const std::vector<SourceFile>& files, size_t own) {
  std::vector<Neighbour> neighbours;
  for (size_t i = 1; i < files.size() && neighbours.size() < kMaxNeighbours; ++i) {
    const SourceFile& file = files[(own + i) % files.size()];
    neighbours.push_back({.path = file.path,
                          .language = &detect_language(file.path, ""),
                          .text = file.text,
                          .recency = -static_cast<int64_t>(i)});
  }
  return std::make_shared<const std::vector<Neighbour>>(std::move(neighbours));
}

/// The hole as a question; absent where it is none that a user is asked.
std::optional<Question> question_of(const SourceFile& file,
                                    const Language& language,
                                    const Hole& hole) {
  const std::string_view whole = std::string_view(*file.text).substr(0, hole.file_end);
  Question question = {.kind = hole.kind,
                       .cursor = {hole.begin},
                       .middle = std::string(whole.substr(hole.begin, hole.end - hole.begin)),
                       .whole = std::string(whole)};
  if (is_blank(question.middle) || question.middle.size() > kMaxMiddleBytes) return std::nullopt;
  std::string holed(whole.substr(0, hole.begin));
  holed += whole.substr(hole.end);
  question.document = {.uri = "file:///" + file.path,
                       .path = file.path,
                       .language = &language,
                       .text = std::make_shared<const std::string>(std::move(holed))};
  question.document.tree = parse_once(language, *question.document.text, {});
  const TriggerDecision decision = decide_trigger(
      question.document.view(), question.cursor, TriggerKind::kAutomatic, TriggerOptions{});
  const bool lines = question.middle.find('\n') != std::string::npos;
  if (!decision.wanted || (lines && !decision.multi_line)) return std::nullopt;
  return question;
}

/// One hole of `kind`, or none.
std::optional<Question> ask_about(const std::vector<SourceFile>& files,
                                  size_t index,
                                  HoleKind kind,
                                  const std::string& package) {
  const SourceFile& file = files[index];
  const Language& language = detect_language(file.path, "");
  const SyntaxView view = {
      .text = *file.text, .language = language, .tree = parse_once(language, *file.text, {})};
  if (view.tree == nullptr || count_syntax_errors(view, {{0}, {file.text->size()}}) > 0) return {};
  std::vector<Hole> holes = cut_holes(view, kHolesOfAKind);
  std::erase_if(holes, [&](const Hole& hole) { return hole.kind != kind; });
  for (size_t i = 0; i < holes.size(); ++i) {
    auto question = question_of(file, language, holes[(i + index) % holes.size()]);
    if (!question) continue;
    const auto line =
        std::ranges::count(question->whole.substr(0, question->cursor.value), '\n') + 1;
    question->place = package + "/" + file.path + ":" + std::to_string(line);
    question->neighbours = neighbours_of(files, index);
    question->is_defined_elsewhere = is_defined_in_a_neighbour(*question);
    return question;
  }
  return {};
}

}  // namespace

std::vector<Question> ask_questions(const fs::path& build, size_t count) {
  std::map<std::pair<std::string, HoleKind>, std::vector<Question>> found;
  for (const Package& package : kPackages) {
    const std::vector<SourceFile> files = read_package(build, package);
    const size_t num_files = std::min(files.size(), kFilesOfAPackage);
    for (size_t i = 0; i < num_files; ++i) {
      for (const HoleKind kind : kKinds) {
        auto question = ask_about(files, i * files.size() / num_files, kind, package.name);
        if (question) found[{package.extension, kind}].push_back(*std::move(question));
      }
    }
  }
  std::vector<Question> questions;
  for (size_t round = 0; round < kFilesOfAPackage; ++round) {
    for (auto& [key, candidates] : found) {
      if (questions.size() == count) return questions;
      if (round < candidates.size()) questions.push_back(std::move(candidates[round]));
    }
  }
  return questions;
}

}  // namespace fimd
