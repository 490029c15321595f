// What `fimd --version` says: what a report of a fault should begin with.
#pragma once

#include <string>
#include <string_view>

namespace fimd {

/// The commit that was built, abbreviated; ends with "-dirty" where the sources differed from it,
/// and is "unknown" where there was no repository. editors/cli/commit.cmake writes it.
std::string_view built_commit();

/// "fimd 1.2.3 (commit 0123456789ab, backend cpu, instruction set AVX2)".
std::string version_text();

}  // namespace fimd
