#include "tests/lsp/fake_service.h"

#include <utility>

#include "kernels/base/check.h"

namespace fimd::lsp {
namespace {

std::string name_of(PositionEncoding encoding) {
  switch (encoding) {
    case PositionEncoding::kUtf8: return "utf-8";
    case PositionEncoding::kUtf16: return "utf-16";
    case PositionEncoding::kUtf32: return "utf-32";
  }
  return "";
}

struct ShowValue {
  std::string operator()(bool value) const { return value ? "true" : "false"; }

  std::string operator()(const std::string& value) const { return value; }

  std::string operator()(const std::vector<std::string>& value) const {
    return std::to_string(value.size()) + " strings";
  }

  std::string operator()(auto value) const { return std::to_string(value); }
};

std::string show(const Settings& settings) {
  std::string text;
  for (const auto& [name, value] : settings) {
    text += " " + name + "=" + std::visit(ShowValue{}, value);
  }
  return text;
}

/// Line ends as letters, so that a call is one line.
std::string escape(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
    } else if (c == '\r') {
      escaped += "\\r";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

void FakeService::start(const SessionInfo& session) {
  encoding_ = session.position_encoding;
  std::string call = "start " + name_of(encoding_) + " client=" + session.client_name;
  for (const std::string& uri : session.workspace_uris) call += " workspace=" + uri;
  calls_.push_back(call + show(session.settings));
}

void FakeService::change_workspace(const WorkspaceChange& change) {
  std::string call = "change workspace";
  for (const std::string& uri : change.removed) call += " -" + uri;
  for (const std::string& uri : change.added) call += " +" + uri;
  calls_.push_back(call);
}

void FakeService::configure(const Settings& settings) {
  calls_.push_back("configure" + show(settings));
}

void FakeService::open(OpenedDocument document) {
  calls_.push_back("open " + document.uri + " " + document.language_id + " " +
                   std::to_string(document.version) + " " + escape(document.text));
  auto text = EditedText::create(std::move(document.text), encoding_);
  FIMD_CHECK(text.has_value());
  documents_.insert_or_assign(document.uri, *std::move(text));
}

void FakeService::change(const std::string& uri,
                         int64_t version,
                         const std::vector<DocumentEdit>& edits) {
  EditedText& text = documents_.at(uri);
  for (const DocumentEdit& edit : edits) {
    const bool ok = edit.range ? text.replace(*edit.range, edit.text).has_value()
                               : (text = EditedText::create(edit.text, encoding_).value(), true);
    FIMD_CHECK(ok);
  }
  calls_.push_back("change " + uri + " " + std::to_string(version) + " " + escape(text.text()));
}

const std::string* FakeService::text(const std::string& uri) const {
  const auto document = documents_.find(uri);
  return document == documents_.end() ? nullptr : &document->second.text();
}

void FakeService::close(const std::string& uri) {
  calls_.push_back("close " + uri);
  documents_.erase(uri);
}

void FakeService::focus(const std::string& uri) {
  calls_.push_back("focus " + (uri.empty() ? "none" : uri));
  if (uri == "fake:status") {
    editor_.set_status({.kind = EditorStatus::Kind::kWarning, .busy = true, .message = "loading"});
  } else if (uri == "fake:full-status") {
    editor_.set_status({.kind = EditorStatus::Kind::kInactive,
                        .message = "it is ignored",
                        .model = "m",
                        .state = EditorStatus::State::kLoading,
                        .percent = 40,
                        .setting = "fimd.model",
                        .silence = Silence{"file:///a.py", "ignored", "it is ignored"}});
  } else if (uri == "fake:tell") {
    editor_.tell(LogLevel::kInfo, "for the log");
  } else if (uri == "fake:show") {
    editor_.show(LogLevel::kError, "for the user");
  } else if (uri == "fake:progress") {
    progress_ = editor_.begin_progress("loading", /*cancellable=*/true);
    progress_->report("half", 50);
  } else if (uri == "fake:progress-check") {
    calls_.push_back(progress_->stop_token().stop_requested() ? "stop" : "go on");
  } else if (uri == "fake:progress-end") {
    progress_ = nullptr;
  }
}

std::variant<Suggestions, SuggestionWork> FakeService::suggest(const SuggestionRequest& request) {
  calls_.push_back("suggest " + request.uri + " " + std::to_string(request.position.line) + ":" +
                   std::to_string(request.position.character) +
                   (request.invoked ? " invoked" : " automatic") +
                   (request.tab_columns ? " tab=" + std::to_string(*request.tab_columns) : ""));
  const auto asked = [&](const char* word) { return request.uri.find(word) != std::string::npos; };
  // An exception of a library stands for any bug.
  if (asked("throwing-now")) documents_.at("no such document");
  Suggestions found = {.word_before_cursor = asked("word") ? "ret" : ""};
  Suggestion suggestion = {.id = "s" + std::to_string(++num_suggestions_),
                           .range = {request.position, request.position},
                           .text = asked("lines") ? "if x:\r\n    y()" : "done()"};
  if (request.selected) {
    suggestion.range = request.selected->range;
    suggestion.text = request.selected->text + "()";
  }
  if (asked("stray")) ++suggestion.range.end.line;
  found.items.push_back(suggestion);
  if (asked("instant")) return found;
  if (asked("failing")) {
    return [](const std::stop_token&) -> Result<Suggestions> {
      return fail(ErrorCode::kIo, "the engine is gone");
    };
  }
  if (asked("cancelled")) {
    return [](const std::stop_token&) -> Result<Suggestions> {
      return fail(ErrorCode::kCancelled, "stopped");
    };
  }
  if (asked("throwing")) {
    return [this](const std::stop_token&) -> Result<Suggestions> {
      documents_.at("no such document");
      return Suggestions{};
    };
  }
  return [found](const std::stop_token&) -> Result<Suggestions> { return found; };
}

void FakeService::partially_accepted(const std::string& id, const std::string& text) {
  calls_.push_back("partially accepted " + id + " " + text);
}

}  // namespace fimd::lsp
