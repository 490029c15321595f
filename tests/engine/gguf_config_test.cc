#include "engine/gguf_config.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/gguf_parts.h"
#include "engine/model/forward.h"
#include "tests/support/close.h"
#include "tests/support/gguf_model.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

using nlohmann::json;

std::vector<float> logits_of(const Model& model) {
  std::vector<int32_t> prompt = {5, 17, 300, 42, 42, 9, 511, 0, 7, 7, 130};
  for (int32_t& id : prompt) id %= static_cast<int32_t>(model.config().vocab_size);
  const auto num_tokens = std::ssize(prompt);
  std::vector<float> logits(static_cast<size_t>(num_tokens * model.config().vocab_size));
  ThreadPool pool(2);
  Workspace workspace;
  Exec exec{pool, workspace};
  KvCache cache = model.make_cache(num_tokens);
  const TensorView<float, 2> out(logits.data(), {num_tokens, model.config().vocab_size});
  model.forward({.tokens = prompt}, cache, out, best_backend(), exec);
  return logits;
}

// The same weights and configuration in both formats. Sums of permuted rows are added in another
// order, and the file holds numbers as fp32.
TEST(GgufConfig, MakesTheModelThatItsFolderIs) {
  constexpr Tolerance kTolerance = {.floor = 1e-4, .epsilon = 1e-5};
  for (const auto& folder : golden_folders("models")) {
    SCOPED_TRACE(folder.string());
    TempFolder temp;
    temp.write("model.gguf", gguf_content(gguf_of_folder(folder)));
    const Result<Model> converted = Model::open(temp.path() / "model.gguf");
    ASSERT_TRUE(converted) << converted.error().message;
    const Model original = Model::open(folder).value();
    EXPECT_EQ(converted->config().architecture, original.config().architecture);
    EXPECT_TRUE(is_close(
        logits_of(*converted), logits_of(original), original.config().vocab_size, kTolerance));
  }
}

TEST(GgufConfig, MakesOneOfTheHalvesOfLatentHeads) {
  constexpr Tolerance kTolerance = {.floor = 1e-4, .epsilon = 1e-5};
  for (const char* name : {"v2-lite", "v2-236b"}) {
    const auto folder = golden_root() / "models" / name;
    const Model original = Model::open(folder).value();
    for (const KvBLayout layout : {KvBLayout::kHalves, KvBLayout::kBoth}) {
      SCOPED_TRACE(name);
      TempFolder temp;
      temp.write("model.gguf", gguf_content(gguf_of_folder(folder, layout)));
      const Result<Model> converted = Model::open(temp.path() / "model.gguf");
      ASSERT_TRUE(converted) << converted.error().message;
      EXPECT_TRUE(is_close(
          logits_of(*converted), logits_of(original), original.config().vocab_size, kTolerance));
    }
  }
}

// Biases are those that the file has: of q, k and v, of the output, of both or of none.
TEST(GgufConfig, TellsBiasesByTheirTensors) {
  for (const std::string dropped :
       {"", "attn_output.bias", "attn_q.bias attn_k.bias attn_v.bias"}) {
    SCOPED_TRACE(dropped);
    GgufToWrite file = gguf_of_folder(golden_root() / "models/llama-bias");
    std::erase_if(file.tensors, [&](const std::string& tensor) {
      const size_t begin = tensor.find("attn_");
      const size_t end = tensor.find(".bias");
      if (begin == std::string::npos || end == std::string::npos) return false;
      return dropped.find(tensor.substr(begin, end + 5 - begin)) != std::string::npos;
    });
    TempFolder temp;
    temp.write("model.gguf", gguf_content(file));
    const Result<Model> model = Model::open(temp.path() / "model.gguf");
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->config().gqa()->qkv_bias, !dropped.starts_with("attn_q"));
    EXPECT_EQ(model->config().gqa()->o_bias, !dropped.starts_with("attn_output"));
  }
}

// What is read into floats when a model is opened must be of floats: norms and biases.
TEST(GgufConfig, RefusesANormOfBlocks) {
  GgufToWrite file = gguf_of_folder(golden_root() / "models/v2-lite");
  TempFolder temp;
  std::string content = gguf_content(file);
  const size_t name = content.find("blk.0.attn_norm.weight");
  // Behind the name: the rank, one extent of 96, the type: F32 becomes Q8_0, which is smaller.
  const size_t type = name + std::string_view("blk.0.attn_norm.weight").size() + 4 + 8;
  content.replace(type, 4, gguf_number(uint32_t{8}));
  temp.write("model.gguf", content);
  const Result<Model> model = Model::open(temp.path() / "model.gguf");
  ASSERT_FALSE(model);
  EXPECT_NE(model.error().message.find("is Q8_0, expected F32, F16 or BF16"), std::string::npos)
      << model.error().message;
}

struct GgufConfigTest : testing::Test {
  /// The configuration in a file of these keys and a token embedding of 7 rows.
  Result<json> config_with(std::vector<std::string> keys, bool has_output = false) {
    GgufToWrite file = {.keys = std::move(keys)};
    add_tensor(file, "token_embd.weight", 0, {1, 7}, std::string(28, '\0'));
    if (has_output) add_tensor(file, "output.weight", 0, {1, 7}, std::string(28, '\0'));
    folder.write("m.gguf", gguf_content(file));
    return config_of_gguf(open_gguf_parts(folder.path() / "m.gguf").value());
  }

  static std::string number_key(const std::string& name, uint32_t value) {
    return gguf_key(name, GgufType::kUint32, gguf_number(value));
  }

  TempFolder folder;
};

TEST_F(GgufConfigTest, IsWhatTheFileSaysAndNothingElse) {
  const auto config = config_with({gguf_text_key("general.architecture", "qwen2"),
                                   number_key("qwen2.block_count", 24),
                                   number_key("qwen2.attention.head_count_kv", 2),
                                   number_key("llama.embedding_length", 9),
                                   number_key("tokenizer.ggml.eos_token_id", 3)});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(*config,
            (json{{"architectures", {"Qwen2ForCausalLM"}},
                  {"num_hidden_layers", 24},
                  {"num_key_value_heads", 2},
                  {"vocab_size", 7},
                  {"tie_word_embeddings", true},
                  {"attention_bias", false},
                  {"qkv_bias", false},
                  {"eos_token_id", 3}}));
}

TEST_F(GgufConfigTest, TiesEmbeddingsWithoutAnOutputMatrix) {
  const std::vector<std::string> keys = {gguf_text_key("general.architecture", "llama")};
  EXPECT_EQ((*config_with(keys))["tie_word_embeddings"], true);
  EXPECT_EQ((*config_with(keys, /*has_output=*/true))["tie_word_embeddings"], false);
}

TEST_F(GgufConfigTest, ReadsOldAndNewWidthsOfMlaHeads) {
  const std::vector<std::string> common = {gguf_text_key("general.architecture", "deepseek2"),
                                           number_key("deepseek2.attention.kv_lora_rank", 512),
                                           number_key("deepseek2.rope.dimension_count", 64)};
  std::vector<std::string> old_keys = common;
  old_keys.push_back(number_key("deepseek2.attention.key_length", 192));
  old_keys.push_back(number_key("deepseek2.attention.value_length", 128));
  std::vector<std::string> new_keys = common;
  new_keys.push_back(number_key("deepseek2.attention.key_length", 576));
  new_keys.push_back(number_key("deepseek2.attention.value_length", 512));
  new_keys.push_back(number_key("deepseek2.attention.key_length_mla", 192));
  new_keys.push_back(number_key("deepseek2.attention.value_length_mla", 128));
  for (const auto& keys : {old_keys, new_keys}) {
    const auto config = config_with(keys);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ((*config)["qk_nope_head_dim"], 128);
    EXPECT_EQ((*config)["qk_rope_head_dim"], 64);
    EXPECT_EQ((*config)["v_head_dim"], 128);
    EXPECT_TRUE((*config)["q_lora_rank"].is_null());
    EXPECT_FALSE(config->contains("scoring_func"));
  }
}

TEST_F(GgufConfigTest, NamesWhatItCannotRead) {
  const auto message = [&](std::vector<std::string> keys) {
    const auto config = config_with(std::move(keys));
    return config ? "none" : config.error().message;
  };
  EXPECT_NE(message({gguf_text_key("general.architecture", "gpt2")})
                .find("m.gguf: general.architecture is \"gpt2\", expected \"deepseek2\" or"),
            std::string::npos);
  EXPECT_NE(message({}).find("general.architecture"), std::string::npos);
  EXPECT_NE(message({gguf_text_key("general.architecture", "llama"),
                     gguf_text_key("llama.block_count", "many")})
                .find("llama.block_count"),
            std::string::npos);
}

}  // namespace
}  // namespace fimd
