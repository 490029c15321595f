#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/projection.cc"
#include "hwy/foreach_target.h"

#include "kernels/cpu/blocks-inl.h"
#include "kernels/cpu/dot-inl.h"
#include "kernels/cpu/panel-inl.h"
#include "kernels/cpu/projection-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

/// The panel of a strip's columns [column, column + depth).
template <typename T>
void make_panel(const Rows& strip, int64_t column, int64_t depth, float* panel) {
  const T* weights = static_cast<const T*>(strip.data);
  if constexpr (kIsElement<T>) {
    pack_panel(weights + column, strip.stride, strip.rows, depth, panel);
  } else {
    HWY_ALIGN float decoded[kLanes * kPanelDepth];
    const int64_t row_blocks = strip.stride / kBlockFormat<T>.block_elements;
    for (int64_t first = 0; first < strip.rows; first += kLanes) {
      const int64_t count = std::min(kLanes, strip.rows - first);
      for (int64_t i = 0; i < count; ++i) {
        const T* row = weights + (first + i) * row_blocks;
        decode_columns(row, column, depth, decoded + i * kPanelDepth);
      }
      pack_panel(decoded, kPanelDepth, count, depth, panel + first);
    }
  }
}

template <typename T>
void project_by_panels(const Projection& p, float* panel) {
  for (int64_t row = 0; row < p.w.rows; row += kStripRows) {
    const Rows strip = p.w.slice(row, std::min(kStripRows, p.w.rows - row));
    for (int64_t column = 0; column < p.w.columns; column += kPanelDepth) {
      const int64_t depth = std::min(kPanelDepth, p.w.columns - column);
      make_panel<T>(strip, column, depth, panel);
      multiply_panel({
          .x = p.x,
          .x_column = column,
          .out = p.out,
          .out_column = p.out_column + row,
          .num_tokens = p.num_tokens,
          .panel = panel,
          .panel_stride = kStripRows,
          .depth = depth,
          .columns = strip.rows,
          .accumulate = p.accumulate || column != 0,
      });
    }
  }
}

template <typename T>
void project_as(const Projection& p, Form form, float* panel) {
  if (form == Form::kPanel) {
    project_by_panels<T>(p, panel);
  } else {
    project_by_dots<T>(p);
  }
}

}  // namespace

void multiply_panel(const PanelProduct& product) {
  for (int64_t column = 0; column < product.columns; column += kStripRows) {
    PanelProduct strip = product;
    strip.panel += column;
    strip.out_column += column;
    strip.columns = std::min(kStripRows, product.columns - column);
    multiply_strip(strip);
  }
}

void project(const Projection& projection, Form form, float* panel) {
  visit_dtype(projection.w.dtype,
              [&]<typename T>(std::type_identity<T>) { project_as<T>(projection, form, panel); });
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();
