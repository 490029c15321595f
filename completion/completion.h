// What a user may accept.
#pragma once

#include <string>

#include "completion/text_document.h"

namespace fimd {

/// Replaces [cursor, end) of the document that it was asked for, on the cursor's line.
struct Completion {
  std::string text;  ///< LF line ends; never empty
  ByteOffset end;    ///< not before the end of what the user wants replaced
};

}  // namespace fimd
