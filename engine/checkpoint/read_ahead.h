// Reads mapped weights from the disk before they are needed, so that the first prompt waits for
// computation only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/text_generator.h"

namespace fimd {

/// Fewer bytes are read without telling anybody: it takes less than a second.
inline constexpr int64_t kQuietBytes = int64_t{256} << 20;

/// Brings every page of `parts` into memory; they must be mapped. `progress`, which may be empty,
/// is told percents that grow, 100 the last, when there are more than kQuietBytes.
/// Cost: reads all bytes from the disk, or touches each page that is in memory already.
void read_ahead(std::span<const std::span<const std::byte>> parts, const LoadProgress& progress);

}  // namespace fimd
