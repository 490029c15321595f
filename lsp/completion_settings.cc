#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>

#include "completion/syntax/text_lines.h"
#include "lsp/completion_service.h"

namespace fimd::lsp {
namespace {

constexpr int64_t kMaxTokensSetting = 4096;
constexpr int64_t kMaxThreadsSetting = 256;

/// What people write for people, under the names that editors give it.
constexpr std::string_view kProse =
    "plaintext text markdown asciidoc restructuredtext rst org latex tex mail scminput gitcommit "
    "git-commit";

/// Reads values of the table and complains of those that are not what they should be.
class Reader {
 public:
  Reader(const Settings& settings, const std::function<void(const std::string&)>& complain)
      : settings_(settings), complain_(complain) {}

  template <typename T>
  void read(const std::string& name, T& value, const char* expected) const {
    const auto found = settings_.find(name);
    if (found == settings_.end()) return;
    if (const T* typed = std::get_if<T>(&found->second)) {
      value = *typed;
    } else {
      complain_("the setting fimd." + name + " is ignored: expected " + expected);
    }
  }

  void read_count(const std::string& name, int64_t low, int64_t high, auto& value) const {
    int64_t count = value;
    read(name, count, "a whole number");
    if (count >= low && count <= high) {
      value = static_cast<std::remove_reference_t<decltype(value)>>(count);
      return;
    }
    complain_("the setting fimd." + name + " is ignored: it is " + std::to_string(count) +
              ", expected " + std::to_string(low) + " to " + std::to_string(high));
  }

  /// One of two words; whether it is the second.
  void read_choice(const std::string& name,
                   const std::string& first,
                   const std::string& second,
                   bool& is_second) const {
    std::string word = is_second ? second : first;
    read(name, word, "a string");
    if (word == first || word == second) {
      is_second = word == second;
      return;
    }
    complain_("the setting fimd." + name + " is ignored: it is \"" + word + "\", expected \"" +
              first + "\" or \"" + second + "\"");
  }

 private:
  const Settings& settings_;
  const std::function<void(const std::string&)>& complain_;
};

/// A path as a shell would have read it, where no shell has: `~/` is the user's own folder.
std::string expand_home(std::string path) {
  const char* home = std::getenv("HOME");
  const bool is_home = path == "~" || path.starts_with("~/");
  return is_home && home != nullptr ? path.replace(0, 1, home) : path;
}

}  // namespace

CompletionSettings CompletionSettings::from(
    const Settings& settings, const std::function<void(const std::string&)>& complain) {
  constexpr std::string_view kEnable = "enable.";
  const Reader reader(settings, complain);
  CompletionSettings result;
  for (const auto& [name, value] : settings) {
    if (!name.starts_with(kEnable)) continue;
    bool enabled = true;
    reader.read(name, enabled, "true or false");
    result.enable[name.substr(kEnable.size())] = enabled;
  }
  if (settings.contains("enable")) {  // one switch for all
    bool enabled = true;
    reader.read("enable", enabled, "true, false or an object of them by language");
    result.enable["*"] = enabled;
  }
  std::string model;
  reader.read("model", model, "a path");
  result.engine.model = expand_home(std::move(model));
  reader.read_count("threads", 0, kMaxThreadsSetting, result.engine.num_threads);
  reader.read_count("maxTokens", 1, kMaxTokensSetting, result.completer.max_tokens);
  bool one_line = false;
  reader.read_choice("multiLine", "auto", "never", one_line);
  result.completer.multi_line = !one_line;
  bool manual = false;
  reader.read_choice("trigger", "automatic", "manual", manual);
  result.automatic = !manual;
  reader.read("inComments", result.completer.trigger.in_comments, "true or false");
  reader.read("inStrings", result.completer.trigger.in_strings, "true or false");
  reader.read("context.neighbours", result.neighbours, "true or false");
  return result;
}

bool is_prose(std::string_view language_id) {
  return has_word(kProse, language_id);
}

bool CompletionSettings::enabled(std::string_view language_id) const {
  auto found = enable.find(std::string(language_id));
  if (found == enable.end() && is_prose(language_id)) return false;
  if (found == enable.end()) found = enable.find("*");
  return found == enable.end() || found->second;
}

}  // namespace fimd::lsp
