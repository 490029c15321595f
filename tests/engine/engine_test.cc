#include "engine/engine.h"

#include <gtest/gtest.h>

#include "engine/checkpoint/safetensors.h"
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
