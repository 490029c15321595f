// The engine with the bundled model, as it is or with some of its files changed.
#pragma once

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "engine/engine.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace fimd {

inline std::unique_ptr<Engine> open_demo() {
  auto engine = Engine::open({.model = demo_model(), .num_threads = 2});
  EXPECT_TRUE(engine) << engine.error().message;
  return *std::move(engine);
}

inline GenerationResult generate(Engine& engine, const GenerationRequest& request) {
  const auto result = engine.generate(request, nullptr, {});
  EXPECT_TRUE(result) << result.error().message;
  return result ? *result : GenerationResult{};
}

/// The demo model with some files replaced; the rest are links.
class EditedDemo {
 public:
  EditedDemo() {
    for (const auto& entry : std::filesystem::directory_iterator(demo_model())) {
      std::filesystem::create_symlink(entry.path(), folder_.path() / entry.path().filename());
    }
  }

  void replace_in(const std::string& name, const std::string& from, const std::string& to) {
    std::string text = folder_.read(name);
    size_t begin = text.find(from);
    ASSERT_NE(begin, std::string::npos) << from;
    for (; begin != std::string::npos; begin = text.find(from, begin + to.size())) {
      text.replace(begin, from.size(), to);
    }
    overwrite(name, text);
  }

  void overwrite(const std::string& name, const std::string& content) {
    std::filesystem::remove(folder_.path() / name);
    folder_.write(name, content);
  }

  [[nodiscard]] std::string read(const std::string& name) const { return folder_.read(name); }

  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TempFolder folder_;
};

}  // namespace fimd
