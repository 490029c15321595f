// The classic completion popup, for clients without ghost text: one item, the suggestion.
//
// A popup filters its items by the word before the cursor, so the item's edit begins with that word
// and its filter text is it. The list is incomplete: the next key asks again.
#pragma once

#include <string>
#include <vector>

#include "lsp/protocol/inline_completion.h"

namespace fimd::lsp {

struct CompletionParams {
  TextDocumentIdentifier document;
  EncodedPosition position;
  bool invoked = false;
};

struct CompletionItem {
  std::string label;          ///< one line
  std::string documentation;  ///< empty when the label says it all
  std::string filter_text;
  EncodedRange range;
  std::string new_text;
  AcceptCommand command;
};

struct CompletionList {
  std::vector<CompletionItem> items;
};

bool from_json(const Json& json, const JsonPath& path, CompletionParams& out);
Json to_json(const CompletionList& list);

inline constexpr RequestMethod<CompletionParams, CompletionList> kCompletion{
    "textDocument/completion"};

}  // namespace fimd::lsp
