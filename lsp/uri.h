// Documents' URIs as paths of files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fimd::lsp {

/// The path of a file: URI, percent-decoded, absolute; a Windows drive keeps its letter. Absent for
/// another scheme or host, a malformed escape, or an encoded NUL.
/// Source: RFC 8089.
std::optional<std::string> path_of_uri(std::string_view uri);

}  // namespace fimd::lsp
