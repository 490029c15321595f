#include "editors/cli/find_program.h"

#include <system_error>
#include <unistd.h>

namespace fimd {

std::filesystem::path find_program(std::string_view name, std::string_view path) {
  while (!path.empty()) {
    const std::string_view folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(folder.size() + 1, path.size()));
    if (!folder.starts_with('/')) continue;
    std::filesystem::path candidate = std::filesystem::path(folder) / name;
    std::error_code ignored;
    const bool is_file = std::filesystem::is_regular_file(candidate, ignored);
    if (is_file && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

}  // namespace fimd
