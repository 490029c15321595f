#include "engine/engine.h"

#include <gtest/gtest.h>
#include <thread>
#include <utility>

#include "engine/checkpoint/safetensors.h"
#include "engine/utf8.h"
#include "tests/support/demo_engine.h"
#include "tests/support/golden.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

const char* const kHole = "<\uFF5Cfim\u2581hole\uFF5C>";

GenerationRequest fill_request() {
  return {
      .prompt = HolePrompt{.prefix = "class Stack:\n    def __init__(self):\n"
                                     "        self.items = []\n\n    def push(",
                           .suffix = "\n\n    def pop(self):\n        return self.items.pop()\n"},
      .stop = {.max_tokens = 24},
  };
}

HolePrompt& hole_of(GenerationRequest& request) {
  return std::get<HolePrompt>(request.prompt);
}

int64_t count_tokens(Engine& engine, std::string_view text) {
  return engine.count_tokens({&text, 1}, {}).value()[0];
}

TEST(Engine, PutsTheMarkersAroundPrefixAndSuffix) {
  const auto engine = open_demo();
  GenerationRequest request = fill_request();
  const auto result = engine->generate(request, nullptr, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->prompt_tokens,
            engine->info({}).value().overhead_tokens +
                count_tokens(*engine, hole_of(request).prefix) +
                count_tokens(*engine, hole_of(request).suffix));
  EXPECT_LE(result->completion_tokens, 24);
}

TEST(Engine, StreamsExactlyTheResult) {
  const auto engine = open_demo();
  GenerationRequest request = fill_request();
  request.sampling = {.temperature = 2, .seed = 3};  // far-fetched tokens, many of them not ASCII
  std::string streamed;
  const auto collect = [&](std::string_view text) {
    streamed += text;
    return true;
  };
  const auto result = engine->generate(request, collect, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(streamed, result->text);
  const auto again = engine->generate(request, nullptr, {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->text, result->text) << "equal seeds";
}

TEST(Engine, EndsBeforeACharacterThatIsNotWhole) {
  const auto engine = open_demo();
  GenerationRequest request = fill_request();
  hole_of(request) = {.prefix = "# \u4F60\u597D\uFF0C\u4E16", .suffix = "\n"};
  for (int32_t max_tokens = 1; max_tokens <= 6; ++max_tokens) {
    request.stop.max_tokens = max_tokens;
    const std::string text = generate(*engine, request).text;
    EXPECT_EQ(text.find(kReplacementCharacter), std::string::npos) << max_tokens;
  }
  request.stop.max_tokens = 1;
  int num_cut_off = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    request.sampling = {.temperature = 50, .seed = seed};  // any token, so also parts of characters
    const GenerationResult result = generate(*engine, request);
    if (result.text.empty() && result.finish_reason == FinishReason::kLength) ++num_cut_off;
  }
  EXPECT_GT(num_cut_off, 0);
}

constexpr const char* kStack = "class Stack:\n    def __init__(self):\n        self.items = []\n\n";

/// Where a class is written into: `typed` is what the user types.
GenerationRequest typing_request(const std::string& typed) {
  return {
      .prompt = HolePrompt{.prefix = kStack + typed,
                           .suffix = "\n    def pop(self):\n        return self.items.pop()\n"},
      .heal = true,
      .stop = {.max_tokens = 8},
  };
}

constexpr const char* kTypedText =
    "    def push(self, item):\n        # gr\u00F6\u00DFe\n        self.items.append(item)\n";

/// Calls body(request, computed tokens) for every key of kTypedText, on one engine.
template <typename Body>
void type_along(Engine& engine, int32_t max_drift_tokens, const Body& body) {
  const std::string typed = kTypedText;
  for (size_t cut = 0; cut <= typed.size(); ++cut) {
    if (cut < typed.size() && (typed[cut] & 0xC0) == 0x80) continue;
    GenerationRequest request = typing_request(typed.substr(0, cut));
    request.max_drift_tokens = max_drift_tokens;
    request.sampling = {.temperature = cut % 2 == 0 ? 0.0F : 0.7F, .seed = cut};
    const GenerationResult result = generate(engine, request);
    EXPECT_LE(result.drift_tokens, max_drift_tokens);
    body(request, result);
  }
}

// Rows that were computed in other steps differ by fp32 rounding, which Golden.* bounds by 2e-3 in
// the logits; texts stay equal because the demo model's choices here have wider margins.
TEST(Engine, AnswersAsAFreshEngineWhenNoDriftIsAllowed) {
  const auto engine = open_demo();
  type_along(*engine, 0, [](const GenerationRequest& request, const GenerationResult& result) {
    const GenerationResult fresh = generate(*open_demo(), request);
    EXPECT_EQ(result.text, fresh.text) << std::get<HolePrompt>(request.prompt).prefix;
    EXPECT_EQ(result.prompt_tokens, fresh.prompt_tokens);
    EXPECT_EQ(result.completion_tokens, fresh.completion_tokens);
    EXPECT_EQ(fresh.cached_tokens, 0);
  });
}

TEST(Engine, TypingComputesAFewTokensAKeyWhenTheSuffixMayMove) {
  const auto engine = open_demo();
  generate(*engine, typing_request(""));
  int keys = 0;
  int64_t computed = 0;
  type_along(*engine, 64, [&](const GenerationRequest&, const GenerationResult& result) {
    ++keys;
    computed += result.prompt_tokens - result.cached_tokens;
    EXPECT_LE(result.prompt_tokens - result.cached_tokens, 24);
  });
  EXPECT_LE(computed, 4 * keys);
}

TEST(Engine, MovesRowsAsFarAsTheirDriftIsAllowed) {
  const auto engine = open_demo();
  GenerationRequest request = typing_request("    def push(self, item):\n        ");
  const GenerationResult exact = generate(*engine, request);
  EXPECT_EQ(exact.drift_tokens, 0);
  hole_of(request).prefix += "x = 1\n        ";
  request.max_drift_tokens = 64;
  const GenerationResult moved = generate(*engine, request);
  EXPECT_GT(moved.drift_tokens, 0);
  EXPECT_LT(moved.drift_tokens, 10);
  request.max_drift_tokens = static_cast<int32_t>(moved.drift_tokens) - 1;
  EXPECT_EQ(generate(*engine, request).drift_tokens, 0) << "less than it has is not allowed";
}

TEST(Engine, CountsPiecesInOneCall) {
  const auto engine = open_demo();
  const std::vector<std::string_view> pieces = {"def push(self):\n", "", "    return x\n"};
  const auto counts = engine->count_tokens(pieces, {}).value();
  ASSERT_EQ(counts.size(), 3U);
  EXPECT_EQ(counts[0], count_tokens(*engine, pieces[0]));
  EXPECT_EQ(counts[1], 0);
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_EQ(engine->count_tokens(pieces, stopped.get_token()).error().code, ErrorCode::kCancelled);
}

TEST(Engine, SaysWhatItCan) {
  const auto info = open_demo()->info({}).value();
  EXPECT_EQ(info.model, "demo");
  EXPECT_EQ(info.context_tokens, 4096);
  EXPECT_EQ(info.overhead_tokens, 4);
  EXPECT_TRUE(info.fills_holes);
}

// The first generation is within its sink when the second comes: the step is over, so the device is
// free, and no lock is held that the second needs.
TEST(Engine, AKeyOvertakesAnIdleGeneration) {
  const auto engine = open_demo();
  GenerationRequest idle = fill_request();
  idle.priority = Priority::kIdle;
  GenerationRequest key = typing_request("    def ");
  key.priority = Priority::kKey;
  std::string order;
  const auto overtaken = engine->generate(idle,
                                          [&](std::string_view) {
                                            if (order.empty()) {
                                              EXPECT_TRUE(engine->generate(key, nullptr, {}));
                                              order += "key ";
                                            }
                                            return true;
                                          },
                                          {});
  ASSERT_TRUE(overtaken) << overtaken.error().message;
  EXPECT_EQ(order, "key ");
  EXPECT_EQ(overtaken->text, generate(*open_demo(), idle).text) << "it went on as if alone";
}

TEST(Engine, TwoThreadsGetTheAnswersOfOne) {
  const auto engine = open_demo();
  const GenerationRequest first = fill_request();
  const GenerationRequest second = typing_request("    def push(self, item):\n        ");
  const std::string first_text = generate(*open_demo(), first).text;
  const std::string second_text = generate(*open_demo(), second).text;
  const auto ask = [&](const GenerationRequest& request, const std::string& expected) {
    for (int i = 0; i < 8; ++i) EXPECT_EQ(generate(*engine, request).text, expected);
  };
  std::jthread other([&] { ask(second, second_text); });
  ask(first, first_text);
}

TEST(Engine, WhoIsCancelledLeavesTheOthersAlone) {
  const auto engine = open_demo();
  const GenerationRequest request = typing_request("    def push(self, item):\n        ");
  const std::string expected = generate(*open_demo(), request).text;
  for (int i = 0; i < 8; ++i) {
    std::stop_source stop;
    std::jthread other([&] {
      const auto result = engine->generate(fill_request(), nullptr, stop.get_token());
      EXPECT_TRUE(result || result.error().code == ErrorCode::kCancelled);
    });
    stop.request_stop();
    EXPECT_EQ(generate(*engine, request).text, expected);
  }
}

TEST(Engine, RefusesWhatWouldNotFitTheMemory) {
  const auto engine =
      Engine::open({.model = demo_model(), .num_threads = 1, .max_sequence_bytes = 100'000})
          .value();
  const auto result = engine->generate(fill_request(), nullptr, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kOutOfMemory);
  EXPECT_NE(result.error().message.find("expected at most 100000"), std::string::npos);
}

// Other documents between two keys do not evict the one that is typed in.
TEST(Engine, KeepsSeveralSequences) {
  const auto engine = open_demo();
  GenerationRequest other = fill_request();
  hole_of(other).prefix = "const queue = [];\n\nfunction push(";
  const GenerationRequest typing = typing_request("    def ");
  generate(*engine, other);
  generate(*engine, typing);
  for (const GenerationRequest& request : {other, typing, other}) {
    const GenerationResult result = generate(*engine, request);
    EXPECT_EQ(result.cached_tokens, result.prompt_tokens - 1);
  }
}

TEST(Engine, KeepsWhatACancelledGenerationComputed) {
  const auto engine = open_demo();
  const GenerationRequest request = typing_request("    def push(self, item):\n        self.ite");
  std::stop_source stop;
  const auto cancel = [&](std::string_view) {
    stop.request_stop();
    return true;
  };
  const auto cancelled = engine->generate(request, cancel, stop.get_token());
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
  const GenerationResult result = generate(*engine, request);
  EXPECT_EQ(result.cached_tokens, result.prompt_tokens - 1);
  EXPECT_EQ(result.text, generate(*open_demo(), request).text);
}

// A file that spells the markers must not open or close a hole, and a second BOS is never added.
TEST(Engine, SpecialTokensSpelledByTheUserStayText) {
  const auto engine = open_demo();
  GenerationRequest request = fill_request();
  const auto plain = engine->generate(request, nullptr, {});
  hole_of(request).prefix += kHole;
  const auto spelled = engine->generate(request, nullptr, {});
  ASSERT_TRUE(plain && spelled);
  EXPECT_GT(spelled->prompt_tokens, plain->prompt_tokens + 1);
}

TEST(Engine, StopsAtTheTokenBudget) {
  const auto engine = open_demo();
  GenerationRequest request = fill_request();
  request.sampling = {.temperature = 100, .seed = 1};  // near uniform: no end of sequence soon
  request.stop.max_tokens = 5;
  const auto result = engine->generate(request, nullptr, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->completion_tokens, 5);
  EXPECT_EQ(result->finish_reason, FinishReason::kLength);
}

TEST(Engine, StopsWhenTheSinkHasSeenEnough) {
  const auto engine = open_demo();
  GenerationRequest request = fill_request();
  request.sampling = {.temperature = 100, .seed = 1};  // near uniform: no end of sequence soon
  int calls = 0;
  const auto result = engine->generate(request, [&](std::string_view) { return ++calls < 2; }, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(result->finish_reason, FinishReason::kStop);
}

TEST(Engine, HonoursCancellationWithinOneStep) {
  const auto engine = open_demo();
  std::stop_source stop;
  int calls = 0;
  const auto cancel = [&](std::string_view) {
    ++calls;
    stop.request_stop();
    return true;
  };
  const auto result = engine->generate(fill_request(), cancel, stop.get_token());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(calls, 1);
}

TEST(Engine, RefusesAPromptThatDoesNotFitTheContext) {
  const auto engine = open_demo();
  GenerationRequest request = fill_request();
  for (int i = 0; i < 5000; ++i) hole_of(request).prefix += "7\n";
  const auto result = engine->generate(request, nullptr, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(result.error().message.find("4096 of the context"), std::string::npos);
}

TEST(Engine, RefusesParametersOutOfRange) {
  const auto engine = open_demo();
  GenerationRequest request = fill_request();
  request.stop.max_tokens = 0;
  EXPECT_FALSE(engine->generate(request, nullptr, {}));
  request = fill_request();
  request.stop.max_lines = -1;
  EXPECT_FALSE(engine->generate(request, nullptr, {}));
  request = fill_request();
  request.max_drift_tokens = -1;
  EXPECT_FALSE(engine->generate(request, nullptr, {}));
  request = fill_request();
  request.stop.strings = {"x", ""};
  EXPECT_FALSE(engine->generate(request, nullptr, {}));
  request = fill_request();
  request.sampling.top_p = 0;
  EXPECT_FALSE(engine->generate(request, nullptr, {}));
}

TEST(Engine, SaysWhenAModelCannotFillInTheMiddle) {
  EditedDemo demo;
  demo.replace_in("tokenizer.json", kHole, "<other>");
  const auto engine = Engine::open({.model = demo.path()});
  ASSERT_TRUE(engine) << engine.error().message;
  GenerationRequest request = fill_request();
  const auto filled = (*engine)->generate(request, nullptr, {});
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(filled.error().message.find("cannot fill in the middle"), std::string::npos);
  request.prompt = TextPrompt{"def push("};
  EXPECT_TRUE((*engine)->generate(request, nullptr, {})) << "plain completion still works";
}

TEST(Engine, ReportsWeightsThatAreNotNumbers) {
  EditedDemo demo;
  std::string weights = demo.read("model.safetensors");
  const auto file = SafetensorsFile::open(demo_model() / "model.safetensors");
  ASSERT_TRUE(file) << file.error().message;
  const SafetensorsEntry* norm = file->find("model.norm.weight");
  ASSERT_NE(norm, nullptr);
  int64_t data_bytes = 0;
  for (const SafetensorsEntry& entry : file->entries()) data_bytes += entry.size_bytes;
  const int64_t offset = file->file_bytes() - data_bytes + norm->offset_bytes;
  weights.replace(offset, 2, "\xC0\x7F");  // a BF16 NaN
  demo.overwrite("model.safetensors", weights);
  const auto engine = Engine::open({.model = demo.path()});
  ASSERT_TRUE(engine) << engine.error().message;
  const auto result = (*engine)->generate(fill_request(), nullptr, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(result.error().message.find("damaged"), std::string::npos) << result.error().message;
}

TEST(Engine, RefusesATokenizerThatIsLargerThanTheModel) {
  EditedDemo demo;
  fs::remove(demo.path() / "tokenizer.json");
  fs::create_symlink(golden_root() / "tokenizer/deepseek-coder/tokenizer.json",
                     demo.path() / "tokenizer.json");
  const auto engine = Engine::open({.model = demo.path()});
  ASSERT_FALSE(engine);
  EXPECT_NE(engine.error().message.find("expected at most config.json's vocab_size of 4096"),
            std::string::npos)
      << engine.error().message;
}

TEST(Engine, NamesUnknownBackendsAndThreadCounts) {
  const auto backend = Engine::open({.model = demo_model(), .backend = "abacus"});
  ASSERT_FALSE(backend);
  EXPECT_NE(backend.error().message.find("\"abacus\", expected one of reference cpu"),
            std::string::npos)
      << backend.error().message;
  const auto threads = Engine::open({.model = demo_model(), .num_threads = -2});
  ASSERT_FALSE(threads);
  EXPECT_NE(threads.error().message.find("-2"), std::string::npos);
}

}  // namespace
}  // namespace fimd
