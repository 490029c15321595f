// The Service that completes: documents in, suggestions out (completion/completer.h).
//
//   reader's thread   documents; typed-along answers; the trigger policy; which neighbours count
//   worker            the engine: one request at a time, and what may be wanted next in idle time
//
// Files that hidden_files.h hides get no suggestions and are shown to no model. Whether a file is
// one is looked at when it is opened and saved, and when a file of rules above it is saved. Who
// asks for a suggestion in one is told why there is none, once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "completion/completer.h"
#include "completion/context/hidden_files.h"
#include "engine/text_generator.h"
#include "lsp/service.h"
#include "lsp/session_status.h"
#include "lsp/shared_generator.h"

namespace fimd::lsp {

/// The settings of section `fimd` (editors/README.md) that the server reads.
struct CompletionSettings {
  std::map<std::string, bool> enable;  ///< by language id; "*": all others but prose
  EngineChoice engine;
  CompleterOptions completer;
  bool automatic = true;  ///< false: only when the user asks
  bool neighbours = true;

  /// Values of the wrong type or out of range count as absent; `complain` gets a line for each.
  static CompletionSettings from(const Settings& settings,
                                 const std::function<void(const std::string&)>& complain);

  [[nodiscard]] bool enabled(std::string_view language_id) const;
};

/// Whether an editor's name of a language means text for people. It is off unless enabled by name.
bool is_prose(std::string_view language_id);

class CompletionService final : public Service {
 public:
  CompletionService(Editor& editor, GeneratorSource generators);
  ~CompletionService() override;

  /// How often the reader's thread had a text parsed, or tried to. For tests.
  [[nodiscard]] int64_t num_parses() const { return num_parses_; }

  void start(const SessionInfo& session) override;
  void configure(const Settings& settings) override;
  PreparationWork prepare() override;
  void open(OpenedDocument document) override;
  void change(const std::string& uri,
              int64_t version,
              const std::vector<DocumentEdit>& edits) override;
  void save(const std::string& uri) override;
  void close(const std::string& uri) override;
  [[nodiscard]] const std::string* text(const std::string& uri) const override;
  void focus(const std::string& uri) override;
  void change_workspace(const WorkspaceChange& change) override;
  std::variant<Suggestions, SuggestionWork> suggest(const SuggestionRequest& request) override;
  void shown(const std::string& suggestion_id) override;
  void accepted(const std::string& suggestion_id) override;
  void partially_accepted(const std::string& suggestion_id, const std::string& text) override;
  void shut_down() override;

 private:
  struct OpenFile {
    Document document;
    std::string language_id;
    std::string full_path;                ///< judged_path_of_uri()
    std::string notebook = {};            ///< its URI, of a cell; else empty
    std::optional<HiddenBecause> hidden;  ///< from models; absent: to be looked at
    bool told_why = false;                ///< the user knows why nothing is suggested
    int64_t recency = 0;
  };

  /// Of the last request that went to the worker: for idle work after typed-along answers, which
  /// gather none.
  struct ShownNeighbours {
    std::string uri;  ///< of the request's document
    Neighbours list;
  };

  /// A request with what the answer needs of it.
  struct Prepared {
    CompletionRequest request;
    EncodedPosition position;  ///< of the cursor, in the editor's document
    std::optional<SelectedEntry> selected;
    std::string word_before_cursor;
    /// Of a document that was not parsed: for idle work to bring up to its text.
    std::shared_ptr<SyntaxTree> unparsed;
  };

  /// The path that a prompt shows: below the innermost workspace folder, else the name.
  [[nodiscard]] std::string shown_path(const std::string& uri) const;
  HiddenBecause why_hidden(OpenFile& file);
  [[nodiscard]] HiddenBecause look_at(const OpenFile& file);
  void tell_why_hidden(OpenFile& file);
  /// What keeps the document in front silent, for the editor to show.
  void show_silence();
  [[nodiscard]] std::optional<Silence> silence_of(const std::string& uri);
  static Neighbour to_neighbour(OpenFile& file);
  void remember_closed(const std::string& uri, OpenFile& file);
  [[nodiscard]] Neighbours neighbours_of(const std::string& uri);
  Prepared prepare(OpenFile& file, const SuggestionRequest& request);
  void parse(OpenFile& file, Prepared& prepared);
  Result<Suggestions> work(const Prepared& prepared, const std::stop_token& stop);
  Result<std::shared_ptr<TextGenerator>> generator(const std::stop_token& stop);
  Result<std::shared_ptr<TextGenerator>> open_generator(const EngineChoice& choice,
                                                        const std::stop_token& stop);
  void show_problem(const std::string& problem);
  /// Measures model and machine, once for each choice, and lets prompts and answers go by it.
  void keep_pace(TextGenerator& engine, const std::stop_token& stop);
  [[nodiscard]] std::shared_ptr<Completer> completer() const;
  [[nodiscard]] Suggestions to_suggestions(const Prepared& prepared, const Completion& completion);
  [[nodiscard]] IdleWork idle_work(const Prepared& prepared, std::optional<Completion> completion);

  Editor& editor_;
  SessionStatus status_;
  const GeneratorSource generators_;
  PositionEncoding encoding_ = PositionEncoding::kUtf16;
  HiddenFiles hidden_files_;
  std::vector<std::string> roots_;           ///< real paths, without a slash at the end
  std::map<std::string, OpenFile> files_;    ///< by URI
  std::map<std::string, Neighbour> closed_;  ///< by URI: edited, and closed since
  std::string front_;  ///< the document in front: the last that got the focus or was asked for
  ShownNeighbours shown_neighbours_;
  int64_t clock_ = 0;  ///< counts what makes a file recent
  int64_t num_parses_ = 0;
  std::atomic<int64_t> last_id_ = 0;

  mutable std::mutex settings_mutex_;  ///< guards the next two, which workers read
  CompletionSettings settings_;
  std::shared_ptr<Completer> completer_;
  std::mutex engine_mutex_;             ///< guards the next four
  std::optional<EngineChoice> opened_;  ///< what the status says is ready
  std::vector<std::string> languages_;  ///< of the model that is ready; empty: any
  std::optional<Pace> pace_;            ///< of what is ready; absent: not measured
  std::string shown_problem_;           ///< of the engine: shown to the user once
};

}  // namespace fimd::lsp
