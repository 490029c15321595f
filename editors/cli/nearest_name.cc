#include "editors/cli/nearest_name.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace fimd {
namespace {

// The optimal string alignment distance: Levenshtein's, and two letters swapped count one.
size_t name_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> rows(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = i + j;
        continue;
      }
      const size_t changed = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({changed, rows[i - 1][j] + 1, rows[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view typed, std::span<const std::string> names) {
  if (typed.size() > kMaxNameBytes) return {};
  std::string_view nearest;
  size_t least = std::numeric_limits<size_t>::max();
  for (const std::string& name : names) {
    const size_t distance = name_distance(typed, name);
    if (distance * 3 > std::max(name.size(), size_t{3}) || distance >= least) continue;
    nearest = name;
    least = distance;
  }
  return nearest;
}

}  // namespace fimd
