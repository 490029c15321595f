// What typing a trace showed, as a table for people and as lines of JSON for scripts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fimd {

struct TraceReport {
  std::string file;
  int64_t trace_keys = 0;       ///< that typing the trace takes without suggestions
  int64_t pressed_keys = 0;     ///< with them, accepts included
  int64_t requests = 0;         ///< one after each key
  int64_t typed_along = 0;      ///< of them, answered by an earlier suggestion
  int64_t engine_requests = 0;  ///< of them, answered by the engine
  int64_t suggestions = 0;      ///< shown
  int64_t doubled_closers = 0;  ///< of them, those that would leave a closer too many
  int64_t accepts = 0;
  int64_t vain_glances = 0;              ///< suggestions looked at and not taken
  int64_t idle_tokens = 0;               ///< prompt tokens computed while the typist looked
  std::vector<int64_t> computed_tokens;  ///< of the prompt, by request
  std::vector<double> latency_ms;        ///< by request, from the change to the answer
  std::vector<double> typed_along_ms;    ///< of those that were answered so
  std::vector<double> overhead_ms;       ///< by request: latency without the engine
};

std::string to_table(const std::vector<TraceReport>& reports);
std::string to_json_lines(const std::vector<TraceReport>& reports);

}  // namespace fimd
