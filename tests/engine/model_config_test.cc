#include "engine/model_config.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

using nlohmann::json;

/// DeepSeek-V2 of 236B, small.
json deepseek_json() {
  return json::parse(R"({
    "architectures": ["DeepseekV2ForCausalLM"], "vocab_size": 512, "hidden_size": 96,
    "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 176,
    "max_position_embeddings": 4096, "q_lora_rank": 24, "kv_lora_rank": 32,
    "qk_nope_head_dim": 16, "qk_rope_head_dim": 8, "v_head_dim": 20, "n_routed_experts": 16,
    "n_shared_experts": 2, "num_experts_per_tok": 4, "moe_intermediate_size": 48,
    "first_k_dense_replace": 1, "topk_method": "group_limited_greedy", "n_group": 4,
    "topk_group": 2, "routed_scaling_factor": 16.0, "bos_token_id": 0, "eos_token_id": 1,
    "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 128,
                     "mscale": 0.707, "mscale_all_dim": 0.707}
  })");
}

json llama_json() {
  return json::parse(R"({
    "architectures": ["LlamaForCausalLM"], "vocab_size": 512, "hidden_size": 96,
    "num_hidden_layers": 4, "num_attention_heads": 6, "num_key_value_heads": 2,
    "intermediate_size": 176, "max_position_embeddings": 512
  })");
}

/// `object` with the value of the JSON text `value` at `pointer`, or without it if `value` is "-".
json with(json object, const std::string& pointer, const std::string& value) {
  const json::json_pointer place(pointer);
  if (value == "-") {
    object[place.parent_pointer()].erase(place.back());
  } else {
    object[place] = json::parse(value);
  }
  return object;
}

Result<ModelConfig> load(const std::string& config, const char* generation_config = nullptr) {
  TempFolder folder;
  folder.write("config.json", config);
  if (generation_config != nullptr) folder.write("generation_config.json", generation_config);
  return load_model_config(folder.path());
}

ModelConfig load_valid(const json& config, const char* generation_config = nullptr) {
  Result<ModelConfig> loaded = load(config.dump(), generation_config);
  EXPECT_TRUE(loaded) << loaded.error().message;
  return loaded ? *loaded : ModelConfig();
}

void check_error(const Result<ModelConfig>& loaded, ErrorCode code, const std::string& expected) {
  ASSERT_FALSE(loaded) << "expected " << expected;
  EXPECT_EQ(loaded.error().code, code) << loaded.error().message;
  EXPECT_NE(loaded.error().message.find(expected), std::string::npos)
      << loaded.error().message << "\nexpected " << expected;
  EXPECT_LT(loaded.error().message.size(), 500U);
}

struct HostileValue {
  const char* pointer;
  const char* value;  ///< JSON text; "-" removes the key
  const char* expected;
};

void check_refused(const json& config, std::span<const HostileValue> cases, ErrorCode code) {
  for (const auto& [pointer, value, expected] : cases) {
    const std::string text = with(config, pointer, value).dump();
    check_error(load(text), code, "config.json: " + std::string(expected));
  }
}

TEST(ModelConfig, ReadsDeepseekV2) {
  const ModelConfig config = load_valid(deepseek_json());
  EXPECT_EQ(config.architecture, "DeepseekV2ForCausalLM");
  EXPECT_EQ(config.mla()->q_lora_rank, 24);
  EXPECT_EQ(config.mla()->v_head_dim, 20);
  EXPECT_EQ(config.moe->topk_method, TopkMethod::kGroupLimitedGreedy);
  EXPECT_EQ(config.moe->n_group, 4);
  EXPECT_EQ(config.moe->topk_group, 2);
  EXPECT_EQ(config.moe->routed_scaling_factor, 16);
  EXPECT_EQ(config.rms_norm_eps, 1e-6);
  EXPECT_EQ(config.rope_theta, 10000);
  EXPECT_FALSE(config.moe->norm_topk_prob);
  EXPECT_FALSE(config.tie_word_embeddings);
  ASSERT_TRUE(config.yarn);
  EXPECT_EQ(config.yarn->factor, 40);
  EXPECT_EQ(config.yarn->original_context_tokens, 128);
  EXPECT_EQ(config.yarn->beta_fast, 32);
  EXPECT_EQ(config.yarn->beta_slow, 1);
  EXPECT_EQ(config.yarn->mscale_all_dim, 0.707);
  EXPECT_EQ(config.cache_width(), 32 + 8);
  EXPECT_EQ(config.bos_token_id, 0);
  EXPECT_EQ(config.eos_token_ids, std::vector<int32_t>{1});
}

TEST(ModelConfig, ReadsLlama) {
  const ModelConfig config = load_valid(llama_json());
  EXPECT_EQ(config.architecture, "LlamaForCausalLM");
  EXPECT_EQ(config.gqa()->head_dim, 16);
  EXPECT_EQ(config.gqa()->num_key_value_heads, 2);
  EXPECT_EQ(config.cache_width(), 2 * 2 * 16);
  EXPECT_FALSE(config.yarn);
  EXPECT_FALSE(config.bos_token_id);
  EXPECT_TRUE(config.eos_token_ids.empty());
  EXPECT_FALSE(config.is_moe_layer(3));
  EXPECT_EQ(load_valid(with(llama_json(), "/num_key_value_heads", "-")).gqa()->num_key_value_heads,
            6);
  EXPECT_EQ(load_valid(with(llama_json(), "/head_dim", "null")).gqa()->head_dim, 16);
  EXPECT_EQ(load_valid(with(llama_json(), "/head_dim", "10")).gqa()->head_dim, 10);
}

TEST(ModelConfig, ReadsQwen2) {
  json qwen = llama_json();
  qwen["architectures"] = {"Qwen2ForCausalLM"};
  qwen["use_sliding_window"] = false;
  qwen["sliding_window"] = 131'072;
  const ModelConfig config = load_valid(qwen);
  EXPECT_EQ(config.architecture, "Qwen2ForCausalLM");
  EXPECT_TRUE(config.gqa()->qkv_bias);
  EXPECT_FALSE(config.gqa()->o_bias);
  EXPECT_EQ(config.gqa()->pairing, RopePairing::kHalfSplit);
  check_error(load(with(qwen, "/use_sliding_window", "true").dump()),
              ErrorCode::kUnsupported,
              "use_sliding_window is true, expected false");
}

TEST(ModelConfig, ReadsTheBiasesOfLlama) {
  const ModelConfig config = load_valid(with(llama_json(), "/attention_bias", "true"));
  EXPECT_TRUE(config.gqa()->qkv_bias);
  EXPECT_TRUE(config.gqa()->o_bias);
}

TEST(ModelConfig, TreatsNullAsNone) {
  EXPECT_EQ(load_valid(with(deepseek_json(), "/q_lora_rank", "null")).mla()->q_lora_rank, 0);
  EXPECT_EQ(load_valid(with(deepseek_json(), "/n_shared_experts", "null")).moe->n_shared_experts,
            0);
  EXPECT_FALSE(load_valid(with(deepseek_json(), "/rope_scaling", "null")).yarn);
  const ModelConfig dense = load_valid(with(deepseek_json(), "/n_routed_experts", "null"));
  EXPECT_FALSE(dense.moe);
  EXPECT_FALSE(dense.is_moe_layer(1));
}

TEST(ModelConfig, ReadsBothSpellingsOfRope) {
  json spelled = with(deepseek_json(), "/rope_scaling", "-");
  spelled["rope_parameters"] = deepseek_json()["rope_scaling"];
  spelled["rope_parameters"]["rope_theta"] = 5e5;
  const ModelConfig config = load_valid(spelled);
  ASSERT_TRUE(config.yarn);
  EXPECT_EQ(config.yarn->factor, 40);
  EXPECT_EQ(config.rope_theta, 5e5);
  const json plain =
      with(spelled, "/rope_parameters", R"({"rope_type": "default", "rope_theta": 7})");
  EXPECT_FALSE(load_valid(plain).yarn);
  EXPECT_EQ(load_valid(plain).rope_theta, 7);
  EXPECT_EQ(load_valid(with(deepseek_json(), "/rope_theta", "20000")).rope_theta, 20000);
  EXPECT_FALSE(load_valid(with(deepseek_json(), "/rope_scaling/type", "\"default\"")).yarn);
}

// DeepSeek's own model code: mscale 1 and mscale_all_dim 0 unless the file says otherwise.
TEST(ModelConfig, GivesYarnTheDefaultsOfDeepseek) {
  json config = with(deepseek_json(), "/rope_scaling/mscale", "-");
  config = with(config, "/rope_scaling/mscale_all_dim", "-");
  const ModelConfig loaded = load_valid(config);
  ASSERT_TRUE(loaded.yarn);
  EXPECT_EQ(loaded.yarn->mscale, 1);
  EXPECT_EQ(loaded.yarn->mscale_all_dim, 0);
}

TEST(ModelConfig, IgnoresGroupsUnderGreedyRouting) {
  const ModelConfig config = load_valid(with(deepseek_json(), "/topk_method", "\"greedy\""));
  EXPECT_EQ(config.moe->topk_method, TopkMethod::kGreedy);
  EXPECT_EQ(config.moe->n_group, 1);
  EXPECT_EQ(config.moe->topk_group, 1);
}

// Conversions of the 236B model that lost the keys: plain top-6 of 160 would be another model.
TEST(ModelConfig, GivesLostGroupsBackTo160Experts) {
  json config = with(deepseek_json(), "/n_routed_experts", "160");
  config = with(with(config, "/n_group", "-"), "/topk_group", "-");
  for (const char* method : {"-", "null", "\"group_limited_greedy\""}) {
    const ModelConfig loaded = load_valid(with(config, "/topk_method", method));
    EXPECT_EQ(loaded.moe->topk_method, TopkMethod::kGroupLimitedGreedy);
    EXPECT_EQ(loaded.moe->n_group, 8);
    EXPECT_EQ(loaded.moe->topk_group, 3);
  }
  EXPECT_EQ(load_valid(with(config, "/topk_method", "\"greedy\"")).moe->n_group, 1);
  config["topk_method"] = "group_limited_greedy";
  check_error(load(with(config, "/n_routed_experts", "64").dump()),
              ErrorCode::kInvalidInput,
              "config.json: n_group is missing, expected an integer in [1, 64]");
}

TEST(ModelConfig, KnowsItsMoeLayers) {
  ModelConfig config = load_valid(deepseek_json());
  config.moe->first_k_dense_replace = 2;
  config.moe->moe_layer_freq = 3;
  const bool expected[] = {false, false, false, true, false, false, true};
  for (int64_t layer = 0; layer < 7; ++layer) {
    EXPECT_EQ(config.is_moe_layer(layer), expected[layer]) << layer;
  }
}

TEST(ModelConfig, PrefersTheGenerationConfigsTokens) {
  const std::string text = deepseek_json().dump();
  const ModelConfig config =
      load_valid(deepseek_json(), R"({"bos_token_id": 7, "eos_token_id": [5, 6]})");
  EXPECT_EQ(config.bos_token_id, 7);
  EXPECT_EQ(config.eos_token_ids, (std::vector<int32_t>{5, 6}));
  const ModelConfig kept = load_valid(deepseek_json(), R"({"eos_token_id": null})");
  EXPECT_EQ(kept.bos_token_id, 0);
  EXPECT_EQ(kept.eos_token_ids, std::vector<int32_t>{1});
  const auto check_generation_refused = [&](const char* generation, const std::string& expected) {
    check_error(
        load(text, generation), ErrorCode::kInvalidInput, "generation_config.json: " + expected);
  };
  check_generation_refused("", "is not JSON");
  check_generation_refused("3", "is 3, expected an object");
  check_generation_refused(R"({"eos_token_id": 512})", "eos_token_id is 512, expected an integer");
  check_generation_refused(R"({"eos_token_id": [1, -1]})",
                           "eos_token_id is -1, expected an integer");
}

TEST(ModelConfig, RefusesAFileThatIsNoConfig) {
  TempFolder folder;
  check_error(load_model_config(folder.path()), ErrorCode::kNotFound, "/config.json: no such file");
  const auto code = ErrorCode::kInvalidInput;
  check_error(load(""), code, "/config.json: is not JSON");
  check_error(load("[]"), code, "/config.json: is an array, expected an object");
  check_error(load("{\"vocab_size\": NaN}"), code, "/config.json: is not JSON");
  check_error(load("{\"rope_theta\": 1e999}"), code, "number overflow");
  check_error(load("{\"a\": \"\xff\"}"), code, "/config.json: is not JSON");
  check_error(load(std::string((1 << 20) + 1, ' ')), code, "has 1048577 bytes, expected at most");
  check_error(load("{}"), code, "architectures is missing, expected an array with");
}

TEST(ModelConfig, RefusesValuesOutOfRange) {
  const HostileValue cases[] = {
      {"/num_attention_heads", "-3", "num_attention_heads is -3, expected an integer in [1, 4096]"},
      {"/num_attention_heads", "0", "num_attention_heads is 0, expected an integer in [1, 4096]"},
      {"/num_attention_heads", "4097", "num_attention_heads is 4097, expected"},
      {"/num_attention_heads", "\"4\"", "num_attention_heads is \"4\", expected an integer"},
      {"/num_attention_heads", "4.0", "num_attention_heads is 4.0, expected an integer"},
      {"/num_attention_heads", "true", "num_attention_heads is true, expected an integer"},
      {"/num_attention_heads", "[4]", "num_attention_heads is an array, expected an integer"},
      {"/num_attention_heads", "{}", "num_attention_heads is an object, expected an integer"},
      {"/num_attention_heads", "null", "num_attention_heads is null, expected an integer"},
      {"/num_attention_heads", "-", "num_attention_heads is missing, expected an integer"},
      {"/hidden_size", "65537", "hidden_size is 65537, expected an integer in [1, 65536]"},
      {"/hidden_size", "9223372036854775807", "hidden_size is 9223372036854775807, expected"},
      {"/hidden_size", "18446744073709551615", "hidden_size is 18446744073709551615, expected"},
      {"/hidden_size", "99999999999999999999", "hidden_size is 1e+20, expected an integer"},
      {"/num_hidden_layers", "1025", "num_hidden_layers is 1025, expected"},
      {"/vocab_size", "2097153", "vocab_size is 2097153, expected an integer in [1, 2097152]"},
      {"/intermediate_size", "0", "intermediate_size is 0, expected"},
      {"/max_position_embeddings", "16777217", "max_position_embeddings is 16777217, expected"},
      {"/rms_norm_eps", "0", "rms_norm_eps is 0, expected a number in [1e-12, 0.1]"},
      {"/rms_norm_eps", "-1e-6", "rms_norm_eps is -1e-06, expected"},
      {"/rms_norm_eps", "\"1e-6\"", "rms_norm_eps is \"1e-6\", expected a number"},
      {"/rope_theta", "1", "rope_theta is 1, expected a number in"},
      {"/rope_theta", "1e300", "rope_theta is 1e+300, expected"},
      {"/tie_word_embeddings", "0", "tie_word_embeddings is 0, expected true or false"},
      {"/architectures", "[]", "architectures is an array, expected an array with"},
      {"/architectures", "\"x\"", "architectures is \"x\", expected an array with"},
      {"/bos_token_id", "512", "bos_token_id is 512, expected an integer in [0, 511]"},
      {"/bos_token_id", "[0]", "bos_token_id is an array, expected an integer"},
      {"/eos_token_id", "-1", "eos_token_id is -1, expected an integer in [0, 511]"},
      {"/eos_token_id", "[1, \"2\"]", "eos_token_id is \"2\", expected an integer"},
  };
  check_refused(deepseek_json(), cases, ErrorCode::kInvalidInput);
  const std::string many = json(std::vector<int>(65, 1)).dump();
  check_error(load(with(deepseek_json(), "/eos_token_id", many).dump()),
              ErrorCode::kInvalidInput,
              "eos_token_id is an array, expected at most 64");
}

TEST(ModelConfig, RefusesBadAttentionAndExperts) {
  const HostileValue cases[] = {
      {"/q_lora_rank", "-", "q_lora_rank is missing, expected null or an integer in [1, 65536]"},
      {"/q_lora_rank", "0", "q_lora_rank is 0, expected"},
      {"/kv_lora_rank", "null", "kv_lora_rank is null, expected"},
      {"/qk_nope_head_dim", "4097", "qk_nope_head_dim is 4097, expected"},
      {"/qk_rope_head_dim", "7", "qk_rope_head_dim is 7, expected an even integer"},
      {"/v_head_dim", "-", "v_head_dim is missing, expected"},
      {"/n_routed_experts", "4097", "n_routed_experts is 4097, expected"},
      {"/n_routed_experts", "-1", "n_routed_experts is -1, expected"},
      {"/n_shared_experts", "4097", "n_shared_experts is 4097, expected"},
      {"/num_experts_per_tok", "9", "num_experts_per_tok is 9, expected an integer in [1, 8]"},
      {"/num_experts_per_tok", "0", "num_experts_per_tok is 0, expected"},
      {"/num_experts_per_tok", "-", "num_experts_per_tok is missing, expected"},
      {"/moe_intermediate_size", "-", "moe_intermediate_size is missing, expected"},
      {"/first_k_dense_replace", "-1", "first_k_dense_replace is -1, expected"},
      {"/moe_layer_freq", "0", "moe_layer_freq is 0, expected"},
      {"/n_group", "3", "n_group is 3, expected a divisor of n_routed_experts (16)"},
      {"/n_group", "0", "n_group is 0, expected an integer in [1, 16]"},
      {"/n_group", "17", "n_group is 17, expected"},
      {"/topk_group", "5", "topk_group is 5, expected an integer in [1, 4]"},
      {"/topk_group", "null", "topk_group is null, expected"},
      {"/topk_method", "3", "topk_method is 3, expected"},
      {"/routed_scaling_factor", "0", "routed_scaling_factor is 0, expected a number"},
      {"/routed_scaling_factor", "1e300", "routed_scaling_factor is 1e+300, expected"},
      {"/norm_topk_prob", "\"false\"", "norm_topk_prob is \"false\", expected true or false"},
      {"/rope_scaling", "3", "rope_scaling is 3, expected an object"},
      {"/rope_scaling/type", "-", "rope_scaling.type is missing, expected \"yarn\" or"},
      {"/rope_scaling/rope_type", "3", "rope_scaling.rope_type is 3, expected \"yarn\" or"},
      {"/rope_scaling/factor", "0.5", "rope_scaling.factor is 0.5, expected a number in [1.0, "},
      {"/rope_scaling/factor", "-", "rope_scaling.factor is missing, expected"},
      {"/rope_scaling/original_max_position_embeddings", "0", "rope_scaling.original_max_pos"},
      {"/rope_scaling/beta_fast", "0", "rope_scaling.beta_fast is 0, expected"},
      {"/rope_scaling/beta_slow", "33", "rope_scaling.beta_slow is 33, expected a number in"},
      {"/rope_scaling/mscale", "-1", "rope_scaling.mscale is -1, expected"},
      {"/rope_scaling/mscale_all_dim",
       "1e9",
       "rope_scaling.mscale_all_dim is 1000000000.0, expected"},
      {"/rope_parameters", "{}", "rope_parameters.type is missing, expected"},
  };
  check_refused(deepseek_json(), cases, ErrorCode::kInvalidInput);
}

TEST(ModelConfig, RefusesBadLlamaHeads) {
  const HostileValue cases[] = {
      {"/num_key_value_heads", "4", "num_key_value_heads is 4, expected a divisor of num_atten"},
      {"/num_key_value_heads", "12", "num_key_value_heads is 12, expected an integer in [1, 6]"},
      {"/num_key_value_heads", "0", "num_key_value_heads is 0, expected"},
      {"/head_dim", "15", "head_dim is 15, expected an even integer"},
      {"/head_dim", "0", "head_dim is 0, expected"},
      {"/hidden_size",
       "97",
       "hidden_size is 97, expected an even multiple of num_attention_heads (6)"},
      {"/hidden_size", "90", "hidden_size is 90, expected an even multiple"},
      {"/hidden_size", "5", "hidden_size is 5, expected an even multiple"},
  };
  check_refused(llama_json(), cases, ErrorCode::kInvalidInput);
}

TEST(ModelConfig, NamesWhatIsNotSupported) {
  const HostileValue cases[] = {
      {"/architectures", "[\"MistralForCausalLM\"]", "architectures begins with \"MistralFor"},
      {"/hidden_act", "\"gelu\"", "hidden_act is \"gelu\", expected \"silu\""},
      {"/attention_bias", "true", "attention_bias is true, expected false"},
      {"/mlp_bias", "true", "mlp_bias is true, expected false"},
      {"/scoring_func", "\"sigmoid\"", "scoring_func is \"sigmoid\", expected \"softmax\""},
      {"/topk_method", "\"noaux_tc\"", "topk_method is \"noaux_tc\", expected \"greedy\" or"},
      {"/quantization_config", "{}", "quantization_config is an object, expected null"},
      {"/rope_scaling/type", "\"linear\"", "rope_scaling.type is \"linear\", expected \"yarn\""},
      {"/rope_scaling/rope_type", "\"llama3\"", "rope_scaling.rope_type is \"llama3\", expected"},
      {"/rope_scaling/attention_factor", "1.5", "rope_scaling.attention_factor is 1.5, expected"},
  };
  check_refused(deepseek_json(), cases, ErrorCode::kUnsupported);
  const std::string long_name = "[\"" + std::string(100'000, 'x') + "\"]";
  check_error(load(with(llama_json(), "/architectures", long_name).dump()),
              ErrorCode::kUnsupported,
              "architectures begins with \"xxx");
}

TEST(ModelConfig, LoadsEveryGoldenAndTheDemoModel) {
  std::vector<std::filesystem::path> folders = golden_folders("models");
  ASSERT_FALSE(folders.empty());
  folders.push_back(demo_model());
  for (const std::filesystem::path& folder : folders) {
    const Result<ModelConfig> config = load_model_config(folder);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->bos_token_id, 0);
    EXPECT_EQ(config->eos_token_ids, std::vector<int32_t>{1});
  }
}

TEST(ModelConfig, ReadsTheSpellingOfTransformers5) {
  const Result<ModelConfig> config = load_model_config(golden_root() / "models/v2.5");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_TRUE(config->yarn);
  EXPECT_EQ(config->yarn->mscale_all_dim, 1.0);
  EXPECT_EQ(config->yarn->original_context_tokens, 128);
  EXPECT_EQ(config->rope_theta, 10000);
}

}  // namespace
}  // namespace fimd
