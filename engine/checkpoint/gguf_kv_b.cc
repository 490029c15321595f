#include "engine/checkpoint/gguf_kv_b.h"

#include <string>

#include "engine/checkpoint/safetensors.h"
#include "kernels/reference/dequantize.h"

namespace fimd {
namespace {

std::vector<float> floats_of(const GgufMatrix& matrix) {
  int64_t count = 1;
  for (const int64_t extent : matrix.tensor->shape) count *= extent;
  std::vector<float> values(static_cast<size_t>(count));
  reference::dequantize_row(matrix.tensor->dtype, matrix.data, values);
  return values;
}

}  // namespace

Result<std::vector<float>> join_kv_b(const GgufMatrix& k_b,
                                     const GgufMatrix& v_b,
                                     const std::string& place) {
  const std::vector<int64_t>& k_shape = k_b.tensor->shape;
  const std::vector<int64_t>& v_shape = v_b.tensor->shape;
  const bool fits = k_shape.size() == 3 && v_shape.size() == 3 && k_shape[0] == v_shape[0] &&
                    k_shape[1] == v_shape[2];
  if (!fits) {
    return fail(ErrorCode::kInvalidInput,
                place + " is " + shape_text(k_shape) + " beside an attn_v_b of " +
                    shape_text(v_shape) + ", expected [heads, rank, nope] beside [heads, v, rank]");
  }
  const int64_t heads = k_shape[0];
  const int64_t rank = k_shape[1];
  const int64_t nope = k_shape[2];
  const int64_t v_dim = v_shape[1];
  const std::vector<float> k = floats_of(k_b);
  const std::vector<float> v = floats_of(v_b);
  std::vector<float> joined;
  joined.reserve(k.size() + v.size());
  for (int64_t head = 0; head < heads; ++head) {
    for (int64_t n = 0; n < nope; ++n) {
      for (int64_t r = 0; r < rank; ++r) joined.push_back(k[(head * rank + r) * nope + n]);
    }
    const auto first = v.begin() + head * v_dim * rank;
    joined.insert(joined.end(), first, first + v_dim * rank);
  }
  return joined;
}

}  // namespace fimd
