#include "editors/cli/trace_report.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "editors/cli/percentile.h"

namespace fimd {
namespace {

constexpr int64_t kFewTokens = 24;

double percent(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

int64_t few_token_keys(const TraceReport& report) {
  return std::count_if(report.computed_tokens.begin(),
                       report.computed_tokens.end(),
                       [](int64_t tokens) { return tokens <= kFewTokens; });
}

/// Keys that suggestions saved, when a glance in vain costs `glance_keys`.
double saved_percent(const TraceReport& report, int64_t glance_keys) {
  const int64_t spent = report.pressed_keys + glance_keys * report.vain_glances;
  return percent(report.trace_keys - spent, report.trace_keys);
}

std::string formatted(const char* format, auto... values) {
  char line[256];
  std::snprintf(line, sizeof(line), format, values...);
  return line;
}

}  // namespace

std::string to_table(const std::vector<TraceReport>& reports) {
  std::string table;
  const auto row = [&](const char* name, const auto& value_of) {
    table += formatted("%-36s", name);
    for (const TraceReport& report : reports) table += formatted(" %20s", value_of(report).c_str());
    table += "\n";
  };
  const auto count = [](int64_t value) { return std::to_string(value); };
  const auto pair = [](const char* format, auto low, auto high) {
    return formatted(format, low, high);
  };
  using Report = TraceReport;
  row("", [](const Report& r) { return r.file; });
  row("keys of the trace", [&](const Report& r) { return count(r.trace_keys); });
  row("keys pressed", [&](const Report& r) { return count(r.pressed_keys); });
  row("requests", [&](const Report& r) { return count(r.requests); });
  row("  typed along", [&](const Report& r) { return count(r.typed_along); });
  row("  to the engine", [&](const Report& r) { return count(r.engine_requests); });
  row("shown, with a closer too many", [&](const Report& r) {
    return pair("%.0f, %.0f", double(r.suggestions), double(r.doubled_closers));
  });
  row("taken, glances in vain", [&](const Report& r) {
    return pair("%.0f, %.0f", double(r.accepts), double(r.vain_glances));
  });
  row("prompt tokens a key, p50 p95", [&](const Report& r) {
    return pair("%.0f %.0f",
                double(percentile(r.computed_tokens, 0.5)),
                double(percentile(r.computed_tokens, 0.95)));
  });
  row("keys with 24 or fewer", [&](const Report& r) {
    return formatted("%.1f %%", percent(few_token_keys(r), r.requests));
  });
  row("prompt tokens in idle time", [&](const Report& r) { return count(r.idle_tokens); });
  row("latency ms, p50 p95", [&](const Report& r) {
    return pair("%.2f %.2f", percentile(r.latency_ms, 0.5), percentile(r.latency_ms, 0.95));
  });
  row("  typed along, p95",
      [](const Report& r) { return formatted("%.2f", percentile(r.typed_along_ms, 0.95)); });
  row("  without the engine, p95",
      [](const Report& r) { return formatted("%.2f", percentile(r.overhead_ms, 0.95)); });
  row("keys saved, a glance costs 0, 1", [&](const Report& r) {
    return pair("%.1f %%, %.1f %%", saved_percent(r, 0), saved_percent(r, 1));
  });
  return table;
}

std::string to_json_lines(const std::vector<TraceReport>& reports) {
  std::string lines;
  for (const TraceReport& r : reports) {
    const nlohmann::ordered_json json = {
        {"file", r.file},
        {"trace_keys", r.trace_keys},
        {"pressed_keys", r.pressed_keys},
        {"requests", r.requests},
        {"typed_along", r.typed_along},
        {"engine_requests", r.engine_requests},
        {"suggestions", r.suggestions},
        {"doubled_closers", r.doubled_closers},
        {"accepts", r.accepts},
        {"vain_glances", r.vain_glances},
        {"computed_tokens_p50", percentile(r.computed_tokens, 0.5)},
        {"computed_tokens_p95", percentile(r.computed_tokens, 0.95)},
        {"few_token_keys", few_token_keys(r)},
        {"idle_tokens", r.idle_tokens},
        {"latency_ms_p50", percentile(r.latency_ms, 0.5)},
        {"latency_ms_p95", percentile(r.latency_ms, 0.95)},
        {"typed_along_ms_p95", percentile(r.typed_along_ms, 0.95)},
        {"overhead_ms_p95", percentile(r.overhead_ms, 0.95)},
        {"saved_percent_glance_0", saved_percent(r, 0)},
        {"saved_percent_glance_1", saved_percent(r, 1)},
    };
    lines += json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  return lines;
}

}  // namespace fimd
