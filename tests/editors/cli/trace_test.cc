#include "editors/cli/trace.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "editors/cli/trace_bench.h"
#include "tests/support/fake_generator.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

Trace make_trace(std::vector<TraceStep> steps) {
  return {.file = "a.py", .language_id = "python", .text = "a = 1\n\n", .steps = std::move(steps)};
}

TraceReport report_of(const Trace& trace, std::vector<std::string> pieces) {
  return type_trace(trace, std::make_shared<FakeGenerator>(std::move(pieces), 8000)).value();
}

using Kind = TraceStep::Kind;

TEST(Trace, ReadsTheTracesThatAreShipped) {
  int num_traces = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(FIMD_SOURCE_DIR) / "tests/bench/traces")) {
    const auto trace = load_trace(entry.path());
    ASSERT_TRUE(trace) << trace.error().message;
    EXPECT_FALSE(trace->steps.empty());
    EXPECT_TRUE(
        type_trace(*trace, std::make_shared<FakeGenerator>(std::vector<std::string>{"x"}, 8000)));
    ++num_traces;
  }
  EXPECT_EQ(num_traces, 6);
}

TEST(Trace, NamesWhatIsWrong) {
  TempFolder folder;

  const struct {
    const char* content;
    const char* problem;
  } cases[] = {
      {"[1", "is no JSON object, expected a trace"},
      {"{}", "has no string \"file\""},
      {R"({"file": "a", "language": "b", "text": "c"})", "has no array \"steps\""},
      {R"({"file": "a", "language": "b", "text": "c", "steps": [{"look": true}, {"jump": 1}]})",
       "step 1 is {\"jump\":1}, expected one of move, type, delete and look"},
      {R"({"file": "a", "language": "b", "text": "c", "steps": [{"move": [1, -1]}]})",
       "step 0 is {\"move\":[1,-1]}, expected one of move, type, delete and look"},
  };

  for (const auto& [content, problem] : cases) {
    const auto trace = load_trace(folder.write("trace.json", content));
    ASSERT_FALSE(trace) << content;
    EXPECT_TRUE(trace.error().message.ends_with(problem)) << trace.error().message;
  }
}

TEST(Trace, TypesALineEndWithItsIndentation) {
  EXPECT_EQ(first_key_bytes("ab"), 1U);
  EXPECT_EQ(first_key_bytes("\xC3\xA9x"), 2U);
  EXPECT_EQ(first_key_bytes("\n    x"), 5U);
  EXPECT_EQ(first_key_bytes("\n\nx"), 1U);
  EXPECT_EQ(first_key_bytes("\n  "), 3U);
}

TEST(TraceBench, CountsWhatTheTypistSaves) {
  const Trace trace = make_trace({{.kind = Kind::kMove, .position = {1, 0}},
                                  {.kind = Kind::kType, .text = "b = "},
                                  {.kind = Kind::kLook},
                                  {.kind = Kind::kType, .text = "first + second"},
                                  {.kind = Kind::kLook}});
  const TraceReport report = report_of(trace, {"first", " + third"});
  EXPECT_EQ(report.trace_keys, 18);
  EXPECT_EQ(report.accepts, 1) << "\"first + \" agrees";
  EXPECT_EQ(report.pressed_keys, 4 + 1 + 6);
  EXPECT_EQ(report.requests, report.pressed_keys);
}

TEST(TraceBench, CountsGlancesInVain) {
  const Trace trace = make_trace({{.kind = Kind::kMove, .position = {1, 0}},
                                  {.kind = Kind::kType, .text = "b = "},
                                  {.kind = Kind::kLook},
                                  {.kind = Kind::kType, .text = "1"}});
  const TraceReport report = report_of(trace, {"other"});
  EXPECT_EQ(report.vain_glances, 1);
  EXPECT_EQ(report.accepts, 0);
  EXPECT_EQ(report.pressed_keys, report.trace_keys);
}

TEST(TraceBench, CountsTypingAlong) {
  const Trace trace = make_trace({{.kind = Kind::kMove, .position = {1, 0}},
                                  {.kind = Kind::kType, .text = "b = fi"},
                                  {.kind = Kind::kDelete, .count = 1}});
  const TraceReport report = report_of(trace, {"first"});
  EXPECT_EQ(report.trace_keys, 7);
  EXPECT_GE(report.typed_along, 2) << "typed \"fi\", deleted the i";
}

TEST(TraceBench, RefusesATraceThatDoesNotFitItsText) {
  for (const TraceStep& step : {TraceStep{.kind = Kind::kMove, .position = {7, 0}},
                                TraceStep{.kind = Kind::kDelete, .count = 1}}) {
    const auto report = type_trace(
        make_trace({step}), std::make_shared<FakeGenerator>(std::vector<std::string>{"x"}, 8000));
    EXPECT_FALSE(report);
  }
}

TEST(TraceReport, IsATableOrLinesOfJson) {
  const std::vector<TraceReport> reports = {{.file = "a.py",
                                             .trace_keys = 10,
                                             .pressed_keys = 8,
                                             .requests = 2,
                                             .vain_glances = 1,
                                             .computed_tokens = {1, 30},
                                             .latency_ms = {1, 2}}};
  const std::string table = to_table(reports);
  EXPECT_NE(table.find("20.0 %, 10.0 %"), std::string::npos) << table;
  EXPECT_NE(table.find("50.0 %"), std::string::npos) << table;
  EXPECT_NE(to_json_lines(reports).find("\"saved_percent_glance_1\":10.0"), std::string::npos);
}

}  // namespace
}  // namespace fimd
