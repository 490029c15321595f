#include "engine/pace.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace fimd {
namespace {

constexpr int kFunctions = 5;
constexpr int32_t kAnswerTokens = 8;
constexpr double kLeastSeconds = 1e-6;  // a clock may stand still

std::string example_code() {
  std::string code;
  for (int i = 0; i < kFunctions; ++i) {
    code.append("def add_").append(std::to_string(i)).append("(a, b):\n    return a + b\n\n\n");
  }
  return code + "def add_";
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  return std::max(passed.count(), kLeastSeconds);
}

}  // namespace

Result<Pace> measure_pace(TextGenerator& generator, const std::stop_token& stop) {
  GenerationRequest request = {.prompt = TextPrompt{example_code()}, .stop = {.max_tokens = 1}};
  const auto start = std::chrono::steady_clock::now();
  FIMD_TRY(const GenerationResult read, generator.generate(request, nullptr, stop));
  const double read_s = seconds_since(start);
  // Behind the rows that the first one left only the answer costs anything.
  request.stop.max_tokens = kAnswerTokens;
  const auto middle = std::chrono::steady_clock::now();
  FIMD_TRY(const GenerationResult written, generator.generate(request, nullptr, stop));
  const double write_s = seconds_since(middle);
  const int64_t num_read = read.prompt_tokens - read.cached_tokens;
  return Pace{.read_tokens_per_s = static_cast<double>(std::max<int64_t>(num_read, 1)) / read_s,
              .write_tokens_per_s =
                  static_cast<double>(std::max<int64_t>(written.completion_tokens, 1)) / write_s};
}

}  // namespace fimd
