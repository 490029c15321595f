#include "completion/fill.h"

#include <chrono>
#include <limits>
#include <memory>
#include <utility>

#include "completion/completer.h"

namespace fimd {
namespace {

/// For a file that is looked at once, by somebody who waits for it.
constexpr std::chrono::seconds kParseTime{2};

std::string in_line_ends(std::string_view text, LineEnding ending) {
  LineEndingConverter converter(ending);
  std::string converted = converter.push(text);
  return converted + converter.finish();
}

/// The line end that ends `text`, or nothing.
std::string_view final_line_end(std::string_view text) {
  if (text.ends_with("\r\n")) return text.substr(text.size() - 2);
  if (text.ends_with('\n') || text.ends_with('\r')) return text.substr(text.size() - 1);
  return {};
}

}  // namespace

Result<FillResult> fill(TextGenerator& generator,
                        const FillRequest& request,
                        const std::stop_token& stop) {
  const TextDocument& document = request.document;
  // A byte-order mark is no text.
  const std::string_view text = document.before({document.text().size()});
  const size_t skipped = document.text().size() - text.size();
  const auto [begin, end] = request.hole;
  const std::string_view line_end =
      final_line_end(document.after(begin).substr(0, end.value - begin.value));
  const std::string& name = document.name();
  CompletionRequest completion = {
      .document = {.uri = name,
                   .path = name.substr(name.rfind('/') + 1),  // npos + 1 is 0
                   .language = &detect_language(name, ""),
                   .text = std::make_shared<const std::string>(text)},
      .cursor = {begin.value - skipped},
      .hole_end = {end.value - line_end.size() - skipped},
      .trigger = TriggerKind::kManual};
  const auto deadline = std::chrono::steady_clock::now() + kParseTime;
  completion.document.tree =
      parse_once(*completion.document.language, text, {.deadline = deadline, .stop = stop});

  Completer completer({.max_tokens = request.max_tokens,
                       .prompt_tokens = std::numeric_limits<int64_t>::max(),
                       .sampling = request.sampling,
                       .max_lines = request.max_lines});
  FIMD_TRY(const CompletionOutcome outcome, completer.complete(completion, generator, stop));
  if (!outcome.completion) {
    return fail(ErrorCode::kNotFound, name + ": the model suggests nothing that fits here");
  }
  std::string middle = in_line_ends(outcome.completion->text, document.line_ending());
  const size_t replaced_end = outcome.completion->end.value + skipped + line_end.size();
  return FillResult{.middle = middle.append(line_end),
                    .replaced = {begin, {replaced_end}},
                    .finish_reason = outcome.finish_reason,
                    .prompt_tokens = outcome.cost.prompt_tokens,
                    .completion_tokens = outcome.cost.completion_tokens};
}

}  // namespace fimd
