#include "lsp/server.h"

#include <utility>

#include "engine/json/json_file.h"
#include "lsp/guard.h"
#include "lsp/protocol/window.h"
#include "lsp/suggestion_lists.h"

namespace fimd::lsp {
namespace {

MessageType type_of(LogLevel level) {
  switch (level) {
    case LogLevel::kError: return MessageType::kError;
    case LogLevel::kWarning: return MessageType::kWarning;
    case LogLevel::kInfo: return MessageType::kInfo;
    case LogLevel::kDebug: return MessageType::kLog;
  }
  return MessageType::kLog;
}

StatusKind kind_of(EditorStatus::Kind kind) {
  switch (kind) {
    case EditorStatus::Kind::kNormal: return StatusKind::kNormal;
    case EditorStatus::Kind::kWarning: return StatusKind::kWarning;
    case EditorStatus::Kind::kError: return StatusKind::kError;
    case EditorStatus::Kind::kInactive: return StatusKind::kInactive;
  }
  return StatusKind::kNormal;
}

std::optional<StatusState> state_of(EditorStatus::State state) {
  switch (state) {
    case EditorStatus::State::kUnknown: return std::nullopt;
    case EditorStatus::State::kLoading: return StatusState::kLoading;
    case EditorStatus::State::kReady: return StatusState::kReady;
    case EditorStatus::State::kWorking: return StatusState::kWorking;
    case EditorStatus::State::kFailed: return StatusState::kFailed;
  }
  return std::nullopt;
}

std::vector<std::string> uris_of(const std::vector<WorkspaceFolder>& folders) {
  std::vector<std::string> uris;
  uris.reserve(folders.size());
  for (const WorkspaceFolder& folder : folders) uris.push_back(folder.uri);
  return uris;
}

}  // namespace

Server::Server(ServerOptions options, MessageSink send)
    : options_(std::move(options)),
      peer_(std::make_shared<Peer>(std::move(send), options_.log)),
      dispatcher_(peer_),
      progress_(peer_),
      service_(options_.make_service(*this)),
      queue_(options_.log) {
  add_lifecycle();
  add_documents();
  add_suggestions();
  add_workspace();
}

int Server::end_of_input() {
  const bool said_goodbye = dispatcher_.phase() == Dispatcher::Phase::kShutDown;
  if (dispatcher_.phase() == Dispatcher::Phase::kRunning) {
    // Some editors end their servers without a word; what is to be kept is kept all the same.
    queue_.drain();
    run_guarded(options_.log, "the end of the session", [this] { service_->shut_down(); });
    dispatcher_.set_phase(Dispatcher::Phase::kShutDown);
  }
  return said_goodbye ? 0 : 1;
}

void Server::add_lifecycle() {
  dispatcher_.on(kInitialize, [this](const InitializeParams& params, const auto& reply) {
    initialize(params, reply);
  });
  dispatcher_.on(kInitialized, [this](const Nothing&) { initialized(); });
  dispatcher_.on(kShutdown, [this](const Nothing&, const auto& reply) { shut_down(reply); });
  dispatcher_.on(kExit, [this](const Nothing&) { exit_code_ = end_of_input(); });
  dispatcher_.on(kCancelRequest, [this](const CancelParams& params) { peer_->cancel(params.id); });
  dispatcher_.on(kSetTrace,
                 [this](const SetTraceParams& params) { peer_->set_trace(params.value); });
  dispatcher_.on(kProgressCancel,
                 [this](const WorkDoneProgressParams& params) { progress_.cancel(params.token); });
}

void Server::add_workspace() {
  dispatcher_.on(kDidChangeWorkspaceFolders, [this](const DidChangeWorkspaceFoldersParams& params) {
    service_->change_workspace(
        {.added = uris_of(params.added), .removed = uris_of(params.removed)});
  });
  dispatcher_.on(kDidChangeConfiguration, [this](const DidChangeConfigurationParams& params) {
    // A client that can be asked says here only that something changed.
    if (pulls_settings_) return pull_settings();
    apply_settings(params.settings);
  });
  dispatcher_.on(kExecuteCommand, [this](const ExecuteCommandParams& params, const auto& reply) {
    execute(params, reply);
  });
}

void Server::execute(const ExecuteCommandParams& params, const Reply<Nothing>& reply) {
  if (params.command != kAcceptCommand) {
    reply.fail(
        {rpc_code::kInvalidParams,
         "/params/command is " + quote(params.command) + ", expected " + quote(kAcceptCommand)});
  } else if (params.arguments.size() != 1 || !params.arguments[0].is_string()) {
    reply.fail({rpc_code::kInvalidParams, "/params/arguments is not the id of one suggestion"});
  } else {
    service_->accepted(params.arguments[0].get<std::string>());
    reply({});
  }
}

void Server::initialize(const InitializeParams& params, const Reply<InitializeResult>& reply) {
  if (dispatcher_.phase() != Dispatcher::Phase::kStarting) {
    reply.fail({rpc_code::kInvalidRequest, "initialize comes a second time"});
    return;
  }
  terms_ = negotiate(params.capabilities);
  client_process_ = params.process_id;
  pulls_settings_ = params.capabilities.configuration;
  has_editor_info_ = params.has_editor_info;
  initial_settings_ = flatten_settings(params.initialization_options);
  progress_.set_supported(params.capabilities.work_done_progress);
  peer_->set_trace(params.trace);

  SessionInfo session = {.position_encoding = terms_.position_encoding,
                         .client_name = params.client_name,
                         .client_version = params.client_version,
                         .locale = params.locale,
                         .workspace_uris = uris_of(params.workspace_folders),
                         .settings = initial_settings_};
  dispatcher_.set_phase(Dispatcher::Phase::kRunning);
  reply({.position_encoding = terms_.position_encoding,
         .offers_inline_completion = terms_.offers_inline_completion,
         .offers_completion = terms_.offers_completion,
         .commands = {std::string(kAcceptCommand)},
         .server_version = options_.version});
  may_notify_ = true;
  service_->start(session);
}

void Server::initialized() {
  if (!terms_.registrations.empty()) {
    peer_->request(kRegisterCapability,
                   {.registrations = terms_.registrations},
                   ResponseHandler<Nothing>([this](const auto& answer) {
                     if (answer) return;
                     log(LogLevel::kError, "the client refused: " + answer.error().message);
                   }));
  }
  if (pulls_settings_) return pull_settings();
  prepare();
}

void Server::prepare() {
  PreparationWork work = service_->prepare();
  if (!work) return;
  const auto stop = std::make_shared<std::stop_source>();
  queue_.submit({.document = "",  // of none: newer settings take its place
                 .run = [work = std::move(work), stop]() -> IdleJob {
                   work(stop->get_token());
                   return nullptr;
                 },
                 .give_up = [stop] { stop->request_stop(); }});
}

void Server::shut_down(const Reply<Nothing>& reply) {
  end_of_input();
  reply({});
}

void Server::pull_settings() {
  peer_->request(
      kConfiguration, {}, ResponseHandler<std::vector<Json>>([this](const auto& sections) {
        if (!sections) {
          log(LogLevel::kWarning, "no settings from the client: " + sections.error().message);
          return prepare();
        }
        apply_settings(sections->empty() ? Json() : sections->front());
      }));
}

void Server::apply_settings(const Json& tree) {
  Settings settings = flatten_settings(tree);
  settings.insert(initial_settings_.begin(), initial_settings_.end());
  queue_.interrupt();
  service_->configure(settings);
  prepare();
}

void Server::log(LogLevel level, const std::string& text) {
  options_.log(level, text);
}

void Server::tell(LogLevel level, const std::string& text) {
  log(level, text);
  if (level == LogLevel::kDebug) return;
  peer_->notify(kLogMessage, {.type = type_of(level), .message = text});
}

void Server::show(LogLevel level, const std::string& text) {
  log(level, text);
  peer_->notify(kShowMessage, {.type = type_of(level), .message = text});
}

void Server::set_status(EditorStatus status) {
  if (!may_notify_) return;
  StatusParams known = {
      .kind = kind_of(status.kind), .busy = status.busy, .message = std::move(status.message)};
  if (has_editor_info_) return peer_->notify(kDidChangeStatus, known);
  FimdStatusParams params = {.status = std::move(known),
                             .model = std::move(status.model),
                             .state = state_of(status.state),
                             .percent = status.percent,
                             .setting = std::move(status.setting)};
  if (status.silence) {
    params.silence = {.uri = std::move(status.silence->uri),
                      .reason = std::move(status.silence->reason),
                      .text = std::move(status.silence->text)};
  }
  peer_->notify(kFimdStatus, params);
}

std::unique_ptr<ProgressDisplay> Server::begin_progress(std::string title, bool cancellable) {
  return progress_.begin(std::move(title), cancellable);
}

}  // namespace fimd::lsp
