// Whether to suggest anything at a place, and whether one line or several.
//
// A suggestion nobody wants costs more than one that is missing: it is read, and it hides the code.
// So text typed gets one only where the user is likely to want more text right there; a user who
// asks for one gets one anywhere.
//
//   refused when typing      because
//   12^                      a number is the user's
//   fo^o, f(^) + g           what stands to the right would have to change
//   // to^  "he^llo"         prose (unless wanted)
//   total();^  }^            the line is done, the next one not begun
//   an empty file            nothing says what it will be
//
// Several lines are wanted in an empty block and on a line of its own between statements.
#pragma once

#include "completion/syntax/syntax_tree.h"

namespace fimd {

enum class TriggerKind { kAutomatic, kManual };

struct TriggerOptions {
  bool in_comments = false;
  bool in_strings = false;
};

enum class TriggerReason {
  kTyping,
  kAsked,
  kBlankFile,
  kInNumber,
  kTextToTheRight,
  kInComment,
  kInString,
  kStatementEnded,
};

struct TriggerDecision {
  bool wanted = false;
  TriggerReason reason = TriggerReason::kTyping;
  bool multi_line = false;
};

/// Total, as in scope.h.
TriggerDecision decide_trigger(const SyntaxView& view,
                               ByteOffset offset,
                               TriggerKind kind,
                               const TriggerOptions& options = {});

/// For logs: "text to the right".
const char* to_string(TriggerReason reason);

}  // namespace fimd
