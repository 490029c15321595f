#include "kernels/reference/dequantize.h"

namespace fimd::reference {

void dequantize_row(DType dtype, const void* row, std::span<float> out) {
  visit_dtype(dtype, [&]<typename Block>(std::type_identity<Block>) {
    constexpr size_t kElements = kBlockFormat<Block>.block_elements;
    FIMD_CHECK(out.size() % kElements == 0, dtype_name(dtype), out.size());
    const auto* block = static_cast<const Block*>(row);
    for (size_t begin = 0; begin < out.size(); begin += kElements, ++block) {
      if constexpr (kIsElement<Block>) {
        out[begin] = to_float(*block);
      } else {
        dequantize_block(*block, out.subspan(begin).template first<kElements>());
      }
    }
  });
}

}  // namespace fimd::reference
