// Documents' URIs as paths of files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fimd::lsp {

/// The path of a file: URI, percent-decoded, absolute; a Windows drive keeps its letter. Absent for
/// another scheme or host, a malformed escape, or an encoded NUL.
/// Source: RFC 8089, "file:/path" too.
std::optional<std::string> path_of_uri(std::string_view uri);

/// What stands for a path in any URI: that of a file: URI, else what follows the scheme and the
/// authority, up to a query or a fragment, percent-decoded where that can be: "/a/b.ipynb" of
/// "vscode-notebook-cell:/a/b.ipynb#W0", "Untitled-1" of "untitled:Untitled-1".
std::string judged_path_of_uri(std::string_view uri);

}  // namespace fimd::lsp
