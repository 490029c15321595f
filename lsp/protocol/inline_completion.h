// Ghost text: the request of LSP 3.18 and the notifications around it, which are Copilot's.
//
// Every item carries the command kAcceptCommand with the suggestion's id. The client runs it after
// a full accept, and sends the item back when it showed it or inserted a part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lsp/protocol/text_document.h"
#include "lsp/protocol/window.h"

namespace fimd::lsp {

/// The one command that workspace/executeCommand knows; its argument is the suggestion's id.
inline constexpr std::string_view kAcceptCommand = "fimd.didAccept";

struct SelectedCompletion {
  EncodedRange range;
  std::string text;
};

struct FormattingOptions {
  uint32_t tab_size = 0;
  bool insert_spaces = true;
};

struct InlineCompletionParams {
  TextDocumentIdentifier document;
  EncodedPosition position;
  bool invoked = false;                         ///< by the user; otherwise typing triggered it
  std::optional<SelectedCompletion> selected;   ///< in the editor's own popup
  std::optional<FormattingOptions> formatting;  ///< sent by Copilot's clients
  std::optional<ProgressToken> work_done_token;
};

struct AcceptCommand {
  std::string suggestion_id;
};

struct InlineCompletionItem {
  std::string insert_text;
  EncodedRange range;
  AcceptCommand command;
};

struct InlineCompletionList {
  std::vector<InlineCompletionItem> items;
};

struct DidShowCompletionParams {
  std::string suggestion_id;  ///< empty when the item came without its command
};

struct DidPartiallyAcceptCompletionParams {
  std::string suggestion_id;
  std::string insert_text;
  uint32_t accepted_units = 0;  ///< of insert_text, in UTF-16 units whatever the encoding is
};

struct DidFocusParams {
  std::string uri;  ///< empty: no document has the focus
};

bool from_json(const Json& json, const JsonPath& path, SelectedCompletion& out);
bool from_json(const Json& json, const JsonPath& path, FormattingOptions& out);
bool from_json(const Json& json, const JsonPath& path, InlineCompletionParams& out);
bool from_json(const Json& json, const JsonPath& path, DidShowCompletionParams& out);
bool from_json(const Json& json, const JsonPath& path, DidPartiallyAcceptCompletionParams& out);
bool from_json(const Json& json, const JsonPath& path, DidFocusParams& out);
Json to_json(const AcceptCommand& command);
Json to_json(const InlineCompletionList& list);

inline constexpr RequestMethod<InlineCompletionParams, InlineCompletionList> kInlineCompletion{
    "textDocument/inlineCompletion"};
inline constexpr NotificationMethod<DidShowCompletionParams> kDidShowCompletion{
    "textDocument/didShowCompletion"};
inline constexpr NotificationMethod<DidShowCompletionParams> kFimdDidShowCompletion{
    "$/fimd/didShowCompletion"};
inline constexpr NotificationMethod<DidPartiallyAcceptCompletionParams>
    kDidPartiallyAcceptCompletion{"textDocument/didPartiallyAcceptCompletion"};
inline constexpr NotificationMethod<DidPartiallyAcceptCompletionParams>
    kFimdDidPartiallyAcceptCompletion{"$/fimd/didPartiallyAcceptCompletion"};
inline constexpr NotificationMethod<DidFocusParams> kDidFocus{"textDocument/didFocus"};
inline constexpr NotificationMethod<DidFocusParams> kFimdDidFocus{"$/fimd/didFocus"};

}  // namespace fimd::lsp
