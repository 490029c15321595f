#include "engine/checkpoint/model_card.h"

#include "engine/checkpoint/mapped_file.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

constexpr int64_t kMaxCardBytes = int64_t{1} << 20;
constexpr size_t kMaxLanguages = 1000;
constexpr std::string_view kKey = "programming_language:";

// Takes the first line off `text`; without its end and the blanks before that.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

// A scalar without the blanks and quotes around it.
std::string_view scalar(std::string_view text) {
  static constexpr std::string_view kAround = " \t\"'";
  const size_t begin = text.find_first_not_of(kAround);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kAround) + 1 - begin);
}

void add(std::string_view name, std::vector<std::string>& languages) {
  name = scalar(name);
  const bool good = !name.empty() && !find_invalid_utf8(name) && languages.size() < kMaxLanguages;
  if (good) languages.emplace_back(name);
}

// `[Python, C++]` or one name.
void add_flow(std::string_view value, std::vector<std::string>& languages) {
  if (value.starts_with('[')) value.remove_prefix(1);
  if (value.ends_with(']')) value.remove_suffix(1);
  while (!value.empty()) {
    const size_t comma = value.find(',');
    add(value.substr(0, comma), languages);
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
  }
}

}  // namespace

std::vector<std::string> card_languages(std::string_view card) {
  std::vector<std::string> languages;
  if (take_line(card) != "---") return languages;
  bool in_list = false;
  while (!card.empty()) {
    const std::string_view line = take_line(card);
    if (line == "---") return languages;
    const size_t dash = line.find_first_not_of(' ');
    if (in_list && dash != std::string_view::npos && line[dash] == '-') {
      add(line.substr(dash + 1), languages);
      continue;
    }
    in_list = line.starts_with(kKey);
    if (in_list) add_flow(scalar(line.substr(kKey.size())), languages);
  }
  return {};  // front matter that does not end is none
}

std::vector<std::string> model_languages(const std::filesystem::path& folder) {
  const auto card = read_file(folder / "README.md", kMaxCardBytes);
  return card ? card_languages(*card) : std::vector<std::string>();
}

}  // namespace fimd
