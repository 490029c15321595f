// Texts with marks, as tests write them: `^` is the cursor.
//
//   parse_annotated("f(^)")   "f()" and offset 2
//
// Every question of syntax is asked twice, with a tree and without, because its answer must be
// there either way.
#pragma once

#include <string>
#include <string_view>

#include "completion/syntax/syntax_tree.h"

namespace fimd {

struct Annotated {
  std::string text;
  ByteOffset cursor;
};

inline Annotated parse_annotated(std::string_view annotated) {
  const size_t cursor = annotated.find('^');
  std::string text(annotated);
  if (cursor == std::string_view::npos) return {.text = text, .cursor = {text.size()}};
  text.erase(cursor, 1);
  return {.text = text, .cursor = {cursor}};
}

inline const Language& language_called(std::string_view id) {
  return detect_language("", id);
}

inline SyntaxView view_with_tree(const Language& language, std::string_view text) {
  return {.text = text, .language = language, .tree = parse_once(language, text, {})};
}

inline SyntaxView view_without_tree(const Language& language, std::string_view text) {
  return {.text = text, .language = language, .tree = nullptr};
}

inline std::string_view text_of(std::string_view text, ByteRange range) {
  return text.substr(range.begin.value, range.end.value - range.begin.value);
}

}  // namespace fimd
