// Runs `fimd fill` with the bundled model. What the model says may change with its weights, so
// nothing here depends on it.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "tests/support/apply_diff.h"
#include "tests/support/run_command.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

using Words = std::vector<std::string>;

CommandResult fill(Words arguments, const CommandOptions& options = {}) {
  arguments.insert(arguments.begin(), {FIMD_BINARY, "fill"});
  if (std::find(arguments.begin(), arguments.end(), "--max-tokens") == arguments.end()) {
    arguments.insert(arguments.end(), {"--max-tokens", "12"});
  }
  return run_command(arguments, options);
}

/// The output of a run that succeeds.
std::string output_of(const Words& arguments, const CommandOptions& options = {}) {
  const CommandResult result = fill(arguments, options);
  EXPECT_EQ(result.exit_code, 0) << testing::PrintToString(arguments);
  EXPECT_EQ(result.errors, "") << testing::PrintToString(arguments);
  return result.output;
}

std::string middle_of(const Words& arguments) {
  return json::parse(output_of(arguments)).at("middle");
}

constexpr const char* kQueue =
    "class Queue:\n"
    "    def __init__(self):\n"
    "        self.items = []\n"
    "\n"
    "    def push(self, item):\n"
    "        \n"
    "\n"
    "    def pop(self):\n"
    "        return self.items.pop(0)\n";

struct Hole {
  std::string before;
  std::string hole;
  std::string after;
  Words place;
};

/// Every way of asking gives the same edit, and touches nothing outside the hole.
void check_fill(const Hole& hole) {
  TempFolder folder;
  const std::string text = hole.before + hole.hole + hole.after;
  const fs::path file = folder.write("file.py", text);
  const auto with = [&](const Words& more) {
    Words arguments = {file.string()};
    arguments.insert(arguments.end(), hole.place.begin(), hole.place.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };

  const std::string middle = middle_of(with({"--json"}));
  const std::string expected = hole.before + middle + hole.after;
  EXPECT_EQ(output_of(with({})), middle);
  EXPECT_EQ(apply_diff(text, output_of(with({"--diff"}))), expected);
  EXPECT_EQ(folder.read("file.py"), text);
  EXPECT_EQ(output_of(with({"--in-place"})), "");
  EXPECT_EQ(folder.read("file.py"), expected) << text;
}

TEST(FillCommand, FillsAtACursor) {
  const std::string queue = kQueue;
  const size_t cursor = queue.find("        \n") + 8;
  check_fill({queue.substr(0, cursor), "", queue.substr(cursor), {"--at", "6:9"}});
}

TEST(FillCommand, ReplacesARange) {
  check_fill({"a = 1\nb", " =\nc", " = 3\n", {"--range", "2:2-3:2"}});
}

TEST(FillCommand, KeepsTheLineEndThatEndsARange) {
  const std::string queue = kQueue;
  const size_t begin = queue.find("        \n");
  const auto check = [&](const std::string& hole, const std::string& end, const Words& place) {
    const std::string after = queue.substr(begin + 9);
    check_fill({queue.substr(0, begin), hole + end, after, place});
    TempFolder folder;
    const fs::path file = folder.write("queue.py", queue.substr(0, begin) + hole + end + after);
    const std::string middle = middle_of({file.string(), place[0], place[1], "--json"});
    EXPECT_TRUE(middle.ends_with(end)) << middle;
    EXPECT_FALSE(middle.ends_with("\n\n")) << middle;
  };
  check("        pass", "\n", {"--range", "6:1-7:1"});
  check("        pass\n        pass", "\n", {"--range", "6:1-8:1"});
  check("        pass", "\r\n", {"--range", "6:1-7:1"});
  check("", "\n", {"--range", "6:1-7:1"});
}

TEST(FillCommand, SaysThatAnEmptyFileSaysNothing) {
  TempFolder folder;
  const fs::path file = folder.write("queue.py", "\n");
  const CommandResult result = fill({file.string(), "--at", "1:1"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.errors,
            "fimd: " + file.string() + ": the model suggests nothing that fits here\n");
}

TEST(FillCommand, FillsAtTheEndWithoutFinalNewline) {
  check_fill({"x = 1\ny =", "", "", {"--at", "2:4"}});
}

TEST(FillCommand, KeepsOtherLineEnds) {
  const std::string queue = kQueue;
  const size_t cursor = queue.find("        \n") + 8;
  const auto with_ends = [](std::string text, const std::string& end) {
    for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += end.size()) {
      text.replace(at, 1, end);
    }
    return text;
  };
  const std::string before = queue.substr(0, cursor);
  const std::string after = queue.substr(cursor);
  const Words place = {"--at", "6:9"};
  check_fill({with_ends(before, "\r\n"), "", with_ends(after, "\r\n"), place});
  check_fill({with_ends(before, "\r"), "", with_ends(after, "\r"), place});
  check_fill({before, "", with_ends(after, "\r\n"), place});
}

TEST(FillCommand, CountsColumnsInCharacters) {
  check_fill({"s = '\xC3\xA9\xF0\x9F\x98\x80' + ", "", "\n", {"--at", "1:12"}});
}

TEST(FillCommand, KeepsAByteOrderMark) {
  check_fill({"\xEF\xBB\xBF", "", "x = 1\n", {"--at", "1:1"}});
}

TEST(FillCommand, ReadsStandardInput) {
  TempFolder folder;
  const fs::path file = folder.write("queue.py", kQueue);
  const std::string expected = output_of({file.string(), "--at", "6:9"});
  EXPECT_EQ(output_of({"-", "--at", "6:9"}, {.input = kQueue}), expected);
}

TEST(FillCommand, ReportsInJson) {
  TempFolder folder;
  const fs::path file = folder.write("queue.py", kQueue);
  const std::string line = output_of({file.string(), "--range", "6:1-7:1", "--json"});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const json report = json::parse(line);
  EXPECT_EQ(report.at("file"), file.string());
  EXPECT_EQ(report.at("range"), json::parse(R"({"start": {"line": 6, "column": 1},
                                                "end": {"line": 7, "column": 1}})"));
  EXPECT_TRUE(report.at("finish_reason") == "stop" || report.at("finish_reason") == "length");
  EXPECT_GT(report.at("prompt_tokens"), 20);
  EXPECT_LE(report.at("completion_tokens"), 12);
  EXPECT_TRUE(fs::exists(fs::path(report.at("model")) / "config.json"));
}

TEST(FillCommand, StopsAfterTheLinesAskedFor) {
  TempFolder folder;
  const fs::path file = folder.write("sum.c", "int sum(int *values, int count) {\n  ");
  const std::string whole = output_of({file.string(), "--at", "2:3"});
  const std::string line = output_of({file.string(), "--at", "2:3", "--lines", "1"});
  ASSERT_NE(whole.find('\n'), std::string::npos) << whole;
  EXPECT_EQ(line, whole.substr(0, whole.find('\n')));
}

TEST(FillCommand, GivesEqualMiddlesForEqualSeeds) {
  TempFolder folder;
  const fs::path file = folder.write("queue.py", kQueue);
  const Words arguments = {file.string(),
                           "--at",
                           "6:9",
                           "--temperature",
                           "1",
                           "--top-p",
                           "0.9",
                           "--top-k",
                           "50",
                           "--min-p",
                           "0.01",
                           "--seed",
                           "7"};
  EXPECT_EQ(output_of(arguments), output_of(arguments));
}

TEST(FillCommand, PaintsADiffOnATerminalOnly) {
  TempFolder folder;
  const fs::path file = folder.write("queue.py", "zyx(wvu) # 8241\n");
  const auto is_painted = [&](const Words& more, const CommandOptions& options) {
    Words arguments = {file.string(), "--range", "1:1-1:16", "--diff"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const std::string diff = output_of(arguments, options);
    EXPECT_NE(diff, "");
    return diff.find("\x1b[") != std::string::npos;
  };
  const CommandOptions terminal = {.output_to_terminal = true,
                                   .environment = {{"TERM", "xterm"}, {"NO_COLOR", ""}}};
  CommandOptions terminal_without_color = terminal;
  terminal_without_color.environment = {{"TERM", "xterm"}, {"NO_COLOR", "1"}};
  EXPECT_FALSE(is_painted({}, {}));
  EXPECT_TRUE(is_painted({}, terminal));
  EXPECT_FALSE(is_painted({}, terminal_without_color));
  EXPECT_TRUE(is_painted({"--color=always"}, terminal_without_color));
  EXPECT_TRUE(is_painted({"--color=always"}, {}));
  EXPECT_FALSE(is_painted({"--color=never"}, terminal));
}

TEST(FillCommand, KeepsModeAndLinkInPlace) {
  TempFolder folder;
  const fs::path file = folder.write("script.py", "zyx(wvu) # 8241\n");
  fs::permissions(file, fs::perms(0751));
  fs::create_symlink("script.py", folder.path() / "link.py");
  output_of({(folder.path() / "link.py").string(), "--range", "1:1-1:16", "-i"});
  EXPECT_NE(folder.read("script.py"), "zyx(wvu) # 8241\n");
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link.py"));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0751));
}

TEST(FillCommand, FillsAFileOf50MB) {
  constexpr size_t kSizeBytes = 50'000'000;
  std::string lines;
  while (lines.size() < kSizeBytes) lines += "value = compute(value, 42)  # a line like others\n";
  TempFolder folder;
  folder.write("lines.py", lines);
  folder.write("one_line.py", std::string(kSizeBytes, 'x'));
  const std::string lines_path = (folder.path() / "lines.py").string();
  for (const char* position : {"500000:1", "1:1"}) {
    const json report = json::parse(output_of({lines_path, "--at", position, "--json"}));
    EXPECT_GT(report.at("prompt_tokens"), 1000) << position;
  }
  // What a model makes of it is its own affair, even if that is nothing.
  const CommandResult result =
      fill({(folder.path() / "one_line.py").string(), "--at", "1:25000000"});
  const bool says_nothing = result.errors.ends_with("the model suggests nothing that fits here\n");
  EXPECT_TRUE(result.exit_code == 0 || says_nothing) << result.errors;
}

/// A run that fails says so in one line, prints nothing else and leaves the file as it was.
void check_error(const std::string& content, Words arguments, const std::string& message) {
  TempFolder folder;
  const fs::path file = folder.write("f.py", content);
  arguments.insert(arguments.begin(), file.string());
  arguments.push_back("--in-place");
  const CommandResult result = fill(arguments);
  EXPECT_EQ(result.exit_code, 1) << message;
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.errors.rfind("fimd: ", 0), 0U) << result.errors;
  EXPECT_NE(result.errors.find(message), std::string::npos) << result.errors << message;
  EXPECT_EQ(result.errors.find('\n'), result.errors.size() - 1) << result.errors;
  EXPECT_EQ(folder.read("f.py"), content);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(FillCommand, NamesWhatIsWrongWithTheFile) {
  check_error("a\nb\n", {"--at", "4:1"}, "f.py: line 4 is past the end, the file has 2 lines");
  check_error("a\nb\n", {"--at", "1:3"}, "column 3 is past the end of line 1, which has 1 column");
  check_error("", {"--at", "1:2"}, "column 2 is past the end of line 1, which has 0 columns");
  check_error(std::string("a\0b", 3), {"--at", "1:1"}, "not a text file: a NUL byte at offset 1");
  check_error("\x89PNG", {"--at", "1:1"}, "not UTF-8 text: byte 0x89 at offset 0");
}

TEST(FillCommand, NamesWhatIsWrongWithTheModel) {
  TempFolder folder;
  folder.write("empty/README", "");
  folder.write("broken/config.json", "{");
  const auto path = [&](const char* name) { return (folder.path() / name).string(); };
  check_error("a\n", {"--at", "1:1", "--model", path("missing")}, path("missing"));
  check_error("a\n", {"--at", "1:1", "--model", path("empty")}, path("empty"));
  check_error("a\n", {"--at", "1:1", "--model", path("broken")}, "config.json");
  check_error("a\n", {"--at", "1:1", "--backend", "abacus"}, "abacus");
  check_error("a\n", {"--at", "1:1", "--max-tokens", "100000"}, "max_tokens is 100000");
}

TEST(FillCommand, NamesAMissingFile) {
  const CommandResult result = fill({"/nowhere/f.py", "--at", "1:1"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.errors, "fimd: /nowhere/f.py: no such file or directory\n");
}

void check_usage_error(const Words& arguments, const std::string& message) {
  const CommandResult result = fill(arguments);
  EXPECT_EQ(result.exit_code, 2) << testing::PrintToString(arguments);
  EXPECT_EQ(result.output, "");
  EXPECT_NE(result.errors.find(message), std::string::npos) << result.errors;
  EXPECT_NE(result.errors.find("Try 'fimd fill --help'."), std::string::npos) << result.errors;
}

TEST(FillCommand, NamesWhatIsWrongWithTheLine) {
  check_usage_error({}, "FILE");
  check_usage_error({"f", "--at", "1:1", "--range", "1:1-1:2"}, "--range");
  check_usage_error({"f", "--at", "1"}, "expected LINE:COLUMN");
  check_usage_error({"f", "--at", "0:1"}, "expected LINE:COLUMN");
  check_usage_error({"f", "--at", "1:1x"}, "expected LINE:COLUMN");
  check_usage_error({"f", "--at", "99999999999999999999:1"}, "expected LINE:COLUMN");
  check_usage_error({"f", "--range", "2:1-1:5"}, "the end not before the beginning");
  check_usage_error({"f", "--at", "1:1", "--diff", "--json"}, "--diff");
  check_usage_error({"f", "--at", "1:1", "--frobnicate"}, "--frobnicate");
  check_usage_error({"-", "--at", "1:1", "--in-place"}, "--in-place needs a file");
  check_usage_error({"f", "--at", "1:1", "--max-tokens", "0"}, "--max-tokens");
  check_usage_error({"f"}, "--at or --range");
  check_usage_error({"f", "--at", "1:1", "--temperature", "1000"}, "temperature");
  check_usage_error({"f", "--at", "1:1", "--threads", "-1"}, "--threads");
  check_usage_error({"f", "--at", "1:1", "--color", "sometimes"}, "--color");
}

TEST(FillCommand, LeavesTheFileAloneWhenInterrupted) {
  TempFolder folder;
  const fs::path file = folder.write("queue.py", kQueue);
  for (const int signal : {SIGINT, SIGTERM}) {
    const CommandResult result =
        fill({file.string(), "--at", "6:9", "--in-place"}, {.pending_signal = signal});
    EXPECT_EQ(result.exit_code, 128 + signal);
    EXPECT_EQ(result.output + result.errors, "");
    EXPECT_EQ(folder.read("queue.py"), kQueue);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

}  // namespace
}  // namespace fimd
