// What ends one piece of work and nothing else.
//
// fimd throws nothing, but libraries do, and memory runs out. Whoever runs work that others gave it
// (a handler of a message, a request, an idle job) runs it through here.
#pragma once

#include <functional>
#include <string_view>

#include "lsp/log.h"

namespace fimd::lsp {

/// Runs `action` and reports whether it returned. An exception becomes a log line that begins with
/// `what`.
bool run_guarded(const LogSink& log, std::string_view what, const std::function<void()>& action);

}  // namespace fimd::lsp
