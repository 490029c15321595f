#include "completion/syntax/trigger.h"

#include <algorithm>

#include "completion/syntax/block_start.h"
#include "completion/syntax/scope.h"
#include "completion/syntax/text_lines.h"
#include "completion/syntax/typed_ahead.h"

namespace fimd {
namespace {

// After a semicolon or a closing brace a line is done, blanks or not; after another closer only a
// blank says that it goes on.
bool is_ended(std::string_view line_before) {
  const std::string_view words = trimmed_right(line_before);
  if (words.empty()) return false;
  const char last = words.back();
  if (last == ';' || last == '}') return true;
  return (last == ')' || last == ']') && words.size() == line_before.size();
}

// `context` is set unless there is text to the right.
TriggerReason reason_of(const SyntaxView& view,
                        size_t at,
                        const TriggerOptions& options,
                        LexicalContext& context) {
  const size_t begin = line_begin(view.text, at);
  const std::string_view before = view.text.substr(begin, at - begin);
  if (!may_stand_behind(rest_of_line(view.text, at))) return TriggerReason::kTextToTheRight;
  context = lexical_context(view, {at});
  if (context == LexicalContext::kComment) {
    return options.in_comments ? TriggerReason::kTyping : TriggerReason::kInComment;
  }
  if (context == LexicalContext::kString) {
    return options.in_strings ? TriggerReason::kTyping : TriggerReason::kInString;
  }
  if (ends_number(view.text, {at})) return TriggerReason::kInNumber;
  if (is_ended(before)) return TriggerReason::kStatementEnded;
  return TriggerReason::kTyping;
}

bool wants_lines(const SyntaxView& view, size_t at, LexicalContext context) {
  if (context != LexicalContext::kCode) return false;
  return is_blank(line_at(view.text, at)) || empty_block_at(view, {at}).has_value();
}

}  // namespace

TriggerDecision decide_trigger(const SyntaxView& view,
                               ByteOffset offset,
                               TriggerKind kind,
                               const TriggerOptions& options) {
  const size_t at = std::min(offset.value, view.text.size());
  if (kind == TriggerKind::kManual) {
    return {.wanted = true,
            .reason = TriggerReason::kAsked,
            .multi_line = wants_lines(view, at, lexical_context(view, {at}))};
  }
  if (is_blank(view.text)) return {.reason = TriggerReason::kBlankFile};
  auto context = LexicalContext::kCode;
  const TriggerReason reason = reason_of(view, at, options, context);
  if (reason != TriggerReason::kTyping) return {.reason = reason};
  return {.wanted = true, .reason = reason, .multi_line = wants_lines(view, at, context)};
}

const char* to_string(TriggerReason reason) {
  switch (reason) {
    case TriggerReason::kTyping: return "typing";
    case TriggerReason::kAsked: return "asked";
    case TriggerReason::kBlankFile: return "blank file";
    case TriggerReason::kInNumber: return "in a number";
    case TriggerReason::kTextToTheRight: return "text to the right";
    case TriggerReason::kInComment: return "in a comment";
    case TriggerReason::kInString: return "in a string";
    case TriggerReason::kStatementEnded: return "statement ended";
  }
  return "unknown";
}

}  // namespace fimd
