#include "tests/quality/report.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

using Group = std::vector<const Judged*>;

constexpr std::array kWays = {Way::kPlain, Way::kPipeline, Way::kContext};

const char* to_string(Way way) {
  switch (way) {
    case Way::kPlain: return "plain";
    case Way::kPipeline: return "fimd";
    case Way::kContext: return "fimd, package open";
  }
  return "unknown";
}

/// The mean of measure(answer), in percent.
template <typename Measure>
std::string percent(const Group& group, Way way, const Measure& measure) {
  double sum = 0;
  for (const Judged* judged : group) sum += static_cast<double>(measure(judged->of(way)));
  std::array<char, 16> text = {};
  const double mean = group.empty() ? 0 : 100 * sum / static_cast<double>(group.size());
  std::snprintf(text.data(), text.size(), "%.1f", mean);
  return text.data();
}

bool is_first_line_right(const Answer& answer) {
  return answer.first_line;
}

std::string ways_table(const Group& all) {
  std::string table =
      "| % of holes | first line exact | whole exact | edit similarity | parses | silent |\n"
      "|---|---|---|---|---|---|\n";
  for (const Way way : kWays) {
    const auto add = [&](const auto& measure) { table += " | " + percent(all, way, measure); };
    table += "| ";
    table += to_string(way);
    add(is_first_line_right);
    add([](const Answer& answer) { return answer.exact; });
    add([](const Answer& answer) { return answer.similarity; });
    add([](const Answer& answer) { return answer.parses; });
    add([](const Answer& answer) { return !answer.shown; });
    table += " |\n";
  }
  return table + "\n";
}

/// A row for each key, first line exact by each way.
template <typename KeyOf>
std::string grouped_table(const char* title, const Group& all, const KeyOf& key_of) {
  std::map<std::string, Group> groups;
  for (const Judged* judged : all) groups[key_of(*judged)].push_back(judged);
  std::string table = "| ";
  table += title;
  table += " | holes";
  for (const Way way : kWays) table.append(" | ").append(to_string(way));
  table += " |\n|---|---|---|---|---|\n";
  for (const auto& [key, group] : groups) {
    table.append("| ").append(key).append(" | ").append(std::to_string(group.size()));
    for (const Way way : kWays) table += " | " + percent(group, way, is_first_line_right);
    table += " |\n";
  }
  return table + "\n";
}

/// The first line of what is shown, to be read in a table.
std::string quoted(const std::optional<std::string>& shown) {
  static constexpr size_t kMaxBytes = 60;
  if (!shown) return "nothing";
  std::string text = "`` ";
  for (const char c : trimmed_right(*shown).substr(0, kMaxBytes)) {
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c == '|' ? '!' : c;
    }
  }
  return text + " ``";
}

/// Where `better` has the cursor's line right and `worse` has not.
std::string losses(const Group& all, Way better, Way worse) {
  std::string table;
  size_t count = 0;
  for (const Judged* judged : all) {
    if (!judged->of(better).first_line || judged->of(worse).first_line) continue;
    ++count;
    table.append("| ").append(judged->question.place).append(" | ");
    table.append(to_string(judged->question.kind)).append(" | ");
    table.append(quoted(judged->of(better).shown)).append(" | ");
    table.append(quoted(judged->of(worse).shown)).append(" |\n");
  }
  std::string text = "Right as ";
  text.append(to_string(better)).append(", wrong as ").append(to_string(worse)).append(": ");
  text.append(std::to_string(count)).append(".\n\n");
  if (count == 0) return text;
  text.append("| where | hole | ").append(to_string(better)).append(" | ");
  text.append(to_string(worse)).append(" |\n|---|---|---|---|\n");
  return text + table + "\n";
}

std::string language_of(const Judged& judged) {
  return std::string(judged.question.document.language->id);
}

}  // namespace

std::string to_markdown(const std::string& model, const std::vector<Judged>& all) {
  Group group;
  Group elsewhere;
  for (const Judged& judged : all) {
    group.push_back(&judged);
    if (judged.question.is_defined_elsewhere) elsewhere.push_back(&judged);
  }
  std::string page = "\n## " + model + ", " + std::to_string(all.size()) + " holes\n\n";
  page += ways_table(group);
  page += "First line exact, in % of the holes of a kind and of a language, and of those whose ";
  page += "answer has a name that the file has nowhere else and another file has:\n\n";
  page += grouped_table(
      "hole", group, [](const Judged& judged) { return to_string(judged.question.kind); });
  page += grouped_table("language", group, language_of);
  page += grouped_table(
      "name", elsewhere, [](const Judged&) { return std::string("from another file"); });
  page += losses(group, Way::kPlain, Way::kPipeline);
  page += losses(group, Way::kPipeline, Way::kContext);
  return std::string(trimmed_right(page)) + "\n";
}

}  // namespace fimd
