#include "completion/completer.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string_view>
#include <utility>

#include "completion/context/secrets.h"
#include "completion/postprocess/decode_watch.h"
#include "completion/postprocess/postprocess.h"
#include "completion/syntax/text_lines.h"
#include "engine/utf8.h"

namespace fimd {
namespace {

using enum SuggestionCache::Extent;

/// For the tree of a text that may never be the document's.
constexpr std::chrono::milliseconds kSpeculativeParseTime{20};

/// 1 / this of the model's context stays free, because a prompt's tokens are a sum over its parts
/// (fim_window.h), and a word that the cursor splits has one more.
constexpr int64_t kMarginShare = 32;

const std::vector<Neighbour>& neighbours_of(const CompletionRequest& request) {
  static const std::vector<Neighbour> kNone;
  return request.neighbours == nullptr ? kNone : *request.neighbours;
}

/// The document with `completion` inserted, the cursor behind it.
CompletionRequest inserted(const CompletionRequest& request, const Completion& completion) {
  const DocumentSnapshot& old = request.document;
  CompletionRequest next = request;
  next.trigger = TriggerKind::kAutomatic;
  std::string text = *old.text;
  text.replace(request.cursor.value, completion.end.value - request.cursor.value, completion.text);
  next.document.text = std::make_shared<const std::string>(std::move(text));
  SyntaxTree tree(old.view());
  tree.edit(*old.text, {request.cursor, completion.end}, completion.text);
  const auto deadline = std::chrono::steady_clock::now() + kSpeculativeParseTime;
  const bool parsed = tree.parse(*next.document.text, {.deadline = deadline});
  next.document.tree = parsed ? tree.snapshot() : nullptr;
  next.cursor = {request.cursor.value + completion.text.size()};
  next.hole_end = next.cursor;
  return next;
}

/// The line end and the indentation that an editor types for the user behind `request.cursor`.
std::string next_line(const CompletionRequest& request) {
  const std::string_view line = line_at(*request.document.text, request.cursor.value);
  const size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
  return "\n" + std::string(line.substr(0, blanks));
}

/// What is done in `seconds`, at least `least` and at most `most`.
int64_t in_time(double tokens_per_s, double seconds, int64_t least, int64_t most) {
  const double tokens = std::min(tokens_per_s * seconds, static_cast<double>(most));
  return std::min(std::max(static_cast<int64_t>(tokens), least), most);
}

}  // namespace

int64_t prompt_budget(const CompleterOptions& options) {
  if (!options.pace) return options.prompt_tokens;
  return in_time(
      options.pace->read_tokens_per_s, kReadSeconds, kLeastPromptTokens, options.prompt_tokens);
}

int32_t answer_budget(const CompleterOptions& options, TriggerKind trigger) {
  if (!options.pace || trigger == TriggerKind::kManual) return options.max_tokens;
  return static_cast<int32_t>(
      in_time(options.pace->write_tokens_per_s, kWriteSeconds, kLeastTokens, options.max_tokens));
}

std::optional<Completion> Completer::typed_along(const CompletionRequest& request) const {
  const bool by_hand = request.trigger == TriggerKind::kManual;
  return suggestions_.find(
      request.document.uri, *request.document.text, request.cursor, by_hand ? kWhole : kCut);
}

TriggerDecision Completer::decide(const CompletionRequest& request) const {
  TriggerDecision decision =
      decide_trigger(request.document.view(), request.cursor, request.trigger, options_.trigger);
  decision.multi_line = decision.multi_line && options_.multi_line;
  return decision;
}

Site Completer::site_of(const CompletionRequest& request) const {
  return {.view = request.document.view(),
          .cursor = request.cursor,
          .hole_end = request.hole_end,
          .multi_line = decide(request).multi_line,
          .indentation =
              detect_indentation(*request.document.text, request.cursor, request.indentation)};
}

Result<Completer::Asked> Completer::ask(const CompletionRequest& request,
                                        const GeneratorInfo& info,
                                        Turn turn,
                                        TextGenerator& generator,
                                        const std::stop_token& stop) {
  const int64_t room = info.context_tokens - info.overhead_tokens - options_.max_tokens;
  if (room < 1) {
    return fail(ErrorCode::kInvalidInput,
                "max_tokens is " + std::to_string(options_.max_tokens) +
                    ", which leaves no room for a prompt: the model's context has " +
                    std::to_string(info.context_tokens) + " tokens");
  }
  const Site site = site_of(request);
  const WindowRequest window_request = {
      .document = request.document,
      .site = site,
      .neighbours = neighbours_of(request),
      .budget_tokens = std::min(prompt_budget(options_), room - room / kMarginShare),
      .renews = turn.renews};
  FIMD_TRY(WindowPrompt window,
           windows_.prompt_for(window_request, [&](std::span<const std::string_view> pieces) {
             return generator.count_tokens(pieces, stop);
           }));
  const bool may_drift = request.trigger == TriggerKind::kAutomatic && window.continues;
  GenerationRequest generation = {.prompt = std::move(window.prompt),
                                  .heal = true,
                                  .max_drift_tokens = may_drift ? kMaxDriftTokens : 0,
                                  .sampling = options_.sampling,
                                  .stop = {.max_tokens = answer_budget(options_, request.trigger),
                                           .max_lines = options_.max_lines},
                                  .priority = turn.priority};
  return Asked{site, std::move(generation), std::move(window)};
}

Result<CompletionOutcome> Completer::answer(const CompletionRequest& request,
                                            const Asked& asked,
                                            TextGenerator& generator,
                                            const std::stop_token& stop) {
  SiteBrackets brackets(asked.site);
  DecodeWatch watch(brackets);
  std::optional<size_t> end;
  const auto sink = [&](std::string_view piece) {
    if (!end) end = watch.push(piece);
    return !end;
  };
  FIMD_TRY(const GenerationResult result, generator.generate(asked.generation, sink, stop));
  std::string_view decoded =
      std::string_view(watch.text()).substr(0, end.value_or(std::string_view::npos));
  // What the model wrote there was no text.
  decoded = decoded.substr(0, decoded.find(kReplacementCharacter));

  CompletionOutcome outcome = {
      .cost = {.prompt_tokens = result.prompt_tokens,
               .computed_tokens = result.prompt_tokens - result.cached_tokens,
               .drift_tokens = result.drift_tokens,
               .completion_tokens = result.completion_tokens},
      .finish_reason = result.finish_reason};
  auto ready = postprocess(brackets, decoded);
  // Who asks gets an answer even if the file then does not parse: without a tree nobody looks.
  if (!ready && request.trigger == TriggerKind::kManual) {
    Site lenient = asked.site;
    lenient.view.tree = nullptr;
    ready = postprocess(lenient, decoded);
  }
  if (ready && !has_masked_run(ready->text, *request.document.text)) {
    outcome.completion = *std::move(ready);
    const bool is_cut = result.finish_reason == FinishReason::kLength &&
                        asked.generation.stop.max_tokens < options_.max_tokens;
    suggestions_.store(request.document.uri,
                       *request.document.text,
                       request.cursor,
                       *outcome.completion,
                       is_cut ? kCut : kWhole);
  }
  return outcome;
}

Result<CompletionOutcome> Completer::complete(const CompletionRequest& request,
                                              TextGenerator& generator,
                                              const std::stop_token& stop) {
  const std::string& uri = request.document.uri;
  const bool by_hand = request.trigger == TriggerKind::kManual;
  const bool says_nothing = is_blank(*request.document.text) && neighbours_of(request).empty();
  if (says_nothing) return CompletionOutcome{};
  FIMD_TRY(const GeneratorInfo info, generator.info(stop));
  if (!by_hand && !is_named(request.document.view().language, info.languages)) {
    return CompletionOutcome{};
  }
  const Priority priority = by_hand ? Priority::kAsked : Priority::kKey;
  FIMD_TRY(const Asked asked, ask(request, info, {.priority = priority}, generator, stop));
  windows_.keep(uri, asked.window);
  Result<CompletionOutcome> outcome = answer(request, asked, generator, stop);
  // What was cancelled may have left rows of any drift that it allowed.
  const bool drifted =
      outcome ? outcome->cost.drift_tokens > 0 : asked.generation.max_drift_tokens > 0;
  windows_.set_drifted(uri, drifted);
  return outcome;
}

Status Completer::speculate(const CompletionRequest& request,
                            const Completion& completion,
                            TextGenerator& generator,
                            const std::stop_token& stop) {
  CompletionRequest next = inserted(request, completion);
  // Behind a finished statement comes the next line.
  if (!decide(next).wanted) next = inserted(next, {next_line(next), next.cursor});
  if (typed_along(next)) return {};
  if (!decide(next).wanted) return {};
  // Its window is not kept: the text may never be the document's.
  FIMD_TRY(const GeneratorInfo info, generator.info(stop));
  FIMD_TRY(const Asked asked, ask(next, info, {.priority = Priority::kIdle}, generator, stop));
  FIMD_TRY_STATUS(answer(next, asked, generator, stop));
  return {};
}

Status Completer::refresh(const CompletionRequest& request,
                          TextGenerator& generator,
                          const std::stop_token& stop) {
  const std::string& uri = request.document.uri;
  if (!windows_.contains(uri)) return {};
  const Site site = {
      .view = request.document.view(), .cursor = request.cursor, .hole_end = request.hole_end};
  const bool is_exact = !windows_.has_drifted(uri);
  if (is_exact && windows_.follow(request.document, site, neighbours_of(request))) return {};
  FIMD_TRY(const GeneratorInfo info, generator.info(stop));
  FIMD_TRY(Asked asked,
           ask(request, info, {.priority = Priority::kIdle, .renews = true}, generator, stop));
  if (asked.window.is_new || windows_.has_drifted(uri)) {
    asked.generation.max_drift_tokens = 0;
    asked.generation.stop.max_tokens = 1;
    FIMD_TRY_STATUS(generator.generate(asked.generation, {}, stop));
    windows_.set_drifted(uri, false);
  }
  // Only now: a key that comes before the engine is ready goes on with the old window.
  windows_.keep(uri, asked.window);
  return {};
}

}  // namespace fimd
