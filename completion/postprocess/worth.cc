#include "completion/postprocess/rules.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"

namespace fimd {

bool drop_worthless(Draft& draft) {
  const std::string_view words = trimmed(draft.text);
  if (words.empty()) return false;
  const std::string_view text = draft.site.view.text;
  const size_t begin = draft.site.cursor.value;
  const std::string_view replaced = text.substr(begin, draft.end.value - begin);
  if (words == trimmed(replaced)) return false;
  const std::string_view right = trimmed(rest_of_line(text, draft.site.hole_end.value));
  if (words == right) return false;
  if (is_closing(words)) return false;
  const Language& language = draft.site.view.language;
  const bool marker = has_word(language.line_comments, words) ||
                      words == language.block_comment_open || words == language.block_comment_close;
  return !marker || draft.brackets.context() != LexicalContext::kCode;
}

}  // namespace fimd
