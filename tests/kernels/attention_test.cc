#include "tests/kernels/kernel_test.h"

namespace fimd {
namespace {

// Outputs are averages of numbers below 3. Scores reach about 3 and come from sums of up to 500
// terms, so they are off by a few 1e-6; that much, relatively, the weights are off.
constexpr Tolerance kTolerance = {.floor = 2e-5, .epsilon = 2e-5};

struct MlaCase {
  int64_t num_tokens;
  int64_t context;
  int64_t num_heads;
  int64_t nope_dim;
  int64_t rope_dim;
  int64_t v_dim;
  int64_t kv_lora_rank;
};

std::ostream& operator<<(std::ostream& out, const MlaCase& c) {
  return out << c.num_tokens << " tokens, context " << c.context << ", heads " << c.num_heads << "("
             << c.nope_dim << "+" << c.rope_dim << ", " << c.v_dim << "), latent "
             << c.kv_lora_rank;
}

/// A call's inputs. Caches are slices of wider rows, and queries of wider heads.
struct MlaInputs {
  MlaInputs(const MlaCase& c, DType dtype)
      : shape(c),
        random(static_cast<uint32_t>(c.num_tokens * 31 + c.context)),
        q({c.num_tokens, c.num_heads, c.nope_dim + c.rope_dim}, 3),
        cache({c.context, c.kv_lora_rank + c.rope_dim}, 2),
        kv_b(dtype,
             c.num_heads * (c.nope_dim + c.v_dim),
             c.kv_lora_rank,
             random,
             2 / std::sqrt(static_cast<float>(c.kv_lora_rank))) {
    q.fill(random);
    cache.fill(random);
  }

  MlaAttentionArgs args(MlaForm form) {
    return {
        .q = q.view(),
        .cache = cache.view(),
        .kv_b = kv_b.view(),
        .nope_dim = shape.nope_dim,
        .softmax_scale = 2 / std::sqrt(static_cast<float>(shape.nope_dim + shape.rope_dim)),
        .form = form,
    };
  }

  MlaCase shape;
  Random random;
  Tensor<3> q;
  Tensor<2> cache;
  Weight kv_b;
};

/// Both forms on the CPU against the reference's decompressed form, which is the definition.
void check_mla(MlaInputs& inputs) {
  const MlaCase& c = inputs.shape;
  SCOPED_TRACE(testing::Message() << c);
  const Tensor<3> out({c.num_tokens, c.num_heads, c.v_dim}, 7);
  for (const MlaForm form : {MlaForm::kDecompressed, MlaForm::kAbsorbed}) {
    SCOPED_TRACE(form == MlaForm::kAbsorbed ? "absorbed" : "decompressed");
    ASSERT_NO_FATAL_FAILURE(check_against_reference<3>(
        out, kTolerance, [&](const Backend& backend, TensorView<float, 3> y, Exec& exec) {
          const bool is_reference = backend.name == "reference";
          backend.mla_attention(inputs.args(is_reference ? MlaForm::kDecompressed : form), y, exec);
        }));
  }
}

TEST(MlaAttention, OfTheReferenceReadsEveryBlock) {
  for (const DType dtype : kBlockDTypes) {
    MlaInputs inputs({3, 5, 2, 4, 2, 3, kBlockColumns}, dtype);
    for (const MlaForm form : {MlaForm::kDecompressed, MlaForm::kAbsorbed}) {
      SCOPED_TRACE(dtype_name(dtype));
      ASSERT_NO_FATAL_FAILURE(check_reference_reads_blocks<3>(
          Tensor<3>({3, 2, 3}),
          {inputs.kv_b},
          [&](const auto& weights, TensorView<float, 3> y, Exec& exec) {
            MlaAttentionArgs args = inputs.args(form);
            args.kv_b = weights[0].view();
            reference_backend().mla_attention(args, y, exec);
          }));
    }
  }
}

TEST(MlaAttention, AgreesWithTheReferenceInBothForms) {
  for (const int64_t num_tokens : kTokenCounts) {
    MlaInputs inputs({num_tokens, num_tokens, 2, 5, 4, 7, 9}, DType::kBF16);
    ASSERT_NO_FATAL_FAILURE(check_mla(inputs));
  }
}

TEST(MlaAttention, TakesBlocksOfEveryType) {
  for (const DType dtype : kBlockDTypes) {
    for (const int64_t num_tokens : {1, 13}) {
      MlaInputs inputs({num_tokens, num_tokens + 3, 2, 5, 4, 7, kBlockColumns}, dtype);
      ASSERT_NO_FATAL_FAILURE(check_mla(inputs));
    }
  }
}

TEST(MlaAttention, TakesWeightsOfEveryType) {
  for (const DType dtype : kElementDTypes) {
    MlaInputs inputs({3, 9, 3, 16, 8, 16, 32}, dtype);
    ASSERT_NO_FATAL_FAILURE(check_mla(inputs));
  }
}

// Contexts around the blocks of 128 keys, with queries at their end: offsets of the causal mask.
TEST(MlaAttention, SeesTheContextBeforeItsTokens) {
  for (const int64_t context : {127, 128, 129, 260}) {
    for (const int64_t num_tokens : {1, 5, 17, 127}) {
      MlaInputs inputs({num_tokens, context, 2, 8, 4, 17, 16}, DType::kBF16);
      ASSERT_NO_FATAL_FAILURE(check_mla(inputs));
    }
  }
}

TEST(MlaAttention, AgreesAtTheShapesOfRealModels) {
  constexpr MlaCase kCases[] = {
      {1, 300, 4, 32, 32, 64, 64},      // the bundled model
      {200, 200, 4, 32, 32, 64, 64},    // more rows than a score tile
      {2, 140, 16, 128, 64, 128, 512},  // V2-Lite
  };
  for (const MlaCase& c : kCases) {
    MlaInputs inputs(c, DType::kBF16);
    ASSERT_NO_FATAL_FAILURE(check_mla(inputs));
  }
}

// What stands in a later token's cache row must not reach an earlier token, not even as 0 * NaN;
// an infinite key takes all weight of those who see it.
TEST(MlaAttention, CarriesNanOnlyToTokensThatSeeIt) {
  for (const float special : {kNan, kInfinity}) {
    for (const int64_t key : {0, 130, 139}) {
      MlaInputs inputs({11, 140, 2, 8, 4, 5, 16}, DType::kBF16);
      inputs.cache.view()(key, 3) = special;
      const Tensor<3> out({11, 2, 5});
      ASSERT_NO_FATAL_FAILURE(check_against_reference<3>(
          out, kTolerance, [&](const Backend& backend, TensorView<float, 3> y, Exec& exec) {
            backend.mla_attention(inputs.args(MlaForm::kAbsorbed), y, exec);
            // An infinite latent gives infinite scores, or NaN where W has both signs: either way
            // the softmax has no value. Compare who is hit.
            for (int64_t t = 0; t < 11; ++t) {
              const bool sees = key <= 140 - 11 + t;
              EXPECT_EQ(std::isnan(y(t, 1, 0)) || std::isinf(y(t, 1, 0)) || y(t, 1, 0) == 0, sees);
              for (float* value = y.at(t); sees && value != y.at(t) + 10; ++value) *value = 0;
            }
          }));
    }
  }
}

struct GqaCase {
  int64_t num_tokens;
  int64_t context;
  int64_t num_heads;
  int64_t num_kv_heads;
  int64_t head_dim;
};

struct GqaInputs {
  explicit GqaInputs(const GqaCase& c)
      : shape(c),
        q({c.num_tokens, c.num_heads, c.head_dim}, 3),
        k({c.context, c.num_kv_heads, c.head_dim}, 2),
        v({c.context, c.num_kv_heads, c.head_dim}, 6) {
    Random random(static_cast<uint32_t>(c.num_tokens * 31 + c.context));
    q.fill(random, 2);
    k.fill(random);
    v.fill(random);
  }

  GqaCase shape;
  Tensor<3> q;
  Tensor<3> k;
  Tensor<3> v;
};

void check_gqa(GqaInputs& inputs) {
  const GqaCase& c = inputs.shape;
  SCOPED_TRACE(testing::Message() << c.num_tokens << " tokens, context " << c.context << ", heads "
                                  << c.num_heads << "/" << c.num_kv_heads << " of " << c.head_dim);
  const Tensor<3> out({c.num_tokens, c.num_heads, c.head_dim}, 7);
  check_against_reference<3>(
      out, kTolerance, [&](const Backend& backend, TensorView<float, 3> y, Exec& exec) {
        backend.gqa_attention({.q = inputs.q.view(),
                               .k = inputs.k.view(),
                               .v = inputs.v.view(),
                               .softmax_scale = 0.35F},
                              y,
                              exec);
      });
}

TEST(GqaAttention, AgreesWithTheReference) {
  for (const int64_t num_tokens : kTokenCounts) {
    for (const GqaCase& c : {GqaCase{num_tokens, num_tokens, 2, 2, 16},
                             GqaCase{num_tokens, num_tokens + 130, 6, 2, 7},
                             GqaCase{num_tokens, num_tokens + 1, 5, 1, 17}}) {
      GqaInputs inputs(c);
      ASSERT_NO_FATAL_FAILURE(check_gqa(inputs));
    }
  }
}

TEST(GqaAttention, AgreesOverLongContexts) {
  for (const GqaCase& c : {GqaCase{1, 1000, 8, 2, 128}, GqaCase{210, 400, 4, 4, 32}}) {
    GqaInputs inputs(c);
    ASSERT_NO_FATAL_FAILURE(check_gqa(inputs));
  }
}

// Scores of -infinity, alone in a block or everywhere, and values that are not numbers.
TEST(GqaAttention, CarriesInfinitiesAndNan) {
  for (const int64_t hidden_keys : {1, 128, 140}) {
    GqaInputs inputs({3, 140, 1, 1, 8});
    for (int64_t t = 0; t < 3; ++t) inputs.q.view()(t, 0, 0) = 1;
    for (int64_t j = 0; j < hidden_keys; ++j) inputs.k.view()(j, 0, 0) = -kInfinity;
    ASSERT_NO_FATAL_FAILURE(check_gqa(inputs));
  }
  GqaInputs inputs({9, 140, 2, 1, 8});
  inputs.v.view()(135, 0, 5) = kNan;
  inputs.v.view()(139, 0, 1) = kInfinity;
  ASSERT_NO_FATAL_FAILURE(check_gqa(inputs));
}

}  // namespace
}  // namespace fimd
