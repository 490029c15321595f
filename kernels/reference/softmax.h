// Softmax over the rows of one query, shared by both kinds of attention and the router.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace fimd::reference {

/// Replaces scores by exp(score - max) / sum. All become NaN when one is NaN or +infinity.
inline void softmax(std::vector<double>& scores) {
  double max = scores[0];
  for (const double score : scores) max = std::max(max, score);
  double sum = 0;
  for (double& score : scores) {
    score = std::exp(score - max);
    sum += score;
  }
  for (double& score : scores) score /= sum;
}

}  // namespace fimd::reference
