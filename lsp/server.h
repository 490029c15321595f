// One session with an editor: what each message means, without bytes below and suggestions above.
//
//   transport --bodies--> Server --plain structs--> Service
//             <--bodies--        <--Suggestions----
//
// 1. Every request is answered, each exactly once. An inline completion is answered with an empty
//    list when it is superseded, too late or failed: editors show errors, and null would leave an
//    old suggestion on the screen. Only a cancellation by id is an error, as the protocol has it.
// 2. A request sees the document as the messages before it left it: its snapshot is taken while it
//    is read.
// 3. Before the reply to initialize no request and no status is sent; then the service starts.
//
// Thread: receive(), receive_garbage(), exit_code() and end_of_input() on one thread, the reader's.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/dispatcher.h"
#include "lsp/negotiation.h"
#include "lsp/peer.h"
#include "lsp/progress.h"
#include "lsp/protocol/completion.h"
#include "lsp/protocol/inline_completion.h"
#include "lsp/protocol/text_document.h"
#include "lsp/service.h"
#include "lsp/work_queue.h"

namespace fimd::lsp {

/// More than any editor keeps open; a document past it gets no suggestions.
inline constexpr size_t kMaxOpenDocuments = 10'000;

struct ServerOptions {
  std::string version;  ///< of fimd, for the client to show
  LogSink log;
  ServiceFactory make_service;
};

class Server : private Editor {
 public:
  Server(ServerOptions options, MessageSink send);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() override = default;

  /// Starts the worker. Without it, the next two do its work.
  void start() { queue_.start(); }

  bool run_next() { return queue_.run_next(); }

  bool run_idle() { return queue_.run_idle(); }

  /// Handles one message.
  void receive(std::string_view body) { dispatcher_.receive(body); }

  /// Answers what was not even a message.
  void receive_garbage(const std::string& problem) { dispatcher_.receive_garbage(problem); }

  /// The status to exit with, once the client asked for it.
  [[nodiscard]] std::optional<int> exit_code() const { return exit_code_; }

  /// The client's own, once it has said which it is.
  [[nodiscard]] std::optional<int64_t> client_process() const { return client_process_; }

  /// The client is gone. Returns the status to exit with: 1 when it did not say good-bye.
  int end_of_input();

  /// The methods that have a handler, sorted.
  [[nodiscard]] std::vector<std::string_view> methods() const { return dispatcher_.methods(); }

 private:
  void log(LogLevel level, const std::string& text) override;
  void tell(LogLevel level, const std::string& text) override;
  void show(LogLevel level, const std::string& text) override;
  void set_status(EditorStatus status) override;
  std::unique_ptr<ProgressDisplay> begin_progress(std::string title, bool cancellable) override;

  void add_lifecycle();
  void add_documents();
  void add_suggestions();
  void add_workspace();

  void initialize(const InitializeParams& params, const Reply<InitializeResult>& reply);
  void initialized();
  void shut_down(const Reply<Nothing>& reply);

  void execute(const ExecuteCommandParams& params, const Reply<Nothing>& reply);
  void prepare();
  void pull_settings();
  void apply_settings(const Json& tree);

  void open(const DidOpenParams& params);
  void change(const DidChangeParams& params);
  void close(const DidCloseParams& params);
  /// Whether `uri` is open; logs that `method` is ignored when it is not.
  bool is_open(const std::string& uri, std::string_view method);

  /// A request of either method.
  struct Asked {
    TextDocumentIdentifier document;
    SuggestionRequest request;
    std::function<void(const Suggestions&)> answer;
    std::function<void()> request_stop;
    std::stop_token stop;
  };

  void inline_completion(const InlineCompletionParams& params,
                         const Reply<InlineCompletionList>& reply);
  void completion(const CompletionParams& params, const Reply<CompletionList>& reply);
  void suggest(Asked asked);

  const ServerOptions options_;
  const std::shared_ptr<Peer> peer_;
  Dispatcher dispatcher_;
  ProgressBoard progress_;

  SessionTerms terms_;
  bool pulls_settings_ = false;
  bool has_editor_info_ = false;
  Settings initial_settings_;
  std::optional<int64_t> client_process_;
  /// Of the open documents, by URI; absent: the client does not say.
  std::map<std::string, std::optional<int64_t>> versions_;
  std::optional<int> exit_code_;

  std::atomic<bool> may_notify_ = false;  ///< initialize is answered

  std::unique_ptr<Service> service_;  ///< after what it may call
  WorkQueue queue_;                   ///< last: its work stops before what it uses goes
};

}  // namespace fimd::lsp
