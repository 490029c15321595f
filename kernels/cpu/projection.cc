#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/projection.cc"
#include "hwy/foreach_target.h"

#include "kernels/cpu/dot-inl.h"
#include "kernels/cpu/panel-inl.h"
#include "kernels/cpu/projection-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

template <typename T>
void project_by_panels(const Projection& p, float* panel) {
  const auto* weights = static_cast<const T*>(p.w.data);
  for (int64_t row = 0; row < p.w.rows; row += kStripRows) {
    const int64_t num_rows = std::min(kStripRows, p.w.rows - row);
    for (int64_t column = 0; column < p.w.columns; column += kPanelDepth) {
      const int64_t depth = std::min(kPanelDepth, p.w.columns - column);
      pack_panel(weights + row * p.w.stride + column, p.w.stride, num_rows, depth, panel);
      multiply_panel({
          .x = p.x,
          .x_column = column,
          .out = p.out,
          .out_column = p.out_column + row,
          .num_tokens = p.num_tokens,
          .panel = panel,
          .panel_stride = kStripRows,
          .depth = depth,
          .columns = num_rows,
          .accumulate = p.accumulate || column != 0,
      });
    }
  }
}

template <typename T>
void project_as(const Projection& p, Form form, float* panel) {
  if (form == Form::kDot) {
    project_by_dots<T>(p);
  } else {
    project_by_panels<T>(p, panel);
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
  visit_element_type(projection.w.dtype, [&]<typename T>(std::type_identity<T>) {
    project_as<T>(projection, form, panel);
  });
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();
