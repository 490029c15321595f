// What `patch` does with a unified diff of one file, strictly: no fuzz, no offsets.
#pragma once

#include <string>
#include <string_view>

namespace fimd {

/// `text` after `diff`. A failed expectation of the diff's form or of what it removes aborts.
std::string apply_diff(std::string_view text, std::string_view diff);

}  // namespace fimd
