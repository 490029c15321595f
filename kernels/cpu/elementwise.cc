#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/elementwise.cc"
#include <cmath>

#include "hwy/foreach_target.h"

#include "kernels/cpu/blocks-inl.h"
#include "kernels/cpu/rotate-inl.h"
#include "kernels/cpu/simd-inl.h"
#include "kernels/cpu/tasks.h"
#include "kernels/ops.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

template <typename T>
void convert_row(const std::byte* row, int64_t width, float* out) {
  const T* values = reinterpret_cast<const T*>(row);
  for (int64_t i = 0; i < width; i += kLanes) {
    store_up_to(load_up_to(values + i, width - i), out + i, width - i);
  }
}

void norm_row(const RmsNormArgs& args, const float* x, float* out) {
  const Floats d;
  const int64_t width = args.x.shape[1];
  // Four sums, because one would wait for itself.
  FloatVec sums[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  int64_t i = 0;
  for (; i + 4 * kLanes <= width; i += 4 * kLanes) {
    FIMD_UNROLL(4)
    for (int64_t j = 0; j < 4; ++j) {
      const FloatVec value = hn::LoadU(d, x + i + j * kLanes);
      sums[j] = hn::MulAdd(value, value, sums[j]);
    }
  }
  for (; i < width; i += kLanes) {
    const FloatVec value = load_up_to(x + i, width - i);
    sums[0] = hn::MulAdd(value, value, sums[0]);
  }
  const FloatVec sum = hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3]));
  const float mean = hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<float>(width);
  const FloatVec scale = hn::Set(d, 1.0F / std::sqrt(mean + args.epsilon));
  for (i = 0; i < width; i += kLanes) {
    const FloatVec value = hn::Mul(load_up_to(x + i, width - i), scale);
    const FloatVec weight = load_up_to(args.weight.data() + i, width - i);
    store_up_to(hn::Mul(weight, value), out + i, width - i);
  }
}

}  // namespace

void embed(const EmbedArgs& args, TensorView<float, 2> out, Exec& exec) {
  const auto [num_tokens, width] = out.shape;
  FIMD_CHECK(num_tokens == std::ssize(args.tokens) && width == args.table.columns);
  parallel_tasks(exec, num_tokens, num_tokens * width, [&, columns = width](int64_t t, int) {
    const int32_t token = args.tokens[t];
    FIMD_CHECK(token >= 0 && token < args.table.rows, token, args.table.rows);
    const std::byte* row = args.table.row(token);
    visit_dtype(args.table.dtype, [&]<typename T>(std::type_identity<T>) {
      if constexpr (kIsElement<T>) {
        convert_row<T>(row, columns, out.at(t));
      } else {
        decode_columns(reinterpret_cast<const T*>(row), 0, columns, out.at(t));
      }
    });
  });
}

void rms_norm(const RmsNormArgs& args, TensorView<float, 2> out, Exec& exec) {
  const auto [num_tokens, width] = args.x.shape;
  FIMD_CHECK(out.shape == args.x.shape && width == std::ssize(args.weight));
  parallel_tasks(exec, num_tokens, num_tokens * width, [&](int64_t t, int) {
    norm_row(args, args.x.at(t), out.at(t));
  });
}

void rope(const RopeArgs& args, TensorView<float, 3> x, Exec& exec) {
  const auto [num_tokens, num_heads, width] = x.shape;
  const std::array<int64_t, 2> angles = {num_tokens, width / 2};
  FIMD_CHECK(width % 2 == 0 && args.cos.shape == angles && args.sin.shape == angles);
  const int64_t work = num_tokens * num_heads * width;
  parallel_tasks(exec, num_tokens, work, [&, heads = num_heads, pairs = width / 2](int64_t t, int) {
    for (int64_t h = 0; h < heads; ++h) {
      rotate({args.pairing, pairs, args.cos.at(t), args.sin.at(t)}, x.at(t, h), x.at(t, h));
    }
  });
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace fimd::cpu {

HWY_EXPORT(embed);
HWY_EXPORT(rms_norm);
HWY_EXPORT(rope);

void embed(const EmbedArgs& args, TensorView<float, 2> out, Exec& exec) {
  HWY_DYNAMIC_DISPATCH(embed)(args, out, exec);
}

void rms_norm(const RmsNormArgs& args, TensorView<float, 2> out, Exec& exec) {
  HWY_DYNAMIC_DISPATCH(rms_norm)(args, out, exec);
}

void rope(const RopeArgs& args, TensorView<float, 3> x, Exec& exec) {
  HWY_DYNAMIC_DISPATCH(rope)(args, x, exec);
}

}  // namespace fimd::cpu

#endif  // HWY_ONCE
