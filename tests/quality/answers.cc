#include "tests/quality/answers.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "completion/completer.h"
#include "completion/postprocess/postprocess.h"
#include "completion/syntax/syntax_errors.h"
#include "completion/syntax/text_lines.h"

namespace fimd {
namespace {

constexpr CompleterOptions kOptions = {};

/// The lines of `text` from its end, or from its beginning, that have at most `budget` tokens.
Result<std::string> lines_within(std::string_view text,
                                 bool from_end,
                                 int64_t budget,
                                 TextGenerator& generator) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = next_line_begin(text, begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  FIMD_TRY(const std::vector<int32_t> counts, generator.count_tokens(lines, {}));
  size_t size_bytes = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t index = from_end ? lines.size() - 1 - i : i;
    budget -= counts[index];
    if (budget < 0) break;
    size_bytes += lines[index].size();
  }
  return std::string(from_end ? text.substr(text.size() - size_bytes) : text.substr(0, size_bytes));
}

/// As a plugin without a policy asks: three quarters of the prompt before the cursor, the rest
/// behind it.
Result<std::optional<Completion>> plain_completion(const CompletionRequest& request,
                                                   TextGenerator& generator) {
  const std::string& text = *request.document.text;
  const size_t cursor = request.cursor.value;
  const int64_t budget = kOptions.prompt_tokens;
  HolePrompt prompt;
  FIMD_TRY(prompt.prefix,
           lines_within(std::string_view(text).substr(0, cursor), true, budget / 4 * 3, generator));
  FIMD_TRY(prompt.suffix,
           lines_within(std::string_view(text).substr(cursor), false, budget / 4, generator));
  const bool multi_line = Completer(kOptions).decide(request).multi_line;
  const Site site = {.view = request.document.view(),
                     .cursor = request.cursor,
                     .hole_end = request.hole_end,
                     .multi_line = multi_line,
                     .indentation = detect_indentation(text, request.cursor, {})};
  FIMD_TRY(const GenerationResult result,
           generator.generate(
               {.prompt = std::move(prompt),
                .stop = {.max_tokens = kOptions.max_tokens, .max_lines = multi_line ? 0 : 1}},
               {},
               {}));
  return postprocess(site, result.text);
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

double similarity_of(std::string_view a, std::string_view b) {
  const auto longest = static_cast<double>(std::max(a.size(), b.size()));
  return longest == 0 ? 1 : 1 - static_cast<double>(edit_distance(a, b)) / longest;
}

int num_errors(const Language& language, std::string_view text) {
  const SyntaxView view = {
      .text = text, .language = language, .tree = parse_once(language, text, {})};
  return count_syntax_errors(view, {{0}, {text.size()}});
}

}  // namespace

Result<Answer> answer(const Question& question, Way way, TextGenerator& generator) {
  CompletionRequest request = {
      .document = question.document, .cursor = question.cursor, .hole_end = question.cursor};
  if (way == Way::kContext) request.neighbours = question.neighbours;
  std::optional<Completion> completion;
  if (way == Way::kPlain) {
    FIMD_TRY(completion, plain_completion(request, generator));
  } else {
    FIMD_TRY(CompletionOutcome outcome, Completer(kOptions).complete(request, generator, {}));
    completion = std::move(outcome.completion);
  }
  if (!completion) return Answer{.parses = true};
  std::string accepted = *question.document.text;
  const size_t cursor = question.cursor.value;
  accepted.replace(cursor, completion->end.value - cursor, completion->text);
  const auto cursor_line = [&](std::string_view text) {
    return trimmed_right(line_at(text, cursor));
  };
  const Language& language = *question.document.language;
  return Answer{
      .shown = completion->text,
      .first_line = cursor_line(accepted) == cursor_line(question.whole),
      .exact = trimmed_right(accepted) == trimmed_right(question.whole),
      .similarity = similarity_of(trimmed_right(completion->text), trimmed_right(question.middle)),
      .parses = num_errors(language, accepted) <= num_errors(language, question.whole)};
}

}  // namespace fimd
