// What a prompt's layout costs: holes are cut out of files, and the model says how likely it thinks
// what was in them.
//
//   at the cursor            BOS begin P T hole S end          what models were trained on
//   at the line's beginning  BOS begin P hole S end T          the hole is not where the cursor is
//   moved, drift d, n anew   BOS begin P T hole S end          the rows of `hole S`, but for the
//                                                              first n, were computed before the
//                                                              last d tokens of P T
//
// A hole is the second half of a line. The cost is that of its true tokens, each given those before
// it; a hole is exact when each of them is the model's first choice. How much the first token's
// distribution differs from that of the first layout is its Kullback-Leibler divergence from it.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"

namespace fimd {

struct LayoutReport {
  std::string layout;
  int64_t num_holes = 0;
  int64_t num_tokens = 0;  ///< of all holes
  double nats = 0;         ///< of all tokens
  int64_t first_right_holes = 0;
  int64_t exact_holes = 0;
  std::vector<double> divergences;  ///< of the first token, by hole, in nats
};

/// Measures every layout on the same holes of `files`.
/// Errors: those of reading; kUnsupported, the model fills no holes; kInvalidInput, no file has a
/// line to cut.
Result<std::vector<LayoutReport>> measure_holes(Engine& engine,
                                                const std::vector<std::string>& files);

std::string to_table(const std::vector<LayoutReport>& reports);
std::string to_json_lines(const std::vector<LayoutReport>& reports);

}  // namespace fimd
