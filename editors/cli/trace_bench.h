// Types a trace into the language server and measures what a user would have of it.
//
// The server runs in this process, whole: every key is a didChange and an inlineCompletion message.
// What the engine takes is measured apart, so the rest is the server's own time. Counts depend on
// the model and the trace alone; only times differ from run to run.
//
// Closers are typed ahead as editors do it (auto_closing.h), and in the end the text is the
// trace's.
//
// The typist looks where the trace says so. When the suggestion begins with at least one whole word
// of what comes next, one key takes the words that agree; otherwise the glance was in vain.
#pragma once

#include <memory>

#include "editors/cli/trace.h"
#include "editors/cli/trace_report.h"
#include "engine/text_generator.h"

namespace fimd {

/// Errors: those of the generator; kInvalidInput, the trace does not fit its text.
Result<TraceReport> type_trace(const Trace& trace, const std::shared_ptr<TextGenerator>& generator);

}  // namespace fimd
