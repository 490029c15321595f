#include "completion/completer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "completion/postprocess/decode_watch.h"
#include "completion/postprocess/postprocess.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

/// For the tree of a text that may never be the document's.
constexpr std::chrono::milliseconds kSpeculativeParseTime{20};

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

}  // namespace

std::optional<Completion> Completer::typed_along(const std::string& uri,
                                                 std::string_view text,
                                                 ByteOffset cursor) const {
  return suggestions_.find(uri, text, cursor);
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

Result<GenerationRequest> Completer::generation_for(const CompletionRequest& request,
                                                    const Site& site,
                                                    TextGenerator& generator,
                                                    bool keep_anchor) {
  const int64_t room =
      generator.context_tokens() - generator.prompt_overhead_tokens() - options_.max_tokens;
  // What was typed is beyond the budget: as many tokens as bytes at worst.
  const int64_t max_typed = std::min<int64_t>(kMaxTypedBytes, room / 2);
  if (max_typed < 1) {
    return fail(ErrorCode::kInvalidInput,
                "max_tokens is " + std::to_string(options_.max_tokens) +
                    ", which leaves no room for a prompt: the model's context has " +
                    std::to_string(generator.context_tokens()) + " tokens");
  }
  const PromptRequest prompt_request = {
      .document = request.document,
      .site = site,
      .neighbours = request.neighbours,
      .budget_tokens = std::min(options_.prompt_tokens, room - max_typed),
      .max_typed_bytes = static_cast<size_t>(max_typed),
      .keep = keep_anchor};
  FIMD_TRY(AnchoredPrompt prompt,
           anchors_.prompt_for(prompt_request, [&generator](std::string_view text) {
             return generator.count_tokens(text);
           }));
  return GenerationRequest{
      .prompt = std::move(prompt.prompt),
      .suffix = std::move(prompt.suffix),
      .middle = std::move(prompt.middle),
      .sampling = options_.sampling,
      .stop = {.max_tokens = options_.max_tokens, .max_lines = options_.max_lines}};
}

Result<CompletionOutcome> Completer::run(const CompletionRequest& request,
                                         TextGenerator& generator,
                                         const std::stop_token& stop,
                                         bool keep_anchor) {
  const Site site = site_of(request);
  FIMD_TRY(const GenerationRequest generation,
           generation_for(request, site, generator, keep_anchor));
  const DecodeWatch watch(site);
  std::string decoded;
  const auto sink = [&](std::string_view piece) {
    decoded += piece;
    const auto end = watch.end_of(decoded);
    if (end) decoded.resize(*end);
    return !end;
  };
  FIMD_TRY(const GenerationResult result, generator.generate(generation, sink, stop));

  CompletionOutcome outcome = {
      .cost = {.prompt_tokens = result.prompt_tokens,
               .computed_tokens = result.prompt_tokens - result.cached_tokens,
               .completion_tokens = result.completion_tokens},
      .finish_reason = result.finish_reason};
  auto ready = postprocess(site, decoded);
  // Who asks gets an answer even if the file then does not parse: without a tree nobody looks.
  if (!ready && request.trigger == TriggerKind::kManual) {
    Site lenient = site;
    lenient.view.tree = nullptr;
    ready = postprocess(lenient, decoded);
  }
  if (ready) {
    outcome.completion = Completion{.text = std::move(ready->text), .end = ready->end};
    suggestions_.store(
        request.document.uri, *request.document.text, request.cursor, *outcome.completion);
  }
  return outcome;
}

Result<CompletionOutcome> Completer::complete(const CompletionRequest& request,
                                              TextGenerator& generator,
                                              const std::stop_token& stop) {
  return run(request, generator, stop, /*keep_anchor=*/true);
}

Status Completer::speculate(const CompletionRequest& request,
                            const Completion& completion,
                            TextGenerator& generator,
                            const std::stop_token& stop) {
  CompletionRequest next = inserted(request, completion);
  // Behind a finished statement comes the next line.
  if (!decide(next).wanted) next = inserted(next, {next_line(next), next.cursor});
  if (typed_along(next.document.uri, *next.document.text, next.cursor)) return {};
  if (!decide(next).wanted) return {};
  FIMD_TRY_STATUS(run(next, generator, stop, /*keep_anchor=*/false));
  return {};
}

Status Completer::refresh(const CompletionRequest& request,
                          TextGenerator& generator,
                          const std::stop_token& stop) {
  if (!anchors_.is_worn(request.document.uri, request.cursor)) return {};
  anchors_.expire(request.document.uri);
  FIMD_TRY(GenerationRequest generation,
           generation_for(request, site_of(request), generator, /*keep_anchor=*/true));
  generation.stop.max_tokens = 1;
  FIMD_TRY_STATUS(generator.generate(generation, {}, stop));
  return {};
}

}  // namespace fimd
