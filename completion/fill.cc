#include "completion/fill.h"

#include <string_view>
#include <utility>

#include "completion/fim_window.h"

namespace fimd {
namespace {

Result<FimWindow> window_for(TextGenerator& generator, const FillRequest& request) {
  const int64_t budget_tokens =
      generator.context_tokens() - generator.prompt_overhead_tokens() - request.stop.max_tokens;
  if (budget_tokens < 1) {
    return fail(ErrorCode::kInvalidInput,
                "max_tokens is " + std::to_string(request.stop.max_tokens) +
                    ", which leaves no room for a prompt: the model's context has " +
                    std::to_string(generator.context_tokens()) + " tokens");
  }
  const FimWindow whole = {request.document.before(request.hole.begin),
                           request.document.after(request.hole.end)};
  return cut_fim_window(whole, budget_tokens, [&generator](std::string_view text) {
    return generator.count_tokens(to_lf(text));
  });
}

}  // namespace

Result<GenerationResult> fill(TextGenerator& generator,
                              const FillRequest& request,
                              const TextSink& sink,
                              std::stop_token stop) {
  FIMD_TRY(const FimWindow window, window_for(generator, request));
  GenerationRequest generation;
  generation.prompt = to_lf(window.prefix);
  generation.suffix = to_lf(window.suffix);
  generation.sampling = request.sampling;
  generation.stop = request.stop;

  std::string middle;
  LineEndingConverter converter(request.document.line_ending());
  const auto emit = [&](const std::string& piece) {
    middle += piece;
    return piece.empty() || !sink || sink(piece);
  };
  const auto convert = [&](std::string_view piece) { return emit(converter.push(piece)); };
  FIMD_TRY(GenerationResult result, generator.generate(generation, convert, std::move(stop)));
  emit(converter.finish());
  result.text = std::move(middle);
  return result;
}

}  // namespace fimd
