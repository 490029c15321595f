// Documents as the client keeps them in step: open, change, save, close.
//
// A change without a range is the whole new text; a list of changes applies in its order. A version
// that is no integer counts as absent: it is worth no text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lsp/protocol/method.h"

namespace fimd::lsp {

struct DidOpenParams {
  std::string uri;
  std::string language_id;
  std::optional<int64_t> version;  ///< absent: the client does not say
  std::string text;
};

struct ContentChange {
  std::optional<EncodedRange> range;
  std::string text;
};

struct DidChangeParams {
  std::string uri;
  std::optional<int64_t> version;  ///< absent: the client does not say
  std::vector<ContentChange> changes;
};

struct DidSaveParams {
  std::string uri;
};

struct DidCloseParams {
  std::string uri;
};

/// The field "textDocument" of most parameters.
struct TextDocumentIdentifier {
  std::string uri;
  std::optional<int64_t> version;
};

bool from_json(const Json& json, const JsonPath& path, TextDocumentIdentifier& out);
bool from_json(const Json& json, const JsonPath& path, DidOpenParams& out);
bool from_json(const Json& json, const JsonPath& path, ContentChange& out);
bool from_json(const Json& json, const JsonPath& path, DidChangeParams& out);
bool from_json(const Json& json, const JsonPath& path, DidSaveParams& out);
bool from_json(const Json& json, const JsonPath& path, DidCloseParams& out);

inline constexpr NotificationMethod<DidOpenParams> kDidOpen{"textDocument/didOpen"};
inline constexpr NotificationMethod<DidChangeParams> kDidChange{"textDocument/didChange"};
inline constexpr NotificationMethod<DidSaveParams> kDidSave{"textDocument/didSave"};
inline constexpr NotificationMethod<DidCloseParams> kDidClose{"textDocument/didClose"};

}  // namespace fimd::lsp
