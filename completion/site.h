// Where a suggestion goes, and how its lines are to be indented.
#pragma once

#include <cstddef>

#include "completion/syntax/syntax_tree.h"
#include "completion/text_document.h"

namespace fimd {

/// One level of a file's indentation.
struct Indentation {
  bool tabs = false;
  size_t columns = 4;  ///< of a level; of a tab when `tabs`
  bool mixed = false;  ///< both are used: lines stay as they are
};

/// A place in a document. `view.text` has the document's own line ends.
struct Site {
  SyntaxView view;
  ByteOffset cursor;    ///< where the suggestion begins
  ByteOffset hole_end;  ///< what the user wants replaced ends here; `cursor` when that is nothing
  bool multi_line = true;
  Indentation indentation;
};

/// What the file's lines use; `fallback` where they do not say.
/// Cost: reads no more than kMaxScanBytes around `near`.
Indentation detect_indentation(std::string_view text, ByteOffset near, Indentation fallback);

}  // namespace fimd
