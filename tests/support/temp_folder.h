// A folder of a test's own, gone with everything in it when the test ends.
#pragma once

#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <system_error>

#include "kernels/base/check.h"

namespace fimd {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "fimd-test-XXXXXX").string();
    FIMD_CHECK(::mkdtemp(name.data()) != nullptr, name);
    path_ = name;
  }

  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Writes `content` to the file `name`, making the folders above it. Returns its path.
  std::filesystem::path write(const std::string& name, std::string_view content) {
    std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream stream(file, std::ios::binary);
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
    stream.close();
    FIMD_CHECK(stream.good(), file);
    return file;
  }

  /// The content of the file `name`.
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream stream(path_ / name, std::ios::binary);
    FIMD_CHECK(stream.is_open(), path_ / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::filesystem::path path_;
};

}  // namespace fimd
