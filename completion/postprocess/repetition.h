// Whether a model has begun to repeat itself, which it does not stop by itself.
//
//   lines    A B A B A B            the same lines three times over
//   runs     very very very very    a few words over and over within a line
//   blanks   four empty lines
//
// Tables of numbers and rulers of dashes repeat and are right; only what has words counts early.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace fimd {

/// How much of `completion` precedes the first repetition. What was once answered stays absent
/// or present for a longer completion. Cost: reads each line some 80 times.
std::optional<size_t> repetition_end(std::string_view completion);

}  // namespace fimd
