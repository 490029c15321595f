#include "tests/completion/postprocess/middles_survey.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <numeric>

#include "completion/syntax/syntax_errors.h"
#include "completion/syntax/text_lines.h"
#include "engine/checkpoint/mapped_file.h"

namespace fimd {
namespace {

constexpr size_t kMinFileBytes = 500;
constexpr size_t kMaxFileBytes = 60'000;
/// Of each folder and extension, spread over their names.
constexpr size_t kMaxFiles = 40;

// Where in `text` the bytes of `shown` part from those of the middle, to be read by people.
std::string describe(std::string_view text, const Hole& hole, const Judgement& judgement) {
  static constexpr size_t kShownBytes = 60;
  const std::string_view middle = text.substr(hole.begin, hole.end - hole.begin);
  const auto parting = std::ranges::mismatch(middle, judgement.shown);
  const auto at = static_cast<size_t>(parting.in1 - middle.begin());
  const std::string_view shown = judgement.shown;
  std::string description = "expected \"";
  description += middle.substr(at, kShownBytes);
  description += "\", shown \"";
  description += shown.substr(std::min(at, shown.size()), kShownBytes);
  description += "\"\n";
  std::ranges::replace(description.begin(), description.end() - 1, '\n', '~');
  return description;
}

std::string row_of(const std::string& name, const MiddlesSurvey::Row& row) {
  std::array<char, 160> line = {};
  const size_t num_holes = row.num_holes();
  const double share = num_holes == 0
                           ? 0
                           : 100.0 * static_cast<double>(row.count(Verdict::kUnchanged)) /
                                 static_cast<double>(num_holes);
  std::snprintf(line.data(),
                line.size(),
                "| %-17s | %6zu | %8.2f %% | %6zu | %4zu | %7zu | %6zu |\n",
                name.c_str(),
                num_holes,
                share,
                row.count(Verdict::kSilent),
                row.count(Verdict::kCut),
                row.count(Verdict::kDamaged),
                row.num_broken);
  return line.data();
}

// Of packages within, or machine-made.
bool is_foreign(const std::filesystem::path& root, const std::filesystem::path& path) {
  const std::filesystem::path below = path.lexically_relative(root).parent_path();
  const bool nested = std::ranges::count(below, std::filesystem::path("node_modules")) > 0;
  return nested || path.filename().string().starts_with('.');
}

// No person writes lines so long. Suggestions have LF, whatever the file has.
bool is_other_text(std::string_view text) {
  static constexpr size_t kMaxLineBytes = 1000;
  if (text.find('\r') != std::string_view::npos) return true;
  for (size_t begin = 0; begin < text.size(); begin = next_line_begin(text, begin)) {
    if (line_at(text, begin).size() > kMaxLineBytes) return true;
  }
  return false;
}

/// The files below `root` with one of `extensions`.
void collect(const std::filesystem::path& root,
             std::string_view extensions,
             size_t max_files,
             std::vector<std::filesystem::path>& files) {
  std::map<std::string, std::vector<std::filesystem::path>> found;
  if (!std::filesystem::is_directory(root)) return;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension().string();
    const bool wanted = extension.size() > 1 && has_word(extensions, extension.substr(1)) &&
                        entry.is_regular_file() && !is_foreign(root, entry.path());
    if (wanted && entry.file_size() >= kMinFileBytes && entry.file_size() <= kMaxFileBytes) {
      found[extension].push_back(entry.path());
    }
  }
  for (auto& [extension, paths] : found) {
    std::ranges::sort(paths);
    const size_t count = std::min(paths.size(), max_files);
    for (size_t i = 0; i < count; ++i) files.push_back(paths[i * paths.size() / count]);
  }
}

}  // namespace

size_t MiddlesSurvey::Row::num_holes() const {
  return std::accumulate(verdicts.begin(), verdicts.end(), size_t{0});
}

void MiddlesSurvey::count(const std::string& language, HoleKind kind, const Judgement& judgement) {
  for (Row* row : {&all_, &by_language_[language], &by_kind_.at(static_cast<size_t>(kind))}) {
    ++row->verdicts.at(static_cast<size_t>(judgement.verdict));
    if (judgement.broken) ++row->num_broken;
  }
}

void MiddlesSurvey::add(const std::filesystem::path& path, size_t max_per_kind) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text || is_other_text(*text)) return;
  const Language& language = detect_language(path.string(), "");
  const SyntaxView view = {
      .text = *text, .language = language, .tree = parse_once(language, *text, {})};
  if (view.tree == nullptr || count_syntax_errors(view, {{0}, {text->size()}}) > 0) return;
  for (const Hole& hole : cut_holes(view, max_per_kind)) {
    const auto judgement = judge(view, hole);
    if (!judgement) continue;
    count(std::string(language.id), hole.kind, *judgement);
    if (judgement->verdict == Verdict::kUnchanged) continue;
    const auto line =
        std::count(text->begin(), text->begin() + static_cast<std::ptrdiff_t>(hole.begin), '\n');
    std::string exception = path.string();
    exception.append(":").append(std::to_string(line + 1));
    exception.append(": ").append(to_string(hole.kind)).append(", ");
    exception.append(to_string(judgement->verdict)).append(judgement->broken ? ", broken: " : ": ");
    exceptions_.push_back(exception + describe(*text, hole, *judgement));
  }
}

std::string MiddlesSurvey::table() const {
  const std::string ruler =
      "|-------------------|-------:|-----------:|-------:|-----:|--------:|-------:|\n";
  const std::string columns = " |  holes |  unchanged | silent |  cut | damaged | broken |\n";
  std::string table = "| language         " + columns + ruler;
  for (const auto& [language, row] : by_language_) table += row_of(language, row);
  table += row_of("all", all_);
  table += "\n| hole             " + columns + ruler;
  for (size_t i = 0; i < kNumHoleKinds; ++i) {
    table += row_of(to_string(static_cast<HoleKind>(i)), by_kind_.at(i));
  }
  return table;
}

std::vector<std::filesystem::path> files_at_hand() {
  static constexpr std::string_view kExtensions =
      "bash c cc cs css go h html java js json kt lua php py rb rs sh swift toml ts tsx yaml";
  const std::filesystem::path root = FIMD_SOURCE_DIR;
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"completion", "editors", "engine", "kernels", "lsp", "tests"}) {
    collect(root / folder, "cc h js lua py sh ts", kMaxFiles, files);
  }
  collect(root / "build" / "venv", "py", 2 * kMaxFiles, files);
  collect(root / "build" / "node" / "lsp", "js json ts", kMaxFiles, files);
  collect(
      std::filesystem::path(FIMD_GRAMMARS_DIR) / "node_modules", "c js json ts", kMaxFiles, files);
  collect(root / "build" / "sources", kExtensions, kMaxFiles, files);
  return files;
}

}  // namespace fimd
