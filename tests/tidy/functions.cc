#include "tests/tidy/functions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "tests/tidy/cpp_text.h"

namespace fimd {
namespace {

// Where a bracket that opens at `open` closes, or the end of the text.
size_t closing(std::string_view text, size_t open, char left, char right) {
  int depth = 0;
  for (size_t at = open; at < text.size(); ++at) {
    if (text[at] == left) ++depth;
    if (text[at] == right && --depth == 0) return at;
  }
  return text.size();
}

// Blanks preprocessor lines, with their continuations.
std::string without_directives(std::string_view code) {
  std::string result(code);
  bool inside = false;
  size_t begin = 0;
  while (begin < result.size()) {
    const size_t end = std::min(result.find('\n', begin), result.size());
    const size_t first = result.find_first_not_of(" \t", begin);
    inside = inside || (first < end && result[first] == '#');
    const bool continues = end > begin && result[end - 1] == '\\';
    if (inside) result.replace(begin, end - begin, end - begin, ' ');
    inside = inside && continues;
    begin = end + 1;
  }
  return result;
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \n") + 1 - begin);
}

bool is_macro_name(std::string_view name) {
  return name.size() > 1 && std::ranges::none_of(name, [](char c) {
           return std::islower(static_cast<unsigned char>(c)) != 0;
         });
}

int count_parameters(std::string_view list) {
  if (trim(list).empty()) return 0;
  int depth = 0;
  int count = 1;
  for (size_t at = 0; at < list.size(); ++at) {
    const char c = list[at];
    const bool arrow = c == '>' && at > 0 && list[at - 1] == '-';
    if (c == '(' || c == '[' || c == '{' || c == '<') ++depth;
    if (c == ')' || c == ']' || c == '}' || (c == '>' && !arrow)) --depth;
    if (c == ',' && depth == 0) ++count;
  }
  return count;
}

// What stands before a `{` or `;`, taken apart.
struct Head {
  size_t begin = 0;  ///< of the declaration within the text, macros before it left out
  std::string_view name;
  std::string_view parameters;
  std::string_view rest;  ///< after the parameter list
};

std::string_view name_before(std::string_view text, size_t paren) {
  size_t end = paren;
  while (end > 0 && text[end - 1] == ' ') --end;
  size_t begin = end;
  while (begin > 0 && is_identifier_char(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

// The function that the text [begin, end) declares, if it declares one.
std::optional<Head> parse_head(std::string_view text, size_t begin, size_t end) {
  static constexpr std::array<std::string_view, 7> kNotNames = {"decltype",
                                                                "alignas",
                                                                "explicit",
                                                                "noexcept",
                                                                "requires",
                                                                "__attribute__",
                                                                "__launch_bounds__"};
  text = text.substr(0, end);
  begin = std::min(text.find_first_not_of(" \n", begin), end);
  size_t at = begin;
  if (find_word(text, "template", at) == at) {
    at = closing(text, text.find('<', at), '<', '>');
  }
  const size_t overload = find_word(text, "operator", at);
  if (overload < end) {
    at = overload + std::string_view("operator").size();
    at = text.substr(at).starts_with("()") ? at + 2 : text.find('(', at);
  }
  for (; at < end; ++at) {
    if (text[at] == '=') return std::nullopt;  // an initialiser, an alias or `= default`
    if (text[at] != '(') continue;
    const size_t close = closing(text, at, '(', ')');
    const std::string_view name = name_before(text, at);
    if (is_macro_name(name) && !trim(text.substr(std::min(close + 1, end))).empty()) {
      begin = std::min(text.find_first_not_of(" \n", close + 1), end);
    } else if (std::ranges::count(kNotNames, name) == 0) {
      return Head{.begin = begin,
                  .name = name,
                  .parameters = text.substr(at + 1, close - at - 1),
                  .rest = text.substr(std::min(close + 1, end))};
    }
    at = close;
  }
  return std::nullopt;
}

// Whether the `{` after `head` initialises a member: X::X(int a) : a_{a} { ... }.
bool is_member_initialiser(const Head& head) {
  const std::string_view rest = trim(head.rest);
  return rest.starts_with(':') && (is_identifier_char(rest.back()) || rest.back() == '>');
}

// Whether the `{` after `head` opens a namespace or a class, whose inside is read like the outside.
bool opens_scope(std::string_view head) {
  static constexpr std::array<std::string_view, 5> kScopes = {
      "namespace", "extern", "class", "struct", "union"};
  if (head.starts_with("template")) head = trim(head.substr(closing(head, 8, '<', '>') + 1));
  return std::ranges::any_of(kScopes,
                             [&](std::string_view word) { return find_word(head, word, 0) == 0; });
}

class Finder {
 public:
  explicit Finder(std::string_view code) : text_(without_directives(code)) {}

  std::vector<FunctionInfo> find() {
    for (size_t at = 0; at < text_.size(); ++at) {
      switch (text_[at]) {
        case '(': at = closing(text_, at, '(', ')'); break;
        case '{': at = open_brace(at); break;
        case '}': begin_ = at + 1; break;
        case ':': skip_access_specifier(at); break;
        case ';':
          if (const auto head = parse_head(text_, begin_, at)) add(*head, 0);
          begin_ = at + 1;
          break;
        default: break;
      }
    }
    return std::move(functions_);
  }

 private:
  // Returns where to read on.
  size_t open_brace(size_t at) {
    const std::string_view before = trim(std::string_view(text_).substr(begin_, at - begin_));
    const auto head = parse_head(text_, begin_, at);
    if (opens_scope(before) && !head) {
      begin_ = at + 1;
      return at;
    }
    const size_t end = closing(text_, at, '{', '}');
    if (head && !is_member_initialiser(*head)) {
      add(*head, end);
      begin_ = end + 1;
    }
    return end;
  }

  void skip_access_specifier(size_t at) {
    const std::string_view word = trim(std::string_view(text_).substr(begin_, at - begin_));
    if (word == "public" || word == "private" || word == "protected") begin_ = at + 1;
  }

  // `end` is the closing brace, or 0.
  void add(const Head& head, size_t end) {
    const int line = line_of(text_, head.begin);
    functions_.push_back(
        {.name = std::string(head.name),
         .line = line,
         .num_lines = end == 0 ? 0 : line_of(text_, end) - line + 1,
         .parameters = is_macro_name(head.name) ? 0 : count_parameters(head.parameters)});
  }

  std::string text_;
  size_t begin_ = 0;  // of the declaration being read
  std::vector<FunctionInfo> functions_;
};

}  // namespace

std::vector<FunctionInfo> find_functions(std::string_view code) {
  return Finder(code).find();
}

}  // namespace fimd
