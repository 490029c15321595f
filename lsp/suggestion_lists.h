// Suggestions as the two methods that ask for them write them.
//
// What the protocol demands of an item is ensured here, whoever made it: line ends are LF, the
// range lies on the cursor's line and contains the cursor, and beside an entry of the editor's own
// popup the item continues that entry. A suggestion that breaks this would be shown wrongly or hide
// others, so it is left out.
#pragma once

#include "lsp/protocol/completion.h"
#include "lsp/protocol/inline_completion.h"
#include "lsp/service.h"

namespace fimd::lsp {

InlineCompletionList to_inline_list(const Suggestions& suggestions,
                                    const SuggestionRequest& request);

/// At most one item, the first that fits.
CompletionList to_popup_list(const Suggestions& suggestions,
                             const SuggestionRequest& request,
                             PositionEncoding encoding);

}  // namespace fimd::lsp
