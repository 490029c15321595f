// Standard output: written at once and checked, and coloured when somebody looks at it.
#pragma once

#include <string_view>

#include "kernels/base/result.h"

namespace fimd {

enum class ColorMode { kAuto, kAlways, kNever };

/// Writes all of `text`, unbuffered. Errors: kIo.
Status write_stdout(std::string_view text);

bool stdout_is_terminal();

/// kAuto: on a terminal, unless NO_COLOR is set and not empty or TERM is "dumb".
/// Source: no-color.org.
bool use_color(ColorMode mode);

}  // namespace fimd
