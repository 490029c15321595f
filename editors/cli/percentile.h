// What benchmarks report of many measurements.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace fimd {

/// The value below which `share` (0 to 1) of the others lie; T() when there are none.
template <typename T>
T percentile(std::vector<T> values, double share) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<size_t>(std::lround(share * last))];
}

}  // namespace fimd
