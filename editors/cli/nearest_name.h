// Which name somebody meant who typed another: the fewest letters changed, left out, added or
// swapped with the next one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fimd {

/// The nearest of `names` to `typed`, or nothing if that needs more than a third of its letters
/// changed. `typed` is at most kMaxNameBytes long, else nothing is near.
std::string_view nearest_name(std::string_view typed, std::span<const std::string> names);

inline constexpr size_t kMaxNameBytes = 64;  ///< far above any command's; bounds the table

}  // namespace fimd
