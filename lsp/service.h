// What the protocol layer needs from whoever makes suggestions, and what it offers in return.
//
// The two sides share documents, positions and plain structs; neither JSON nor a method's name gets
// through. Positions are in the encoding that start() announces. The server has checked what the
// protocol can check: a document is open exactly between open() and close(), and every id that
// comes back was given out, or is unknown.
//
// Thread: a Service is called on the reader's thread, in the order of the messages, and must not
// block it; only the work that suggest() returns, and the idle work of its answer, run on the
// worker, one at a time. An Editor is safe anywhere, for as long as the service lives.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "completion/edited_text.h"
#include "kernels/base/result.h"
#include "lsp/log.h"
#include "lsp/settings.h"

namespace fimd::lsp {

struct SessionInfo {
  PositionEncoding position_encoding = PositionEncoding::kUtf16;
  std::string client_name;  ///< empty when unknown, as the two that follow
  std::string client_version;
  std::string locale;
  std::vector<std::string> workspace_uris;
  Settings settings;
};

/// Folders that the user opened and closed, as URIs.
struct WorkspaceChange {
  std::vector<std::string> added;
  std::vector<std::string> removed;
};

struct OpenedDocument {
  std::string uri;
  std::string language_id;
  int64_t version = 0;
  std::string text;
};

/// Replaces `range`, or the whole text without one.
struct DocumentEdit {
  std::optional<EncodedRange> range;
  std::string text;
};

/// An entry of the editor's own popup: a suggestion must replace its range and begin with its text.
struct SelectedEntry {
  EncodedRange range;
  std::string text;
};

struct SuggestionRequest {
  std::string uri;
  EncodedPosition position;
  bool invoked = false;  ///< by the user, who always wants an answer
  std::optional<SelectedEntry> selected;
  std::optional<uint32_t> tab_columns;  ///< when the client says
  std::optional<bool> insert_spaces;
};

struct Suggestion {
  std::string id;      ///< unique in the session; comes back when it is shown or accepted
  EncodedRange range;  ///< on the cursor's line, around the cursor; what the text replaces
  std::string text;
};

/// Prepares what may be wanted next. Runs on the worker when nothing else does, and returns soon
/// after a stop is requested, unless it opens the model: edits, opened and closed documents,
/// requests for suggestions and changes of settings request it.
using IdleWork = std::function<void(const std::stop_token& stop)>;

struct Suggestions {
  std::vector<Suggestion> items;
  std::string word_before_cursor;  ///< the identifier that the cursor is at the end of
  IdleWork idle_work;              ///< for after the answer; may be empty
};

/// Runs on the worker. Returns soon after a stop is requested, unless it opens the model; what it
/// then returns counts for nothing.
using SuggestionWork = std::function<Result<Suggestions>(std::stop_token stop)>;

using PreparationWork = std::function<void(const std::stop_token& stop)>;

class Service {
 public:
  virtual ~Service() = default;

  virtual void start(const SessionInfo& session) = 0;
  virtual void configure(const Settings& settings) = 0;
  /// Opens what the first request will need, once the settings are known; may be empty. The work
  /// runs on the worker and returns soon after a stop is requested, unless it opens the model.
  virtual PreparationWork prepare() = 0;
  virtual void change_workspace(const WorkspaceChange& change) = 0;

  virtual void open(OpenedDocument document) = 0;
  /// The edits apply one after another.
  virtual void change(const std::string& uri,
                      int64_t version,
                      const std::vector<DocumentEdit>& edits) = 0;
  virtual void save(const std::string& uri) = 0;
  virtual void close(const std::string& uri) = 0;
  /// What is held of the document; null: nothing. Valid until the next call.
  [[nodiscard]] virtual const std::string* text(const std::string& uri) const = 0;
  /// `uri` is empty when no document has the focus, and may be of one that is not open.
  virtual void focus(const std::string& uri) = 0;

  /// Takes its snapshot of the document now, and answers at once or leaves the rest to the worker.
  virtual std::variant<Suggestions, SuggestionWork> suggest(const SuggestionRequest& request) = 0;

  virtual void shown(const std::string& suggestion_id) = 0;
  virtual void accepted(const std::string& suggestion_id) = 0;
  /// `text` is what was inserted so far: the beginning of the suggestion.
  virtual void partially_accepted(const std::string& suggestion_id, const std::string& text) = 0;

  /// The session ends; what is to be kept must be kept when this returns.
  virtual void shut_down() = 0;
};

/// Why a document gets no suggestions, unless by hand.
struct Silence {
  std::string uri;
  std::string reason;  ///< a word of docs/protocol.md
  std::string text;    ///< a sentence for the user
  bool operator==(const Silence&) const = default;
};

struct EditorStatus {
  enum class Kind { kNormal, kWarning, kError, kInactive };
  enum class State { kUnknown, kLoading, kReady, kWorking, kFailed };
  Kind kind = Kind::kNormal;
  bool busy = false;
  std::string message;
  std::string model;  ///< its name; empty: unknown
  State state = State::kUnknown;
  std::optional<uint32_t> percent = {};  ///< of loading
  std::string setting = {};              ///< what to change after a failure, as the client calls it
  std::optional<Silence> silence = {};   ///< of the document in front
  bool operator==(const EditorStatus&) const = default;
};

/// Something that takes long, shown by the editor until this goes. Thread: safe.
class ProgressDisplay {
 public:
  virtual ~ProgressDisplay() = default;

  virtual void report(const std::string& message, std::optional<uint32_t> percentage) = 0;

  /// Requested when the user presses the editor's button.
  [[nodiscard]] virtual std::stop_token stop_token() const = 0;
};

class Editor {
 public:
  virtual ~Editor() = default;

  /// To the log on our side.
  virtual void log(LogLevel level, const std::string& text) = 0;
  /// To the editor's log (kDebug stays on our side).
  virtual void tell(LogLevel level, const std::string& text) = 0;
  /// In the user's face: for what the user must act on, once.
  virtual void show(LogLevel level, const std::string& text) = 0;
  /// Before start() it is not sent; nor is progress shown.
  virtual void set_status(EditorStatus status) = 0;
  virtual std::unique_ptr<ProgressDisplay> begin_progress(std::string title, bool cancellable) = 0;
};

using ServiceFactory = std::function<std::unique_ptr<Service>(Editor& editor)>;

}  // namespace fimd::lsp
