// Which model to use when the user names none.
//
//   --model, else $FIMD_MODEL, else the bundled demo model, looked for
//     next to the executable            <exe folder>/models/demo
//     in the prefix it is installed in  <exe folder>/../share/fimd/models/demo
//     in the sources it is built from   <a folder above it>/engine/models/demo
//
// Nothing is baked in at build time: an installation can be moved.
#pragma once

#include <filesystem>
#include <string>

#include "kernels/base/result.h"

namespace fimd {

/// `option` is the value of --model, empty when it was not given; a named folder is not looked at.
/// Errors: kNotFound, no model is named and none is bundled.
Result<std::filesystem::path> find_model(const std::string& option);

/// The bundled model of the executable at `executable`. Errors: kNotFound.
Result<std::filesystem::path> find_bundled_model(const std::filesystem::path& executable);

}  // namespace fimd
