#include "engine/model/weights.h"

#include <gtest/gtest.h>

#include "engine/model/forward.h"
#include "tests/support/golden.h"

namespace fimd {
namespace {

// By hand from the demo model's config.json: 180,224 in a layer's attention, 589,824 in a dense
// MLP, 147,456 in an expert, 4,096 in a router, 1,048,576 in each embedding.
TEST(MeasureModel, CountsTotalAndActiveParameters) {
  const Result<Model> model = Model::open(demo_model());
  ASSERT_TRUE(model) << model.error().message;
  const ModelSize size = measure_model(model->weights(), model->config());
  constexpr int64_t kExpert = 147'456;
  const int64_t norms = 5 * (256 + 256 + 64) + 256;
  const int64_t common = 5 * 180'224 + 589'824 + 4 * 4'096 + norms + 1'048'576;
  EXPECT_EQ(size.total.parameters, common + kExpert * 4 * 17 + 1'048'576);
  EXPECT_EQ(size.active.parameters, common + kExpert * 4 * 3);
  EXPECT_EQ(size.total.size_bytes, 2 * (size.total.parameters - norms) + 4 * norms);
}

TEST(MeasureModel, CountsTiedEmbeddingsOnce) {
  const Result<Model> model = Model::open(golden_root() / "models/v2-plain-rope-tied");
  ASSERT_TRUE(model) << model.error().message;
  const ModelSize size = measure_model(model->weights(), model->config());
  EXPECT_EQ(size.total.size_bytes, 4 * size.total.parameters);
  EXPECT_LE(size.total.size_bytes, model->checkpoint().file_bytes());
  EXPECT_EQ(model->weights().lm_head.data, model->weights().embed_tokens.data);
}

TEST(BindWeights, NamesTheTensorThatDisagreesWithTheConfiguration) {
  const Result<Checkpoint> checkpoint = Checkpoint::open(demo_model());
  ASSERT_TRUE(checkpoint) << checkpoint.error().message;
  ModelConfig config = load_model_config(demo_model()).value();
  config.moe->moe_intermediate_size = 200;
  const Result<ModelWeights> weights = bind_weights(*checkpoint, config);
  ASSERT_FALSE(weights);
  EXPECT_EQ(weights.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(weights.error().message.find("model.layers.1.mlp.experts.0.gate_proj.weight"),
            std::string::npos)
      << weights.error().message;
  EXPECT_NE(weights.error().message.find("[192, 256], expected [200, 256]"), std::string::npos)
      << weights.error().message;
}

TEST(BindWeights, NamesTheTensorThatIsMissing) {
  const Result<Checkpoint> checkpoint = Checkpoint::open(demo_model());
  ASSERT_TRUE(checkpoint) << checkpoint.error().message;
  ModelConfig config = load_model_config(demo_model()).value();
  config.num_hidden_layers = 6;
  const Result<ModelWeights> weights = bind_weights(*checkpoint, config);
  ASSERT_FALSE(weights);
  EXPECT_EQ(weights.error().code, ErrorCode::kNotFound);
  EXPECT_NE(weights.error().message.find("model.layers.5.input_layernorm.weight"),
            std::string::npos)
      << weights.error().message;
}

}  // namespace
}  // namespace fimd
