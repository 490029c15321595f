// A CompletionService with an editor and a model that are fakes, and one document.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lsp/completion_service.h"
#include "tests/support/fake_generator.h"

namespace fimd::lsp {

class QuietProgress final : public ProgressDisplay {
 public:
  void report(const std::string& /*message*/, std::optional<uint32_t> /*percentage*/) override {}

  [[nodiscard]] std::stop_token stop_token() const override { return {}; }
};

/// Shows nothing.
class QuietEditor : public Editor {
 public:
  void log(LogLevel /*level*/, const std::string& /*text*/) override {}

  void tell(LogLevel /*level*/, const std::string& /*text*/) override {}

  void show(LogLevel /*level*/, const std::string& /*text*/) override {}

  void set_status(EditorStatus /*status*/) override {}

  std::unique_ptr<ProgressDisplay> begin_progress(std::string /*title*/,
                                                  bool /*cancellable*/) override {
    return std::make_unique<QuietProgress>();
  }
};

/// Notes down what the user would see.
class FakeEditor final : public QuietEditor {
 public:
  void tell(LogLevel /*level*/, const std::string& text) override { told.push_back(text); }

  void show(LogLevel /*level*/, const std::string& text) override { shown.push_back(text); }

  void set_status(EditorStatus status) override { statuses.push_back(std::move(status)); }

  std::unique_ptr<ProgressDisplay> begin_progress(std::string title, bool cancellable) override {
    progress.push_back(title);
    return QuietEditor::begin_progress(std::move(title), cancellable);
  }

  std::vector<std::string> told;
  std::vector<std::string> shown;
  std::vector<EditorStatus> statuses;
  std::vector<std::string> progress;  ///< the titles
};

inline constexpr const char* kUri = "file:///project/queue.py";
inline constexpr const char* kText =
    "class Queue:\n"
    "    def __init__(self):\n"
    "        self.items = []\n"
    "\n"
    "    def push(self, item):\n"
    "        \n";
inline constexpr EncodedPosition kCursor = {5, 8};

struct CompletionServiceTest : testing::Test {
  void start(Settings settings = {}, const std::string& root = "/project") {
    service.start({.position_encoding = PositionEncoding::kUtf16,
                   .workspace_uris = {"file://" + root},
                   .settings = std::move(settings)});
  }

  void open(const std::string& uri, const std::string& text, const char* language = "python") {
    service.open({.uri = uri, .language_id = language, .text = text});
  }

  void type(EncodedPosition at, const std::string& text) {
    service.change(kUri, 0, {{.range = EncodedRange{at, at}, .text = text}});
  }

  /// The first suggestion's text; empty: none. Runs the work that is left to the worker.
  std::string suggest(EncodedPosition at, bool invoked = false, const std::string& uri = kUri) {
    last = {};
    auto answer = service.suggest({.uri = uri, .position = at, .invoked = invoked});
    used_engine = std::holds_alternative<SuggestionWork>(answer);
    if (used_engine) {
      auto found = std::get<SuggestionWork>(answer)({});
      last = found ? *found : Suggestions{};
    } else {
      last = std::get<Suggestions>(answer);
    }
    return last.items.empty() ? "" : last.items[0].text;
  }

  /// Opens the model, as the server has the worker do before the first request.
  void prepare() { service.prepare()({}); }

  /// Runs what the last answer left for idle time; false: nothing.
  bool run_idle() {
    const IdleWork work = std::exchange(last.idle_work, nullptr);
    if (work) work({});
    return static_cast<bool>(work);
  }

  GeneratorSource source() {
    return [this](const EngineChoice&,
                  const LoadProgress& progress,
                  const std::stop_token&) -> Result<std::shared_ptr<TextGenerator>> {
      if (!engine_problem.empty()) return fail(ErrorCode::kNotFound, engine_problem);
      for (const uint32_t percent : std::exchange(load_percents, {})) progress(percent);
      return std::shared_ptr<TextGenerator>(generator);
    };
  }

  [[nodiscard]] const std::vector<GenerationRequest>& requests() const {
    return generator->requests();
  }

  std::shared_ptr<FakeGenerator> generator = std::make_shared<FakeGenerator>(
      std::vector<std::string>{"self", ".items", ".append(item)"}, 8000);
  std::string engine_problem;
  std::vector<uint32_t> load_percents;  ///< of the next opening that succeeds
  FakeEditor editor;
  CompletionService service{editor, source()};
  Suggestions last;
  bool used_engine = false;
};

}  // namespace fimd::lsp
