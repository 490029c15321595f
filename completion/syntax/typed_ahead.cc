#include "completion/syntax/typed_ahead.h"

#include <algorithm>

#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

constexpr std::string_view kClosers = ")]}>\"'`";
constexpr std::string_view kClosersAndSeparators = ")]}>\"'`;,";
constexpr std::string_view kClosingText = ")]}\"'`;, \t";

bool has_only(std::string_view characters, std::string_view text) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

}  // namespace

bool is_typed_ahead(std::string_view text) {
  return has_only(kClosersAndSeparators, text);
}

bool is_closing(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return kClosersAndSeparators.find(c) != std::string_view::npos || is_blank({&c, 1});
  });
}

std::string_view closing_of(std::string_view rest) {
  rest = trimmed_right(rest);
  return has_only(kClosingText, rest) ? rest : rest.substr(0, 0);
}

bool may_stand_behind(std::string_view rest) {
  rest = trimmed(rest);
  rest.remove_prefix(std::min(rest.find_first_not_of(kClosers), rest.size()));
  rest = trimmed(rest);
  return rest.empty() || (rest.size() == 1 && has_only(":{;,", rest));
}

}  // namespace fimd
