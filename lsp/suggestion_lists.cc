#include "lsp/suggestion_lists.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "completion/line_ending.h"

namespace fimd::lsp {
namespace {

/// What a popup can show in a line.
constexpr uint32_t kMaxLabelCharacters = 80;

bool fits(const Suggestion& suggestion, const SuggestionRequest& request) {
  const auto& [start, end] = suggestion.range;
  if (start.line != request.position.line || end.line != request.position.line) return false;
  if (request.position < start || end < request.position) return false;
  if (!request.selected) return true;
  return suggestion.range == request.selected->range &&
         suggestion.text.starts_with(request.selected->text);
}

/// The first line of `text` that is not blank, without indentation.
std::string label_of(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t\n"), text.size());
  const std::string_view rest = text.substr(begin);
  const std::string_view line = rest.substr(0, rest.find('\n'));
  const std::string_view shown = first_units(line, kMaxLabelCharacters, PositionEncoding::kUtf32);
  return std::string(shown) + (begin + shown.size() < text.size() ? "..." : "");
}

CompletionItem to_popup_item(const Suggestion& suggestion,
                             const Suggestions& suggestions,
                             const SuggestionRequest& request,
                             PositionEncoding encoding) {
  CompletionItem item = {
      .range = suggestion.range, .new_text = to_lf(suggestion.text), .command = {suggestion.id}};
  // Popups compare the word before the cursor with the item, so the item begins with the word.
  const std::string& word = suggestions.word_before_cursor;
  const uint32_t word_units = count_units(word, encoding);
  if (suggestion.range.start == request.position && word_units <= request.position.character) {
    item.range.start.character -= word_units;
    item.new_text.insert(0, word);
  }
  item.label = label_of(item.new_text);
  item.filter_text = item.new_text.substr(0, item.new_text.find('\n'));
  if (item.label != item.new_text) item.documentation = item.new_text;
  return item;
}

}  // namespace

InlineCompletionList to_inline_list(const Suggestions& suggestions,
                                    const SuggestionRequest& request) {
  InlineCompletionList list;
  for (const Suggestion& suggestion : suggestions.items) {
    if (!fits(suggestion, request)) continue;
    list.items.push_back({.insert_text = to_lf(suggestion.text),
                          .range = suggestion.range,
                          .command = {suggestion.id}});
  }
  return list;
}

CompletionList to_popup_list(const Suggestions& suggestions,
                             const SuggestionRequest& request,
                             PositionEncoding encoding) {
  CompletionList list;
  for (const Suggestion& suggestion : suggestions.items) {
    if (!fits(suggestion, request)) continue;
    list.items.push_back(to_popup_item(suggestion, suggestions, request, encoding));
    break;
  }
  return list;
}

}  // namespace fimd::lsp
