// Comparing the numbers of two implementations of one function.
//
// Tolerance = floor + epsilon x |reference|. A test states where its floor comes from: an output is
// a sum of terms that may cancel, so its error follows the terms' size and not its own.
#pragma once

#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <span>
#include <sstream>

namespace fimd {

struct Tolerance {
  double floor;
  double epsilon;
};

/// Whether `actual` is `expected` within the tolerance; NaN only equals NaN, an infinity only
/// itself. A failure names the first bad place, by row and column of `width`, its two values, and
/// the largest difference of all.
inline testing::AssertionResult is_close(std::span<const float> actual,
                                         std::span<const float> expected,
                                         int64_t width,
                                         Tolerance tolerance) {
  if (actual.size() != expected.size()) {
    return testing::AssertionFailure() << actual.size() << " values, expected " << expected.size();
  }
  const auto bad = [&](size_t i) {
    if (std::isnan(expected[i])) return !std::isnan(actual[i]);
    if (std::isinf(expected[i])) return actual[i] != expected[i];
    const double allowed =
        tolerance.floor + tolerance.epsilon * std::fabs(static_cast<double>(expected[i]));
    return !(std::fabs(static_cast<double>(actual[i]) - expected[i]) <= allowed);
  };
  std::ostringstream message;
  size_t num_bad = 0;
  double max_difference = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double difference = std::fabs(static_cast<double>(actual[i]) - expected[i]);
    if (difference > max_difference) max_difference = difference;
    if (!bad(i)) continue;
    if (num_bad++ == 0) {
      message << "at [" << static_cast<int64_t>(i) / width << ", "
              << static_cast<int64_t>(i) % width << "]: " << actual[i] << ", expected "
              << expected[i];
    }
  }
  if (num_bad == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << message.str() << "; " << num_bad << " of " << actual.size()
                                     << " values differ, at most by " << max_difference;
}

}  // namespace fimd
