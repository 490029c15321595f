#include "lsp/protocol/text_document.h"

#include <utility>

namespace fimd::lsp {
namespace {

/// TextDocumentItem.
struct Item {
  DidOpenParams params;
};

bool from_json(const Json& json, const JsonPath& path, Item& out) {
  const JsonFields fields(json, path);
  fields.lenient("version", out.params.version);
  return fields.required("uri", out.params.uri) &&
         fields.required("languageId", out.params.language_id) &&
         fields.required("text", out.params.text);
}

bool read_uri(const Json& json, const JsonPath& path, std::string& uri) {
  TextDocumentIdentifier document;
  if (!JsonFields(json, path).required("textDocument", document)) return false;
  uri = std::move(document.uri);
  return true;
}

}  // namespace

bool from_json(const Json& json, const JsonPath& path, ContentChange& out) {
  const JsonFields fields(json, path);
  return fields.optional("range", out.range) && fields.required("text", out.text);
}

bool from_json(const Json& json, const JsonPath& path, TextDocumentIdentifier& out) {
  const JsonFields fields(json, path);
  fields.lenient("version", out.version);
  return fields.required("uri", out.uri);
}

bool from_json(const Json& json, const JsonPath& path, DidOpenParams& out) {
  Item item;
  if (!JsonFields(json, path).required("textDocument", item)) return false;
  out = std::move(item.params);
  return true;
}

bool from_json(const Json& json, const JsonPath& path, DidChangeParams& out) {
  const JsonFields fields(json, path);
  TextDocumentIdentifier document;
  if (!fields.required("textDocument", document)) return false;
  out.uri = std::move(document.uri);
  out.version = document.version;
  return fields.required("contentChanges", out.changes);
}

bool from_json(const Json& json, const JsonPath& path, DidSaveParams& out) {
  return read_uri(json, path, out.uri);
}

bool from_json(const Json& json, const JsonPath& path, DidCloseParams& out) {
  return read_uri(json, path, out.uri);
}

}  // namespace fimd::lsp
