#include "editors/cli/find_model.h"

#include <cstdlib>
#include <system_error>
#include <vector>

namespace fimd {
namespace {

namespace fs = std::filesystem;

bool is_model(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "config.json", ignored);
}

}  // namespace

Result<fs::path> find_model(const std::string& option) {
  if (!option.empty()) return fs::path(option);
  const char* variable = std::getenv("FIMD_MODEL");
  if (variable != nullptr && *variable != '\0') return fs::path(variable);
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (error) return fail(ErrorCode::kNotFound, "/proc/self/exe: " + error.message());
  return find_bundled_model(executable);
}

Result<fs::path> find_bundled_model(const fs::path& executable) {
  const fs::path folder = executable.parent_path();
  std::vector<fs::path> candidates = {folder / "models/demo",
                                      folder.parent_path() / "share/fimd/models/demo"};
  for (fs::path above = folder; above != above.parent_path(); above = above.parent_path()) {
    candidates.push_back(above / "engine/models/demo");
  }
  for (const fs::path& candidate : candidates) {
    if (is_model(candidate)) return candidate;
  }
  return fail(ErrorCode::kNotFound,
              "no model: none is bundled with " + executable.string() +
                  ", expected --model or the environment variable FIMD_MODEL; a copy of the "
                  "program leaves its model behind, `cmake --install` or a symbolic link does not");
}

}  // namespace fimd
