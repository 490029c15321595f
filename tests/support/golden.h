// Where the golden files are: the folder that FIMD_GOLDEN names, or tests/golden.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace fimd {

inline std::filesystem::path source_dir() {
  return FIMD_SOURCE_DIR;
}

inline std::filesystem::path golden_root() {
  const char* root = std::getenv("FIMD_GOLDEN");
  return root != nullptr ? std::filesystem::path(root) : source_dir() / "tests/golden";
}

/// The bundled model, which the golden "demo" belongs to.
inline std::filesystem::path demo_model() {
  return source_dir() / "engine/models/demo";
}

/// The folders in golden_root()/`kind`, sorted by name. Empty when there are none: let tests fail.
inline std::vector<std::filesystem::path> golden_folders(const std::string& kind) {
  std::vector<std::filesystem::path> folders;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(golden_root() / kind, error)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace fimd
