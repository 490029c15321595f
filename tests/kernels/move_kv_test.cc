#include "tests/kernels/kernel_test.h"

namespace fimd {
namespace {

/// A cache of random rows, RoPE's columns in it, and the positions of a sequence's tokens.
struct Layout {
  int64_t width;
  int64_t rope_begin;
  int64_t rope_heads;
  int64_t rope_dim;
  RopePairing pairing;
};

// Of MLA, DeepSeek-V2-Lite's and the smallest; of GQA, several heads at odd places; a row of
// nothing but rotated columns, and one with none.
const Layout kLayouts[] = {
    {576, 512, 1, 64, RopePairing::kInterleaved},
    {3, 1, 1, 2, RopePairing::kInterleaved},
    {340, 0, 5, 34, RopePairing::kHalfSplit},
    {300, 131, 3, 26, RopePairing::kInterleaved},
    {146, 1, 1, 16, RopePairing::kHalfSplit},
    {96, 0, 3, 32, RopePairing::kInterleaved},
    {7, 3, 0, 4, RopePairing::kHalfSplit},
};

struct Move {
  int64_t from;
  int64_t to;
  int64_t count;
};

// Apart, touching, overlapping by all but one row and by one, equal; of one row and of none.
const Move kMoves[] = {
    {0, 50, 41},
    {50, 0, 41},
    {0, 41, 41},
    {41, 0, 41},
    {0, 1, 41},
    {1, 0, 41},
    {3, 20, 18},
    {20, 3, 18},
    {0, 7, 90},
    {7, 0, 90},
    {9, 9, 33},
    {0, 0, 97},
    {5, 96, 1},
    {96, 96, 1},
    {96, 5, 1},
    {4, 9, 0},
    {97, 0, 0},
    {0, 97, 0},
};

constexpr int64_t kRows = 97;

/// cos and sin of `distance` positions at RoPE's usual frequencies.
struct Angles {
  Angles(int64_t distance, int64_t rope_dim) {
    for (int64_t i = 0; i < rope_dim / 2; ++i) {
      const double exponent = 2.0 * static_cast<double>(i) / static_cast<double>(rope_dim);
      const double angle = static_cast<double>(distance) * std::pow(10000.0, -exponent);
      cos.push_back(static_cast<float>(std::cos(angle)));
      sin.push_back(static_cast<float>(std::sin(angle)));
    }
  }

  std::vector<float> cos;
  std::vector<float> sin;
};

MoveKvArgs make_args(const Layout& layout, const Move& move, const Angles& angles) {
  return {.from = move.from,
          .to = move.to,
          .count = move.count,
          .rope_begin = layout.rope_begin,
          .rope_heads = layout.rope_heads,
          .cos = angles.cos,
          .sin = angles.sin,
          .pairing = layout.pairing};
}

bool is_rotated(const Layout& layout, int64_t column) {
  return column >= layout.rope_begin &&
         column < layout.rope_begin + layout.rope_heads * layout.rope_dim;
}

std::string describe(const Layout& layout, const Move& move) {
  return std::to_string(layout.width) + " columns, " + std::to_string(move.count) + " rows from " +
         std::to_string(move.from) + " to " + std::to_string(move.to);
}

/// The operation's result on one instruction set.
Tensor<2> moved(const Tensor<2>& before, const MoveKvArgs& args, int64_t target) {
  Tensor<2> cache = before;
  const cpu::ScopedTarget scope(target);
  with_threads(2, [&](Exec& exec) { cpu_backend().move_kv(args, cache.view(), exec); });
  return cache;
}

TEST(MoveKv, AgreesWithTheReference) {
  for (const Layout& layout : kLayouts) {
    for (const Move& move : kMoves) {
      SCOPED_TRACE(describe(layout, move));
      Random random(21);
      Tensor<2> cache({kRows, layout.width}, 3);
      cache.fill(random);
      const Angles angles(move.to - move.from, layout.rope_dim);
      const MoveKvArgs args = make_args(layout, move, angles);
      ASSERT_NO_FATAL_FAILURE(check_against_reference<2>(
          cache, {2e-7, 0}, [&](const Backend& backend, TensorView<float, 2> rows, Exec& exec) {
            backend.move_kv(args, rows, exec);
          }));
    }
  }
}

/// Checks a backend's result against what was read before: rows outside the target and columns
/// that are not rotated keep or carry their bits.
void check_copied_bits(Tensor<2>& before, Tensor<2>& after, const Layout& layout, Move move) {
  for (int64_t row = 0; row < kRows; ++row) {
    const bool is_target = row >= move.to && row < move.to + move.count;
    const int64_t source = is_target ? row - move.to + move.from : row;
    for (int64_t column = 0; column < layout.width; ++column) {
      if (is_target && is_rotated(layout, column)) continue;
      ASSERT_EQ(std::bit_cast<uint32_t>(after.view()(row, column)),
                std::bit_cast<uint32_t>(before.view()(source, column)))
          << "at [" << row << ", " << column << "]";
    }
  }
}

// NaN and infinity stand in every row, so each is compared by its bits.
TEST(MoveKv, CopiesBitsAsIfAllRowsWereReadFirst) {
  for (const Layout& layout : kLayouts) {
    for (const Move& move : kMoves) {
      SCOPED_TRACE(describe(layout, move));
      Random random(22);
      Tensor<2> before({kRows, layout.width}, 1);
      before.fill(random);
      for (int64_t row = 0; row < kRows; ++row) {
        before.view()(row, row % layout.width) = std::bit_cast<float>(0x7FC00000U + 7U);
        before.view()(row, (row + 1) % layout.width) = -kInfinity;
      }
      const Angles angles(move.to - move.from, layout.rope_dim);
      const MoveKvArgs args = make_args(layout, move, angles);
      Tensor<2> after = before;
      with_threads(2, [&](Exec& exec) { reference_backend().move_kv(args, after.view(), exec); });
      ASSERT_NO_FATAL_FAILURE(check_copied_bits(before, after, layout, move));
      for (const int64_t target : cpu::supported_targets()) {
        after = moved(before, args, target);
        ASSERT_NO_FATAL_FAILURE(check_copied_bits(before, after, layout, move));
      }
    }
  }
}

// NaN spreads to its partner, infinity makes one or the other; other pairs do not notice.
TEST(MoveKv, CarriesNanAndInfinityThroughTheRotation) {
  for (const Layout& layout : kLayouts) {
    Random random(23);
    Tensor<2> cache({kRows, layout.width});
    cache.fill(random);
    for (int64_t row = 0; row < kRows; row += 2) {
      const int64_t column = random.below(layout.width);
      cache.view()(row, column) = row % 4 == 0 ? kNan : kInfinity;
    }
    const Angles angles(5, layout.rope_dim);
    const MoveKvArgs args = make_args(layout, {0, 5, 90}, angles);
    ASSERT_NO_FATAL_FAILURE(check_against_reference<2>(
        cache, {2e-7, 0}, [&](const Backend& backend, TensorView<float, 2> rows, Exec& exec) {
          backend.move_kv(args, rows, exec);
        }));
  }
}

// Each way rounds the cosine, the sine, two products and their sum: 2^-24 of values below 1.5 each.
TEST(MoveKv, ThereAndBackGivesTheRowsAgain) {
  for (const Layout& layout : kLayouts) {
    for (const int64_t target : cpu::supported_targets()) {
      Random random(24);
      Tensor<2> before({kRows, layout.width});
      before.fill(random);
      const Angles there(40, layout.rope_dim);
      const Angles back(-40, layout.rope_dim);
      const Tensor<2> after = moved(moved(before, make_args(layout, {3, 43, 54}, there), target),
                                    make_args(layout, {43, 3, 54}, back),
                                    target);
      // Of the rows that moved; those behind them were written over.
      const auto rows = [&](const Tensor<2>& cache) {
        std::vector<float> values = cache.values();
        values.resize(static_cast<size_t>(57 * layout.width));
        return values;
      };
      ASSERT_TRUE(is_close(rows(after), rows(before), layout.width, {1e-6, 0}))
          << cpu::target_name(target);
    }
  }
}

/// Turns `cache`'s rotated columns, row i by RoPE at position first_position + i.
void rotate_rows(Tensor<2>& cache, const Layout& layout, int64_t first_position) {
  if (layout.rope_heads == 0) return;
  Tensor<2> cos({kRows, layout.rope_dim / 2});
  Tensor<2> sin({kRows, layout.rope_dim / 2});
  for (int64_t row = 0; row < kRows; ++row) {
    const Angles angles(first_position + row, layout.rope_dim);
    std::ranges::copy(angles.cos, cos.view().at(row));
    std::ranges::copy(angles.sin, sin.view().at(row));
  }
  const TensorView<float, 3> heads(cache.view().at(0, layout.rope_begin),
                                   {kRows, layout.rope_heads, layout.rope_dim},
                                   {layout.width, layout.rope_dim, 1});
  with_threads(1, [&](Exec& exec) {
    cpu_backend().rope(
        {.cos = cos.view(), .sin = sin.view(), .pairing = layout.pairing}, heads, exec);
  });
}

// A row that was rotated at one position and moved is the row as rotated at the other.
TEST(MoveKv, EqualsRopeAtTheOtherPosition) {
  for (const Layout& layout : kLayouts) {
    Random random(25);
    Tensor<2> unrotated({kRows, layout.width});
    unrotated.fill(random);
    for (const int64_t distance : {-1000, -1, 0, 1, 7, 4096}) {
      Tensor<2> here = unrotated;
      Tensor<2> there = unrotated;
      rotate_rows(here, layout, 1000);
      rotate_rows(there, layout, 1000 + distance);
      const Angles angles(distance, layout.rope_dim);
      const MoveKvArgs args = make_args(layout, {0, 0, kRows}, angles);
      for (const int64_t target : cpu::supported_targets()) {
        ASSERT_TRUE(
            is_close(moved(here, args, target).values(), there.values(), layout.width, {1e-6, 0}))
            << cpu::target_name(target) << ", " << layout.width << " columns by " << distance;
      }
    }
  }
}

TEST(MoveKvDeathTest, AbortsWhenRowsOrColumnsLieOutside) {
  const Layout& layout = kLayouts[0];
  const Angles angles(1, layout.rope_dim);
  Tensor<2> cache({kRows, layout.width});
  const auto check = [&](MoveKvArgs args) {
    for (const Backend& backend : backends()) {
      EXPECT_DEATH(with_threads(1, [&](Exec& exec) { backend.move_kv(args, cache.view(), exec); }),
                   "move_kv");
    }
  };
  check(make_args(layout, {0, 1, kRows}, angles));
  check(make_args(layout, {1, 0, kRows}, angles));
  check(make_args(layout, {-1, 0, 2}, angles));
  check(make_args(layout, {0, 0, -1}, angles));
  check(make_args({576, 513, 1, 64, RopePairing::kInterleaved}, {0, 1, 2}, angles));
  check(make_args({576, -1, 1, 64, RopePairing::kInterleaved}, {0, 1, 2}, angles));
}

}  // namespace
}  // namespace fimd
