#include "engine/checkpoint/gguf_names.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

TEST(GgufNames, AreThoseOfHuggingFace) {
  const auto place = [](const char* name) { return place_of_gguf_tensor(name).name; };
  EXPECT_EQ(place("token_embd.weight"), "model.embed_tokens.weight");
  EXPECT_EQ(place("output.weight"), "lm_head.weight");
  EXPECT_EQ(place("blk.0.attn_q.weight"), "model.layers.0.self_attn.q_proj.weight");
  EXPECT_EQ(place("blk.17.attn_q.bias"), "model.layers.17.self_attn.q_proj.bias");
  EXPECT_EQ(place("blk.3.attn_kv_a_mqa.weight"),
            "model.layers.3.self_attn.kv_a_proj_with_mqa.weight");
  EXPECT_EQ(place("blk.3.ffn_gate_inp.weight"), "model.layers.3.mlp.gate.weight");
  EXPECT_FALSE(place_of_gguf_tensor("blk.3.ffn_up.weight").is_stacked);
}

TEST(GgufNames, OfStacksHaveTheExpertsNumber) {
  const GgufPlace place = place_of_gguf_tensor("blk.12.ffn_up_exps.weight");
  EXPECT_TRUE(place.is_stacked);
  EXPECT_EQ(expert_name(place, 0), "model.layers.12.mlp.experts.0.up_proj.weight");
  EXPECT_EQ(expert_name(place, 159), "model.layers.12.mlp.experts.159.up_proj.weight");
}

TEST(GgufNames, StayWhereNobodyElseHasOne) {
  for (const char* name : {"",
                           ".",
                           "weight",
                           "output",
                           "blk.",
                           "blk.weight",
                           "blk..weight",
                           "blk.1.weight",
                           "blk.x.attn_q.weight",
                           "blk.1attn_q.weight",
                           "blk.1.rope_freqs.weight",
                           "attn_q.weight",
                           "v.blk.0.attn_q.weight",
                           "model.norm.weight",
                           "{}"}) {
    const GgufPlace place = place_of_gguf_tensor(name);
    EXPECT_EQ(place.name, name);
    EXPECT_FALSE(place.is_stacked) << name;
  }
}

}  // namespace
}  // namespace fimd
