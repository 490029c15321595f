#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/attention.cc"
#include <cmath>
#include <limits>

#include "hwy/foreach_target.h"

#include "kernels/cpu/attention-inl.h"
#include "kernels/cpu/tasks.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

constexpr float kNegativeInfinity = -std::numeric_limits<float>::infinity();

/// Query rows whose scores stand in a thread's scratch at one time: whole tiles, and with
/// kKeyBlock some 100 KB.
constexpr int64_t kScoreRows = 32 * kTileTokens;

/// What the chunks of keys may take for their partial results, floats. Decoding needs far less;
/// prompts fill the threads with rows instead of chunks.
constexpr int64_t kMaxPartialFloats = 1 << 20;

/// Rows of queries with their running softmax.
struct State {
  const float* const* q;
  float* const* out;  ///< not yet divided by the sum
  float* max;
  float* sum;

  [[nodiscard]] State from(int64_t row) const { return {q + row, out + row, max + row, sum + row}; }
};

struct Scratch {
  float* panel;
  float** score_rows;  ///< [kScoreRows] pointers to kKeyBlock floats
  float* v;  ///< [kKeyBlock, v_dim up to whole vectors]; null where v can be read in place
};

/// The maximum to subtract: a row that saw only -infinity must not become NaN before it is over.
float finite_or_zero(float max) {
  return max == kNegativeInfinity ? 0.0F : max;
}

float exp_of(float x) {
  return hn::GetLane(exp_nonpositive(hn::Set(Floats(), x)));
}

void scale_row(float* row, int64_t width, float factor) {
  const FloatVec scale = hn::Set(Floats(), factor);
  for (int64_t i = 0; i < width; i += kLanes) {
    store_up_to(hn::Mul(load_up_to(row + i, width - i), scale), row + i, width - i);
  }
}

/// Replaces `count` scores by p = exp(score * scale - max) and brings the row's state up to date.
/// Reads and writes whole vectors; what lies behind the last score becomes 0.
void update_softmax(const Attention& a, const State& row, float* scores, int64_t count) {
  const Floats d;
  const FloatVec scale = hn::Set(d, a.softmax_scale);
  const FloatVec lowest = hn::Set(d, kNegativeInfinity);
  FloatVec maxima = lowest;
  for (int64_t i = 0; i < count; i += kLanes) {
    FloatVec score = hn::Mul(hn::Load(d, scores + i), scale);
    if (count - i < kLanes) {
      score = hn::IfThenElse(hn::FirstN(d, static_cast<size_t>(count - i)), score, lowest);
    }
    hn::Store(score, d, scores + i);
    maxima = hn::Max(maxima, score);
  }
  const float old_max = *row.max;
  const float new_max = std::max(old_max, hn::GetLane(hn::MaxOfLanes(d, maxima)));
  const float shift = finite_or_zero(new_max);
  if (new_max != old_max) {
    const float factor = exp_of(old_max - shift);
    *row.max = new_max;
    *row.sum *= factor;
    scale_row(*row.out, a.v_dim, factor);
  }
  const FloatVec shifts = hn::Set(d, shift);
  FloatVec sums = hn::Zero(d);
  for (int64_t i = 0; i < count; i += kLanes) {
    const FloatVec p = exp_nonpositive(hn::Sub(hn::Load(d, scores + i), shifts));
    hn::Store(p, d, scores + i);
    sums = hn::Add(sums, p);
  }
  *row.sum += hn::GetLane(hn::SumOfLanes(d, sums));
}

/// The keys of [first, first + count) that row `row` of a KvHead sees.
int64_t visible_keys(const Attention& a, int64_t row, int64_t first, int64_t count) {
  const int64_t limit = a.context - a.num_tokens + row / a.rows_per_token + 1;
  return std::clamp<int64_t>(limit - first, 0, count);
}

/// Brings `num_rows` <= kScoreRows rows from `row` on up to date with a block of keys.
void attend_block(const Attention& a,
                  const KeyBlock& block,
                  const State& state,
                  const Scratch& scratch,
                  std::array<int64_t, 3> row_count_first_key) {
  const auto [first_row, num_rows, first_key] = row_count_first_key;
  const int64_t num_keys = block.k.rows;
  int64_t begin = 0;  // rows see more and more keys: [0, begin) none, [full, num_rows) all
  while (begin < num_rows && visible_keys(a, first_row + begin, first_key, num_keys) == 0) ++begin;
  if (begin == num_rows) return;
  project(
      {
          .x = state.q + begin,
          .out = scratch.score_rows + begin,
          .out_column = 0,
          .num_tokens = num_rows - begin,
          .w = block.k,
          .accumulate = false,
      },
      form_for(a.num_rows),
      scratch.panel);
  int64_t full = num_rows;
  for (int64_t row = begin; row < num_rows; ++row) {
    const int64_t visible = visible_keys(a, first_row + row, first_key, num_keys);
    update_softmax(a, state.from(row), scratch.score_rows[row], visible);
    if (visible == num_keys) full = std::min(full, row);
  }
  const auto add_values = [&](int64_t row, int64_t rows, int64_t key, int64_t keys) {
    multiply_panel({
        .x = scratch.score_rows + row,
        .x_column = key,
        .out = state.out + row,
        .out_column = 0,
        .num_tokens = rows,
        .panel = block.v + key * block.v_stride,
        .panel_stride = block.v_stride,
        .depth = keys,
        .columns = a.v_dim,
        .accumulate = true,
    });
  };
  // Rows that see a part: a tile together as far as its first row sees, then each row alone.
  for (int64_t row = begin; row < full; row += kTileTokens) {
    const int64_t rows = std::min(kTileTokens, full - row);
    const int64_t common = visible_keys(a, first_row + row, first_key, num_keys);
    add_values(row, rows, 0, common);
    for (int64_t i = row; i < row + rows; ++i) {
      const int64_t visible = visible_keys(a, first_row + i, first_key, num_keys);
      if (visible > common) add_values(i, 1, common, visible - common);
    }
  }
  if (full < num_rows) add_values(full, num_rows - full, 0, num_keys);
}

/// Rows [row, row + num_rows) of a KvHead and keys [key, key + num_keys).
struct Task {
  int64_t kv_head;
  int64_t row;
  int64_t num_rows;
  int64_t key;
  int64_t num_keys;
};

void attend_task(
    const Attention& a, const Task& task, const State& state, const Scratch& scratch, int thread) {
  for (int64_t row = 0; row < task.num_rows; ++row) {
    std::fill_n(state.out[row], a.v_dim, 0.0F);
    state.max[row] = kNegativeInfinity;
    state.sum[row] = 0;
  }
  const int64_t last_row = task.row + task.num_rows - 1;
  const int64_t num_keys = visible_keys(a, last_row, task.key, task.num_keys);
  for (int64_t offset = 0; offset < num_keys; offset += kKeyBlock) {
    const int64_t key = task.key + offset;
    KeyBlock block = a.block(task.kv_head, key, std::min(kKeyBlock, num_keys - offset), thread);
    if (scratch.v != nullptr) {
      const int64_t width = divide_up(a.v_dim, kLanes) * kLanes;
      for (int64_t j = 0; j < block.k.rows; ++j) {
        std::copy_n(block.v + j * block.v_stride, a.v_dim, scratch.v + j * width);
      }
      block.v = scratch.v;
      block.v_stride = width;
    }
    for (int64_t row = 0; row < task.num_rows; row += kScoreRows) {
      const int64_t rows = std::min(kScoreRows, task.num_rows - row);
      attend_block(a, block, state.from(row), scratch, {task.row + row, rows, key});
    }
  }
}

/// out = sum_c O_c exp(max_c - max) / sum_c sum_c exp(max_c - max), over the chunks of one row.
struct Partials {
  int64_t num_chunks;
  int64_t stride;     ///< rows from a chunk to the next
  float* const* out;  ///< of chunk 0, this row
  const float* max;
  const float* sum;
};

void merge_chunks(const Partials& parts, int64_t width, float* out) {
  float max = kNegativeInfinity;
  for (int64_t c = 0; c < parts.num_chunks; ++c) max = std::max(max, parts.max[c * parts.stride]);
  const float shift = finite_or_zero(max);
  float sum = 0;
  std::fill_n(out, width, 0.0F);
  for (int64_t c = 0; c < parts.num_chunks; ++c) {
    const float factor = exp_of(parts.max[c * parts.stride] - shift);
    sum += parts.sum[c * parts.stride] * factor;
    const float* part = parts.out[c * parts.stride];
    const FloatVec factors = hn::Set(Floats(), factor);
    for (int64_t i = 0; i < width; i += kLanes) {
      const FloatVec value = load_up_to(part + i, width - i);
      store_up_to(hn::MulAdd(value, factors, load_up_to(out + i, width - i)), out + i, width - i);
    }
  }
  scale_row(out, width, 1.0F / sum);
}

}  // namespace

void attend(const Attention& a, Exec& exec) {
  const int64_t all_rows = a.num_kv_heads * a.num_rows;
  if (all_rows == 0) return;
  const int64_t most_chunks = std::max<int64_t>(1, kMaxPartialFloats / (all_rows * a.v_dim));
  const int64_t chunk_keys = divide_up(divide_up(a.context, most_chunks), kKeyBlock) * kKeyBlock;
  const int64_t num_chunks = divide_up(a.context, chunk_keys);
  const int num_threads = exec.pool.num_threads();
  // Where heads and chunks are too few for the threads, rows are cut as well; which changes nothing
  // in a row's result.
  const bool cut_rows = a.num_kv_heads * num_chunks < int64_t{2} * num_threads;
  const int64_t task_rows = cut_rows ? std::min(kScoreRows, a.num_rows) : a.num_rows;
  const int64_t row_tasks = divide_up(a.num_rows, task_rows);

  Workspace::Scope scope(exec.workspace);
  float* max = scope.take<float>(num_chunks * all_rows);
  float* sum = scope.take<float>(num_chunks * all_rows);
  float* const* partial_out = a.out;
  if (num_chunks > 1) {
    partial_out = row_pointers(scope, scope.tensor<2>({num_chunks * all_rows, a.v_dim}));
  }
  const bool v_in_place = a.v_dim % kLanes == 0;
  const int64_t v_floats = v_in_place ? 0 : kKeyBlock * divide_up(a.v_dim, kLanes) * kLanes;
  float* panels = scope.take<float>(num_threads * kPanelFloats);
  float* values = scope.take<float>(num_threads * v_floats);
  float** score_rows = row_pointers(scope, scope.tensor<2>({num_threads * kScoreRows, kKeyBlock}));

  const int64_t macs = all_rows * a.context * (a.k_dim + a.v_dim);
  const int64_t num_tasks = a.num_kv_heads * row_tasks * num_chunks;
  parallel_tasks(exec, num_tasks, macs, [&](int64_t index, int thread) {
    // Early chunks and late rows see the most keys, so they come first.
    const int64_t chunk = index / (a.num_kv_heads * row_tasks);
    const int64_t row = (row_tasks - 1 - index / a.num_kv_heads % row_tasks) * task_rows;
    const Task task = {
        .kv_head = index % a.num_kv_heads,
        .row = row,
        .num_rows = std::min(task_rows, a.num_rows - row),
        .key = chunk * chunk_keys,
        .num_keys = std::min(chunk_keys, a.context - chunk * chunk_keys),
    };
    const int64_t first = task.kv_head * a.num_rows + row;
    const int64_t partial = chunk * all_rows + first;
    const State state = {a.q + first, partial_out + partial, max + partial, sum + partial};
    const Scratch scratch = {
        panels + thread * kPanelFloats,
        score_rows + thread * kScoreRows,
        v_in_place ? nullptr : values + thread * v_floats,
    };
    attend_task(a, task, state, scratch, thread);
    if (num_chunks == 1) {
      for (int64_t i = 0; i < task.num_rows; ++i) {
        scale_row(state.out[i], a.v_dim, 1.0F / state.sum[i]);
      }
    }
  });
  if (num_chunks == 1) return;
  const int64_t merge_work = num_chunks * all_rows * a.v_dim;
  parallel_tasks(exec, all_rows, merge_work, [&](int64_t row, int) {
    merge_chunks(
        {num_chunks, all_rows, partial_out + row, max + row, sum + row}, a.v_dim, a.out[row]);
  });
}

}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();
