#include <array>
#include <regex>

#include "tests/tidy/cpp_text.h"
#include "tests/tidy/functions.h"
#include "tests/tidy/rules.h"

namespace fimd {
namespace {

constexpr int kMinEssayLines = 1;
constexpr int kMaxEssayLines = 25;
constexpr int kMaxFunctionLines = 70;
constexpr int kMaxKernelLines = 150;
constexpr int kMaxParameters = 5;

// A finding for each occurrence of `word` in `code`.
void find_all(Findings& findings,
              const std::string& path,
              std::string_view code,
              std::string_view word,
              const std::string& message) {
  for (size_t at = find_word(code, word, 0); at != std::string_view::npos;
       at = find_word(code, word, at + 1)) {
    findings.push_back({path, line_of(code, at), message});
  }
}

// A finding for each line of the comments that has `word` but does not match `good`.
void find_incomplete(Findings& findings,
                     const SourceTree& tree,
                     std::string_view word,
                     const std::regex& good,
                     const std::string& message) {
  for (const auto& [path, text] : tree) {
    if (!is_cpp(path)) continue;
    const CppText cpp = split_cpp(text);
    int number = 0;
    for (const std::string_view line : split_lines(cpp.comments)) {
      ++number;
      if (line.find(word) == std::string_view::npos) continue;
      if (std::regex_search(line.begin(), line.end(), good)) continue;
      findings.push_back({path, number, message});
    }
  }
}

}  // namespace

Findings check_header_opening(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_header(path)) continue;
    const auto lines = split_lines(text);
    int essay_lines = 0;
    for (const std::string_view line : lines) {
      if (!line.starts_with("//")) break;
      ++essay_lines;
    }
    if (essay_lines < kMinEssayLines || essay_lines > kMaxEssayLines) {
      findings.push_back(
          {path,
           1,
           "opens with " + std::to_string(essay_lines) + " lines of essay, expected 1 to 25"});
    }
    const auto next = static_cast<size_t>(essay_lines);
    const std::string_view guard = next < lines.size() ? lines[next] : "";
    // An -inl.h is included once per instruction set, so Highway toggles its guard.
    const bool toggled = path.ends_with("-inl.h") && guard.find("HWY_TARGET_TOGGLE") != guard.npos;
    if (guard != "#pragma once" && !toggled) {
      findings.push_back({path, essay_lines + 1, "expected #pragma once after the essay"});
    }
  }
  return findings;
}

Findings check_using_namespace(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_header(path)) continue;
    find_all(
        findings, path, split_cpp(text).code, "using namespace", "using namespace in a header");
  }
  return findings;
}

Findings check_unused_usings(const SourceTree& tree) {
  static const std::regex kUsing(R"(\n\s*using\s+[\w:]+::(\w+)\s*;)");
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!path.ends_with(".cc")) continue;
    const std::string code = split_cpp(text).code;
    for (std::sregex_iterator it(code.begin(), code.end(), kUsing), end; it != end; ++it) {
      const std::string name = (*it)[1];
      const auto at = static_cast<size_t>(it->position(1));
      if (find_word(code, name, 0) != at || find_word(code, name, at + 1) != std::string::npos) {
        continue;
      }
      findings.push_back({path, line_of(code, at), "does not use " + name});
    }
  }
  return findings;
}

Findings check_banned_words(const SourceTree& tree) {
  static constexpr std::array<std::string_view, 5> kSleeps = {
      "sleep_for", "sleep_until", "sleep", "usleep", "nanosleep"};
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_cpp(path)) continue;
    const std::string code = split_cpp(text).code;
    find_all(findings, path, code, "throw", "throws; return an Error");
    find_all(findings, path, code, "std::format", "uses std::format, which gcc 12 lacks");
    if (!path.starts_with("tests/")) continue;
    for (const std::string_view word : kSleeps) {
      find_all(findings, path, code, word, "sleeps in a test; wait for the event");
    }
  }
  return findings;
}

Findings check_todos(const SourceTree& tree) {
  static const std::regex kGood("TODO\\(#[0-9]+\\): ");
  Findings findings;
  find_incomplete(findings, tree, "TODO", kGood, "is without an issue: expected TODO(#12): what");
  return findings;
}

Findings check_nolints(const SourceTree& tree) {
  static const std::regex kGood("NOLINTEND|NOLINT(NEXTLINE|BEGIN)?\\([a-z][a-z0-9.,-]+\\): .");
  Findings findings;
  find_incomplete(
      findings, tree, "NOLINT", kGood, "lacks check or reason: expected NOLINT(check): reason");
  return findings;
}

Findings check_functions(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_cpp(path)) continue;
    const int max_lines = path.starts_with("kernels/") ? kMaxKernelLines : kMaxFunctionLines;
    for (const FunctionInfo& function : find_functions(split_cpp(text).code)) {
      if (function.num_lines > max_lines) {
        findings.push_back(
            {path,
             function.line,
             function.name + " has " + std::to_string(function.num_lines) + " lines"});
      }
      if (function.parameters > kMaxParameters) {
        findings.push_back(
            {path,
             function.line,
             function.name + " has " + std::to_string(function.parameters) + " parameters"});
      }
    }
  }
  return findings;
}

}  // namespace fimd
