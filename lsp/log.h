// Where the server writes what a user may want to know later: one function that somebody gives us.
//
// Libraries never print; `fimd lsp` gives a function that writes to stderr, which every editor
// keeps, tests give one that collects.
#pragma once

#include <functional>
#include <string_view>

namespace fimd::lsp {

enum class LogLevel { kError, kWarning, kInfo, kDebug };

/// Called from any thread.
using LogSink = std::function<void(LogLevel level, std::string_view text)>;

}  // namespace fimd::lsp
