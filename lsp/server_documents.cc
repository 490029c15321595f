#include <utility>

#include "lsp/protocol/checksum.h"
#include "lsp/server.h"
#include "lsp/suggestion_lists.h"

namespace fimd::lsp {

void Server::add_documents() {
  dispatcher_.on(kDidOpen, [this](const DidOpenParams& params) { open(params); });
  dispatcher_.on(kDidChange, [this](const DidChangeParams& params) { change(params); });
  dispatcher_.on(kDidSave, [this](const DidSaveParams& params) {
    if (is_open(params.uri, kDidSave.name)) service_->save(params.uri);
  });
  dispatcher_.on(kDidClose, [this](const DidCloseParams& params) { close(params); });
  dispatcher_.on(kChecksum, [this](const ChecksumParams& params, const auto& reply) {
    const std::string* text = service_->text(params.uri);
    reply(text == nullptr ? std::nullopt : std::optional(checksum_of(*text)));
  });
  const auto focus = [this](const DidFocusParams& params) { service_->focus(params.uri); };
  dispatcher_.on(kDidFocus, focus);
  dispatcher_.on(kFimdDidFocus, focus);
}

bool Server::is_open(const std::string& uri, std::string_view method) {
  if (versions_.contains(uri)) return true;
  log(LogLevel::kWarning, std::string(method) + " ignored: " + uri + " is not open");
  return false;
}

void Server::open(const DidOpenParams& params) {
  if (versions_.contains(params.uri)) {
    log(LogLevel::kWarning, params.uri + " is opened a second time; the new text counts");
    close({.uri = params.uri});
  }
  if (versions_.size() == kMaxOpenDocuments) {
    return log(
        LogLevel::kError,
        params.uri + " is ignored: " + std::to_string(kMaxOpenDocuments) + " documents are open");
  }
  queue_.interrupt();
  versions_[params.uri] = params.version;
  service_->open({.uri = params.uri,
                  .language_id = params.language_id,
                  .version = params.version.value_or(0),
                  .text = params.text});
}

void Server::change(const DidChangeParams& params) {
  if (!is_open(params.uri, kDidChange.name)) return;
  queue_.interrupt();
  std::optional<int64_t>& version = versions_[params.uri];
  // The stream keeps its order, so the text is right whatever the number says.
  if (params.version && version && *params.version <= *version) {
    log(LogLevel::kWarning,
        params.uri + " changes from version " + std::to_string(*version) + " to " +
            std::to_string(*params.version));
  }
  version = params.version;
  std::vector<DocumentEdit> edits;
  for (const ContentChange& change : params.changes) {
    edits.push_back({.range = change.range, .text = change.text});
  }
  service_->change(params.uri, params.version.value_or(0), edits);
}

void Server::close(const DidCloseParams& params) {
  if (!is_open(params.uri, kDidClose.name)) return;
  queue_.interrupt();
  queue_.cancel(params.uri);
  versions_.erase(params.uri);
  service_->close(params.uri);
}

void Server::add_suggestions() {
  dispatcher_.on(kInlineCompletion,
                 [this](const InlineCompletionParams& params, const auto& reply) {
                   inline_completion(params, reply);
                 });
  dispatcher_.on(kCompletion, [this](const CompletionParams& params, const auto& reply) {
    completion(params, reply);
  });
  const auto shown = [this](const DidShowCompletionParams& params) {
    if (!params.suggestion_id.empty()) service_->shown(params.suggestion_id);
  };
  dispatcher_.on(kDidShowCompletion, shown);
  dispatcher_.on(kFimdDidShowCompletion, shown);
  const auto partial = [this](const DidPartiallyAcceptCompletionParams& params) {
    if (params.suggestion_id.empty()) return;
    const std::string_view accepted =
        first_units(params.insert_text, params.accepted_units, PositionEncoding::kUtf16);
    service_->partially_accepted(params.suggestion_id, std::string(accepted));
  };
  dispatcher_.on(kDidPartiallyAcceptCompletion, partial);
  dispatcher_.on(kFimdDidPartiallyAcceptCompletion, partial);
}

void Server::inline_completion(const InlineCompletionParams& params,
                               const Reply<InlineCompletionList>& reply) {
  SuggestionRequest request = {
      .uri = params.document.uri, .position = params.position, .invoked = params.invoked};
  if (params.selected) {
    request.selected = {.range = params.selected->range, .text = params.selected->text};
  }
  if (params.formatting) {
    if (params.formatting->tab_size > 0) request.tab_columns = params.formatting->tab_size;
    request.insert_spaces = params.formatting->insert_spaces;
  }
  if (params.work_done_token) {
    std::shared_ptr<ProgressDisplay> shown =
        progress_.begin_on(*params.work_done_token, "fimd: completing");
    reply.before_answer([shown = std::move(shown)]() mutable { shown.reset(); });
  }
  suggest({.document = params.document,
           .request = request,
           .answer = [reply,
                      request](const Suggestions& found) { reply(to_inline_list(found, request)); },
           .request_stop = [reply] { reply.request_stop(); },
           .stop = reply.stop_token()});
}

void Server::completion(const CompletionParams& params, const Reply<CompletionList>& reply) {
  const SuggestionRequest request = {
      .uri = params.document.uri, .position = params.position, .invoked = params.invoked};
  suggest(
      {.document = params.document,
       .request = request,
       .answer = [reply, request, encoding = terms_.position_encoding](
                     const Suggestions& found) { reply(to_popup_list(found, request, encoding)); },
       .request_stop = [reply] { reply.request_stop(); },
       .stop = reply.stop_token()});
}

void Server::suggest(Asked asked) {
  const std::string uri = asked.request.uri;
  if (!is_open(uri, "a request for suggestions")) return asked.answer({});
  queue_.interrupt();
  // The request before this one is of no use any more, whatever this one needs.
  queue_.cancel(uri);
  const std::optional<int64_t>& version = versions_[uri];
  if (asked.document.version && version && *asked.document.version != *version) {
    return asked.answer({});
  }
  auto prepared = service_->suggest(asked.request);
  if (auto* ready = std::get_if<Suggestions>(&prepared)) {
    asked.answer(*ready);
    return queue_.when_idle(std::move(ready->idle_work));
  }

  auto run = [this,
              work = std::get<SuggestionWork>(std::move(prepared)),
              answer = asked.answer,
              stop = asked.stop]() -> IdleJob {
    if (stop.stop_requested()) return nullptr;
    Result<Suggestions> found = work(stop);
    if (!found && found.error().code != ErrorCode::kCancelled) {
      log(LogLevel::kWarning, "no suggestion: " + found.error().message);
    }
    answer(found ? *found : Suggestions{});
    return found ? std::move(found->idle_work) : nullptr;
  };
  queue_.submit({.document = uri,
                 .run = std::move(run),
                 .give_up = [answer = asked.answer, request_stop = asked.request_stop] {
                   answer({});
                   request_stop();
                 }});
}

}  // namespace fimd::lsp
