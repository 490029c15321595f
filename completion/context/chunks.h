// A file cut into pieces that can be shown on their own.
//
// A chunk is whole lines, some 20 to 60, and ends where a reader would cut: before a line that
// begins in the first column after a blank one, else at a blank line, else before any line in the
// first column. Cuts depend on nothing but the lines since the one before, so that an edit moves
// only those near it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "completion/text_document.h"

namespace fimd {

inline constexpr size_t kMinChunkLines = 20;
inline constexpr size_t kMaxChunkLines = 60;
/// Sixty long lines. A line that is longer alone is generated, and in no chunk.
inline constexpr size_t kMaxChunkBytes = 4096;

/// The chunks of `text` in its order, without blank lines at either end; what lies between them is
/// blank or a line too long. Each ends before its last line end.
std::vector<ByteRange> cut_chunks(std::string_view text);

}  // namespace fimd
