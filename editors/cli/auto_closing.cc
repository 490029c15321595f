#include "editors/cli/auto_closing.h"

#include <algorithm>

#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

constexpr std::string_view kOpeners = "([{\"'`";
constexpr std::string_view kClosers = ")]}\"'`";
constexpr size_t kNumBrackets = 3;
constexpr std::string_view kClosedBefore = ";:.,=}])> \n\t\r";
constexpr std::string_view kQuotePrefixes = "f b r u";

bool closes(std::string_view text, size_t cursor, size_t pair) {
  if (cursor < text.size() && kClosedBefore.find(text[cursor]) == std::string_view::npos) {
    return false;
  }
  return pair < kNumBrackets || cursor == 0 || !is_word_character(text[cursor - 1]) ||
         has_word(kQuotePrefixes, last_word(text.substr(0, cursor)));
}

}  // namespace

bool AutoClosing::take(size_t offset) {
  const auto found = std::ranges::find(inserted_, offset);
  if (found == inserted_.end()) return false;
  inserted_.erase(found);
  return true;
}

void AutoClosing::shift(const KeyEdit& edit) {
  std::erase_if(inserted_,
                [&](size_t offset) { return offset >= edit.begin && offset < edit.end; });
  for (size_t& offset : inserted_) {
    if (offset >= edit.end) offset += edit.text.size() - (edit.end - edit.begin);
  }
}

// A line end behind an opener takes the closer to a line of its own; one before that line leads
// there.
KeyEdit AutoClosing::type_line_end(std::string_view text,
                                   size_t cursor,
                                   std::string_view key,
                                   std::string_view next) {
  KeyEdit edit = {cursor, cursor, std::string(key), key.size()};
  const auto is_inserted = [this](size_t offset) {
    return std::ranges::find(inserted_, offset) != inserted_.end();
  };
  const size_t behind = std::min(text.find_first_not_of(" \t\n", cursor), text.size());
  const bool leads_on = text.substr(cursor, behind - cursor).starts_with('\n') &&
                        is_inserted(behind) && next.starts_with(text[behind]);
  if (leads_on) {
    edit.end = behind;
    shift(edit);
    return edit;
  }
  if (cursor > 0 && text[cursor - 1] == '{' && is_inserted(cursor) && text[cursor] == '}') {
    const std::string_view line = line_at(text, cursor);
    edit.text += '\n';
    edit.text += line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
  }
  shift(edit);
  return edit;
}

KeyEdit AutoClosing::type(std::string_view text,
                          size_t cursor,
                          std::string_view key,
                          std::string_view next) {
  if (key.starts_with('\n')) return type_line_end(text, cursor, key, next);
  KeyEdit edit = {cursor, cursor, std::string(key), key.size()};
  if (key.size() == 1 && cursor < text.size() && text[cursor] == key[0] && take(cursor)) {
    edit.end = cursor + 1;
  }
  const size_t pair = key.size() == 1 ? kOpeners.find(key[0]) : std::string_view::npos;
  const bool types_over = edit.end > edit.begin;
  const bool pairs = !types_over && pair != std::string_view::npos && closes(text, cursor, pair);
  if (pairs) edit.text += kClosers[pair];
  shift(edit);
  if (pairs) inserted_.push_back(cursor + 1);
  return edit;
}

KeyEdit AutoClosing::erase(std::string_view text, size_t cursor, size_t size_bytes) {
  KeyEdit edit = {cursor - size_bytes, cursor, "", 0};
  const size_t pair = kOpeners.find(text[edit.begin]);
  const bool is_pair = pair != std::string_view::npos && cursor < text.size() &&
                       text[cursor] == kClosers[pair] && take(cursor);
  if (is_pair) ++edit.end;
  shift(edit);
  return edit;
}

KeyEdit AutoClosing::insert(std::string_view text, size_t cursor, std::string_view inserted) {
  KeyEdit edit = {cursor, cursor, std::string(inserted), inserted.size()};
  // Closers of openers in what is inserted are its own.
  std::string open;
  for (const char c : inserted) {
    const size_t opened = kOpeners.substr(0, kNumBrackets).find(c);
    if (opened != std::string_view::npos) {
      open.push_back(kClosers[opened]);
    } else if (!open.empty() && open.back() == c) {
      open.pop_back();
    } else if (edit.end < text.size() && text[edit.end] == c && take(edit.end)) {
      ++edit.end;
    }
  }
  shift(edit);
  return edit;
}

}  // namespace fimd
