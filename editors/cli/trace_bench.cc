#include "editors/cli/trace_bench.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "completion/syntax/brackets.h"
#include "completion/syntax/text_lines.h"
#include "editors/cli/auto_closing.h"
#include "engine/utf8.h"
#include "lsp/completion_service.h"
#include "lsp/server.h"

namespace fimd {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

constexpr const char* kUri = "untitled:trace";

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Measures the engine from the outside.
class MeasuredGenerator final : public TextGenerator {
 public:
  explicit MeasuredGenerator(std::shared_ptr<TextGenerator> generator)
      : generator_(std::move(generator)) {}

  Result<GenerationResult> generate(const GenerationRequest& request,
                                    const TextSink& sink,
                                    std::stop_token stop) override {
    // The sink is ours: what it takes is not the engine's time.
    double sink_ms = 0;
    const auto measured = [&](std::string_view text) {
      const Clock::time_point start = Clock::now();
      const bool more = !sink || sink(text);
      sink_ms += ms_since(start);
      return more;
    };
    const Clock::time_point start = Clock::now();
    auto result = generator_->generate(request, measured, std::move(stop));
    ms_ += ms_since(start) - sink_ms;
    ++calls_;
    if (result) computed_tokens_ += result->prompt_tokens - result->cached_tokens;
    return result;
  }

  Result<std::vector<int32_t>> count_tokens(std::span<const std::string_view> pieces,
                                            std::stop_token stop) override {
    const Clock::time_point start = Clock::now();
    auto counts = generator_->count_tokens(pieces, std::move(stop));
    ms_ += ms_since(start);
    return counts;
  }

  Result<GeneratorInfo> info(std::stop_token stop) override {
    return generator_->info(std::move(stop));
  }

  struct Taken {
    int64_t calls = 0;
    int64_t computed_tokens = 0;
    double ms = 0;
  };

  /// What was measured since the last call.
  Taken take() {
    return {std::exchange(calls_, 0), std::exchange(computed_tokens_, 0), std::exchange(ms_, 0)};
  }

 private:
  std::shared_ptr<TextGenerator> generator_;
  int64_t calls_ = 0;
  int64_t computed_tokens_ = 0;
  double ms_ = 0;
};

/// Where what is typed next begins, and the suggestion agrees: a number of whole words' bytes.
size_t agreeing_bytes(std::string_view suggestion, std::string_view next) {
  const auto [end, ignored] =
      std::mismatch(suggestion.begin(),
                    suggestion.begin() + std::min(suggestion.size(), next.size()),
                    next.begin());
  auto size_bytes = static_cast<size_t>(end - suggestion.begin());
  const auto splits_word = [&](size_t at) {
    return at > 0 && at < next.size() && is_word_character(next[at - 1]) &&
           is_word_character(next[at]);
  };
  while (size_bytes > 0 && splits_word(size_bytes)) --size_bytes;
  const std::string_view taken = next.substr(0, size_bytes);
  return std::any_of(taken.begin(), taken.end(), is_word_character) ? size_bytes : 0;
}

/// The text that the steps make of the trace's, if nothing is closed and nothing suggested.
std::string typed_without_help(const Trace& trace) {
  EditedText text = EditedText::create(trace.text, PositionEncoding::kUtf8).value();
  ByteOffset cursor;
  for (const TraceStep& step : trace.steps) {
    if (step.kind == TraceStep::Kind::kMove) cursor = text.offset_of(step.position);
    size_t begin = cursor.value;
    for (int64_t i = 0; step.kind == TraceStep::Kind::kDelete && i < step.count && begin > 0; ++i) {
      --begin;
      while (begin > 0 && is_utf8_continuation(text.text()[begin])) --begin;
    }
    const EncodedRange range = {text.position_of({begin}), text.position_of(cursor)};
    if (text.replace(range, step.text)) cursor = {begin + step.text.size()};
  }
  return text.text();
}

class Typist {
 public:
  Typist(const Trace& trace, const std::shared_ptr<TextGenerator>& generator, EditedText text)
      : trace_(trace),
        language_(detect_language(trace.file, trace.language_id)),
        generator_(std::make_shared<MeasuredGenerator>(generator)),
        text_(std::move(text)) {
    report_.file = trace.file;
    send("initialize",
         {{"capabilities",
           {{"general", {{"positionEncodings", {"utf-8"}}}},
            {"textDocument", {{"inlineCompletion", Json::object()}}}}}},
         true);
    send("initialized", Json::object(), false);
    send("textDocument/didOpen",
         {{"textDocument",
           {{"uri", kUri},
            {"languageId", trace.language_id},
            {"version", 0},
            {"text", trace.text}}}},
         false);
  }

  Result<TraceReport> type() {
    for (step_ = 0; step_ < trace_.steps.size(); ++step_) {
      const TraceStep& step = trace_.steps[step_];
      switch (step.kind) {
        case TraceStep::Kind::kMove: FIMD_TRY_STATUS(move(step.position)); break;
        case TraceStep::Kind::kType: FIMD_TRY_STATUS(type(step.text)); break;
        case TraceStep::Kind::kDelete: FIMD_TRY_STATUS(erase(step.count)); break;
        case TraceStep::Kind::kLook: FIMD_TRY_STATUS(look()); break;
      }
    }
    const std::string expected = typed_without_help(trace_);
    if (text_.text() == expected || !trace_.exact) return std::move(report_);
    const auto [found, ignored] = std::ranges::mismatch(text_.text(), expected);
    const auto offset = static_cast<size_t>(found - text_.text().begin());
    constexpr size_t kShownBytes = 40;
    return fail(ErrorCode::kInvalidInput,
                trace_.file + ": typing leaves another text than the steps at byte " +
                    std::to_string(offset) + ": " + text_.text().substr(offset, kShownBytes));
  }

 private:
  [[nodiscard]] Status wrong(const std::string& what) const {
    return fail(ErrorCode::kInvalidInput,
                trace_.file + ": step " + std::to_string(step_) + " " + what);
  }

  void send(const char* method, const Json& params, bool is_request) {
    Json message = {{"jsonrpc", "2.0"}, {"method", method}, {"params", params}};
    if (is_request) message["id"] = ++last_id_;
    server_.receive(message.dump());
  }

  Status move(EncodedPosition position) {
    const ByteOffset offset = text_.offset_of(position);
    if (text_.position_of(offset) != position) return wrong("moves to where there is no text");
    cursor_ = offset;
    suggestion_.reset();
    return {};
  }

  /// What of it was not taken from suggestions already.
  Status type(std::string_view text) {
    const size_t taken = std::min(taken_bytes_, text.size());
    taken_bytes_ -= taken;
    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(first_key_bytes(rest))) {
      ++report_.trace_keys;
    }
    text.remove_prefix(taken);
    while (!text.empty()) {
      const size_t key = first_key_bytes(text);
      const std::string next = key == 1 && text.front() != '\n'
                                   ? std::string()
                                   : std::string(text.substr(key)) + upcoming();
      FIMD_TRY_STATUS(press(closing_.type(text_.text(), cursor_.value, text.substr(0, key), next)));
      text.remove_prefix(key);
    }
    return {};
  }

  Status erase(int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      ++report_.trace_keys;
      EncodedPosition before = text_.position_of(cursor_);
      if (before.character == 0) return wrong("deletes beyond its line");
      --before.character;
      const size_t size_bytes = cursor_.value - text_.offset_of(before).value;
      FIMD_TRY_STATUS(press(closing_.erase(text_.text(), cursor_.value, size_bytes)));
    }
    return {};
  }

  Status look() {
    FIMD_TRY_STATUS(idle());
    if (!suggestion_) return {};
    const std::string next = upcoming();
    const size_t agreeing = agreeing_bytes(*suggestion_, next);
    if (agreeing == 0) {
      ++report_.vain_glances;
      return {};
    }
    ++report_.accepts;
    taken_bytes_ += agreeing;
    return press(closing_.insert(text_.text(), cursor_.value, next.substr(0, agreeing)));
  }

  Status idle() {
    server_.run_idle();
    report_.idle_tokens += generator_->take().computed_tokens;
    return {};
  }

  /// What the trace types from here on without a break.
  [[nodiscard]] std::string upcoming() const {
    std::string text;
    for (size_t i = step_ + 1; i < trace_.steps.size(); ++i) {
      const TraceStep& step = trace_.steps[i];
      if (step.kind == TraceStep::Kind::kType) text += step.text;
      if (step.kind == TraceStep::Kind::kMove || step.kind == TraceStep::Kind::kDelete) break;
    }
    return text.substr(std::min(taken_bytes_, text.size()));
  }

  /// One key: edits, and asks.
  Status press(const KeyEdit& edit) {
    ++report_.pressed_keys;
    const EncodedRange range = {text_.position_of({edit.begin}), text_.position_of({edit.end})};
    const auto position = [](EncodedPosition at) {
      return Json{{"line", at.line}, {"character", at.character}};
    };
    FIMD_TRY_STATUS(text_.replace(range, edit.text));
    cursor_ = {edit.begin + edit.cursor_bytes};

    const Json document = {{"uri", kUri}, {"version", ++version_}};
    const Json changes = {
        {{"range", {{"start", position(range.start)}, {"end", position(range.end)}}},
         {"text", edit.text}}};
    suggestion_.reset();
    failure_ = {};
    generator_->take();
    const Clock::time_point start = Clock::now();
    send(
        "textDocument/didChange", {{"textDocument", document}, {"contentChanges", changes}}, false);
    send("textDocument/inlineCompletion",
         {{"textDocument", {{"uri", kUri}}},
          {"position", position(text_.position_of(cursor_))},
          {"context", {{"triggerKind", 2}}}},
         true);
    server_.run_next();
    note(ms_since(start));
    return failure_;
  }

  void note(double latency_ms) {
    const MeasuredGenerator::Taken engine = generator_->take();
    ++report_.requests;
    report_.computed_tokens.push_back(engine.computed_tokens);
    report_.latency_ms.push_back(latency_ms);
    report_.overhead_ms.push_back(latency_ms - engine.ms);
    if (engine.calls > 0) {
      ++report_.engine_requests;
    } else if (suggestion_) {
      ++report_.typed_along;
      report_.typed_along_ms.push_back(latency_ms);
    }
  }

  void receive(const std::string& body) {
    const Json message = Json::parse(body);
    if (message.value("method", "") == "window/showMessage") {
      failure_ = fail(ErrorCode::kInternal, message["params"]["message"].get<std::string>());
    }
    if (!message.contains("result") || !message["result"].is_object()) return;
    const Json& items = message["result"].value("items", Json::array());
    if (items.empty()) return;
    suggestion_ = items[0]["insertText"].get<std::string>();
    ++report_.suggestions;
    if (doubles_closer(items[0]["range"])) ++report_.doubled_closers;
  }

  /// Whether the text would have more closers without opener, if the suggestion were taken.
  [[nodiscard]] bool doubles_closer(const Json& range) const {
    const auto offset_of = [&](const Json& at) {
      return text_.offset_of({at["line"].get<uint32_t>(), at["character"].get<uint32_t>()}).value;
    };
    const size_t begin = offset_of(range["start"]);
    std::string taken = text_.text();
    taken.replace(begin, offset_of(range["end"]) - begin, *suggestion_);
    const auto num_closers = [this](std::string_view text) {
      return scan_brackets(language_, text).outer_closers.size();
    };
    return num_closers(taken) > num_closers(text_.text());
  }

  const Trace& trace_;
  const Language& language_;
  std::shared_ptr<MeasuredGenerator> generator_;
  EditedText text_;  ///< what the server should have
  AutoClosing closing_;
  ByteOffset cursor_;
  size_t step_ = 0;
  size_t taken_bytes_ = 0;  ///< of the text to come, taken from suggestions
  int64_t version_ = 0;
  int64_t last_id_ = 0;
  std::optional<std::string> suggestion_;  ///< on the screen
  Status failure_;
  TraceReport report_;
  lsp::Server server_{{.version = FIMD_VERSION,
                       .log = [](lsp::LogLevel, std::string_view) {},
                       .make_service =
                           [this](lsp::Editor& editor) {
                             return std::make_unique<lsp::CompletionService>(
                                 editor, lsp::source_of(generator_));
                           }},
                      [this](const std::string& body) { receive(body); }};
};

}  // namespace

Result<TraceReport> type_trace(const Trace& trace,
                               const std::shared_ptr<TextGenerator>& generator) {
  FIMD_TRY(EditedText text, EditedText::create(trace.text, PositionEncoding::kUtf8));
  return Typist(trace, generator, std::move(text)).type();
}

}  // namespace fimd
