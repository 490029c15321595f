// A method is a name with the types of what goes in and what comes out.
//
// Each family of methods declares its own beside their structs, so that a handler or a caller that
// uses the wrong type does not compile. Names and camelCase fields appear in this folder only.
#pragma once

#include <string_view>

#include "lsp/protocol/json_fields.h"

namespace fimd::lsp {

template <typename ParamsT, typename ResultT>
struct RequestMethod {
  using Params = ParamsT;
  using Result = ResultT;
  std::string_view name;
};

template <typename ParamsT>
struct NotificationMethod {
  using Params = ParamsT;
  std::string_view name;
};

/// Parameters or a result of which nothing is used; written as null.
struct Nothing {};

inline bool from_json(const Json& /*json*/, const JsonPath& /*path*/, Nothing& /*out*/) {
  return true;
}

inline Json to_json(const Nothing& /*nothing*/) {
  return nullptr;
}

}  // namespace fimd::lsp
