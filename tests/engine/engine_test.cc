#include "engine/engine.h"

#include <gtest/gtest.h>
#include <utility>

#include "engine/checkpoint/safetensors.h"
#include "tests/support/close.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

const char* const kHole = "<\uFF5Cfim\u2581hole\uFF5C>";

std::unique_ptr<Engine> open_demo() {
  auto engine = Engine::open({.model = demo_model(), .num_threads = 2});
  EXPECT_TRUE(engine) << engine.error().message;
  return *std::move(engine);
}

GenerationRequest fill_request() {
  return {
      .prompt = "class Stack:\n    def __init__(self):\n        self.items = []\n\n    def push(",
      .suffix = "\n\n    def pop(self):\n        return self.items.pop()\n",
      .stop = {.max_tokens = 24},
  };
}

/// The demo model with some files replaced; the rest are links.
class EditedDemo {
 public:
  EditedDemo() {
    for (const auto& entry : fs::directory_iterator(demo_model())) {
      fs::create_symlink(entry.path(), folder_.path() / entry.path().filename());
    }
  }

  void replace_in(const std::string& name, const std::string& from, const std::string& to) {
    std::string text = folder_.read(name);
    size_t begin = text.find(from);
    ASSERT_NE(begin, std::string::npos) << from;
    for (; begin != std::string::npos; begin = text.find(from, begin + to.size())) {
      text.replace(begin, from.size(), to);
    }
    overwrite(name, text);
  }

  void overwrite(const std::string& name, const std::string& content) {
    fs::remove(folder_.path() / name);
    folder_.write(name, content);
  }

  [[nodiscard]] std::string read(const std::string& name) const { return folder_.read(name); }

  [[nodiscard]] const fs::path& path() const { return folder_.path(); }

 private:
  TempFolder folder_;
};

TEST(Engine, PutsTheMarkersAroundPrefixAndSuffix) {
  const auto engine = open_demo();
  const GenerationRequest request = fill_request();
  const auto result = engine->generate(request, nullptr, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->prompt_tokens,
            engine->prompt_overhead_tokens() + *engine->count_tokens(request.prompt) +
                *engine->count_tokens(*request.suffix));
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

/// Where a class is written into: the middle is what the user types.
GenerationRequest typing_request(std::string middle) {
  return {
      .prompt = "class Stack:\n    def __init__(self):\n        self.items = []\n\n",
      .suffix = "\n    def pop(self):\n        return self.items.pop()\n",
      .middle = std::move(middle),
      .stop = {.max_tokens = 8},
  };
}

GenerationResult generate(Engine& engine, const GenerationRequest& request) {
  const auto result = engine.generate(request, nullptr, {});
  EXPECT_TRUE(result) << result.error().message;
  return result ? *result : GenerationResult{};
}

// Rows that were computed in other steps differ by fp32 rounding, which Golden.* bounds by 2e-3 in
// the logits; texts stay equal because the demo model's choices here have wider margins.
TEST(Engine, TypingComputesAFewTokensAKeyAndAnswersAsAFreshEngine) {
  const std::string typed =
      "    def push(self, item):\n        # gr\u00F6\u00DFe\n        self.items.append(item)\n";
  const auto engine = open_demo();
  for (size_t cut = 0; cut <= typed.size(); ++cut) {
    if (cut < typed.size() && (typed[cut] & 0xC0) == 0x80) continue;
    GenerationRequest request = typing_request(typed.substr(0, cut));
    request.sampling = {.temperature = cut % 2 == 0 ? 0.0F : 0.7F, .seed = cut};
    const GenerationResult result = generate(*engine, request);
    const GenerationResult fresh = generate(*open_demo(), request);
    EXPECT_EQ(result.text, fresh.text) << request.middle;
    EXPECT_EQ(result.prompt_tokens, fresh.prompt_tokens);
    EXPECT_EQ(result.completion_tokens, fresh.completion_tokens);
    EXPECT_EQ(fresh.cached_tokens, 0);
    const int64_t computed = result.prompt_tokens - result.cached_tokens;
    EXPECT_LE(computed, cut == 0 ? result.prompt_tokens : 16) << request.middle;
  }
}

// The rows of one sequence come from prefills, decode steps and other prompts. Steps that are cut
// otherwise round otherwise: the tolerance is that of Golden.* for fp32 kernels, which bounds it.
TEST(Engine, ReusedRowsGiveTheLogitsOfFreshOnes) {
  const auto engine = open_demo();
  const Model& model = engine->model();
  Exec exec = engine->exec();
  const auto forward = [&](std::span<const int32_t> ids, KvCache& kv) {
    std::vector<float> logits(model.config().vocab_size);
    const TensorView<float, 2> out(logits.data(), {1, std::ssize(logits)});
    model.forward(ids, kv, out, engine->backend(), exec);
    return logits;
  };
  const auto ids_of = [&](const std::string& middle) {
    return build_prompt(typing_request(middle), engine->tokenizer(), nullptr).value().ids;
  };
  const std::vector<int32_t> ids = ids_of("    def push(self, item):\n        self.items.");
  const std::span<const int32_t> whole = ids;
  KvCache reused = model.make_cache(engine->context_tokens());
  const size_t anchor = ids_of("").size();
  forward(whole.first(anchor), reused);
  for (size_t i = anchor; i + 3 < ids.size(); ++i) forward(whole.subspan(i, 1), reused);
  forward(ids_of("x = "), reused);  // another continuation
  const auto common = static_cast<int64_t>(ids.size()) - 3;
  reused.truncate(common);
  KvCache fresh = model.make_cache(engine->context_tokens());
  EXPECT_TRUE(is_close(forward(whole.last(3), reused),
                       forward(whole, fresh),
                       model.config().vocab_size,
                       {.floor = 2e-3, .epsilon = 0}));
}

// Other documents between two keys do not evict the one that is typed in.
TEST(Engine, KeepsSeveralSequences) {
  const auto engine = open_demo();
  const GenerationRequest other = fill_request();
  const GenerationRequest typing = typing_request("    def ");
  generate(*engine, other);
  generate(*engine, typing);
  for (const GenerationRequest& request : {other, typing, other}) {
    const GenerationResult result = generate(*engine, request);
    EXPECT_EQ(result.cached_tokens, result.prompt_tokens - 1);
  }
}

TEST(Engine, HealingFinishesTheWord) {
  const auto engine = open_demo();
  GenerationRequest request = typing_request("    def push(self, item):\n        self.ite");
  request.stop.max_lines = 1;
  const GenerationResult result = generate(*engine, request);
  EXPECT_TRUE(result.text.starts_with("ms.append(item)")) << result.text;
  request.middle = "    def push(self, item):\n        self.";
  EXPECT_EQ("ite" + result.text, generate(*engine, request).text) << "as if it were not cut";
}

TEST(Engine, ForcedTokensAreNotGenerated) {
  const auto engine = open_demo();
  GenerationRequest request = typing_request("    def push(self, item):\n        self.ite");
  request.sampling = {.temperature = 100, .seed = 1};  // near uniform: no end of sequence soon
  request.stop.max_tokens = 5;
  const GenerationResult result = generate(*engine, request);
  EXPECT_EQ(result.finish_reason, FinishReason::kLength);
  EXPECT_GE(result.completion_tokens, 5 + 1);
  EXPECT_LE(result.completion_tokens, 5 + 3) << "three bytes were forced";
}

TEST(Engine, StopRulesSeeOnlyWhatFollowsTheMiddle) {
  const auto engine = open_demo();
  GenerationRequest request = typing_request("    def push(self, item):\n        self.ite");
  request.stop = {.max_tokens = 24, .max_lines = 1, .strings = {"ite", "item"}};
  std::string streamed;
  const auto collect = [&](std::string_view text) {
    streamed += text;
    return true;
  };
  const auto result = engine->generate(request, collect, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->text, "ms.append(");
  EXPECT_EQ(streamed, result->text);
  request.stop.strings = {"items"};
  EXPECT_EQ(generate(*engine, request).text, "ms.append(item)") << "the line limit";
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

TEST(Engine, RefusesAMiddleWithoutASuffix) {
  GenerationRequest request = typing_request("    def ");
  request.suffix.reset();
  const auto result = open_demo()->generate(request, nullptr, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
}

// A file that spells the markers must not open or close a hole, and a second BOS is never added.
TEST(Engine, SpecialTokensSpelledByTheUserStayText) {
  const auto engine = open_demo();
  GenerationRequest request = fill_request();
  const auto plain = engine->generate(request, nullptr, {});
  request.prompt += kHole;
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
  int calls = 0;
  const auto result =
      engine->generate(fill_request(), [&](std::string_view) { return ++calls < 2; }, {});
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
  for (int i = 0; i < 5000; ++i) request.prompt += "7\n";
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
  request.suffix.reset();
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
