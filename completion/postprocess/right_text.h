// What stands around the cursor on its own line.
#pragma once

#include <string_view>

#include "completion/site.h"

namespace fimd {

/// The cursor's line up to the cursor.
std::string_view line_before(const Site& site);

/// The blanks that the cursor's line begins with.
std::string_view indentation_before(const Site& site);

/// closing_of() the rest of the line behind what is replaced.
std::string_view closing_text(const Site& site);

}  // namespace fimd
