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

/// Row `row` of a matrix of elements or blocks of type T.
template <typename T>
const T* row_of(const Rows& w, int64_t row) {
  return static_cast<const T*>(w.data) + row * w.stride / kBlockFormat<T>.block_elements;
}

/// The panel of rows [row, row + num_rows), columns [column, column + depth).
template <typename T>
void make_panel(
    const Rows& w, int64_t row, int64_t num_rows, int64_t column, int64_t depth, float* panel) {
  if constexpr (kIsElement<T>) {
    pack_panel(row_of<T>(w, row) + column, w.stride, num_rows, depth, panel);
  } else {
    HWY_ALIGN float decoded[kLanes * kPanelDepth];
    for (int64_t first = 0; first < num_rows; first += kLanes) {
      const int64_t count = std::min(kLanes, num_rows - first);
      for (int64_t i = 0; i < count; ++i) {
        decode_columns(row_of<T>(w, row + first + i), column, depth, decoded + i * kPanelDepth);
      }
      pack_panel(decoded, kPanelDepth, count, depth, panel + first);
    }
  }
}

template <typename T>
void project_by_panels(const Projection& p, float* panel) {
  for (int64_t row = 0; row < p.w.rows; row += kStripRows) {
    const int64_t num_rows = std::min(kStripRows, p.w.rows - row);
    for (int64_t column = 0; column < p.w.columns; column += kPanelDepth) {
      const int64_t depth = std::min(kPanelDepth, p.w.columns - column);
      make_panel<T>(p.w, row, num_rows, column, depth, panel);
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
