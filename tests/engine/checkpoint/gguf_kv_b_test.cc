#include "engine/checkpoint/gguf_kv_b.h"

#include <gtest/gtest.h>

namespace fimd {
namespace {

GgufMatrix matrix(const GgufTensor& tensor, const std::vector<float>& values) {
  return {&tensor, reinterpret_cast<const std::byte*>(values.data())};
}

TEST(JoinKvB, PutsEachHeadsKeysBeforeItsValues) {
  // Two heads, rank 3, two dimensions of keys and one of values.
  const GgufTensor k = {.name = "k", .shape = {2, 3, 2}};
  const GgufTensor v = {.name = "v", .shape = {2, 1, 3}};
  const std::vector<float> k_values = {1, 4, 2, 5, 3, 6, 11, 14, 12, 15, 13, 16};
  const std::vector<float> v_values = {7, 8, 9, 17, 18, 19};
  const auto joined = join_kv_b(matrix(k, k_values), matrix(v, v_values), "x");
  ASSERT_TRUE(joined) << joined.error().message;
  EXPECT_EQ(*joined,
            (std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19}));
}

TEST(JoinKvB, NamesShapesThatDoNotFit) {
  const std::vector<float> values(12);
  const GgufTensor k = {.name = "k", .shape = {2, 3, 2}};
  for (const std::vector<int64_t>& shape :
       {std::vector<int64_t>{2, 1, 4}, {1, 2, 3}, {6, 1}, {2, 3, 1}, {}}) {
    const GgufTensor v = {.name = "v", .shape = shape};
    const auto joined = join_kv_b(matrix(k, values), matrix(v, values), "m.gguf: tensor \"k\"");
    ASSERT_FALSE(joined);
    EXPECT_TRUE(joined.error().message.starts_with("m.gguf: tensor \"k\" is [2, 3, 2] beside"))
        << joined.error().message;
  }
}

}  // namespace
}  // namespace fimd
