#include "editors/cli/open_engine.h"

#include <cstdio>
#include <unistd.h>
#include <utility>

namespace fimd {
namespace {

/// Clears a terminal's line from the cursor on. Source: ECMA-48, EL.
constexpr const char* kClearLine = "\r\x1B[K";

}  // namespace

std::string loading_line(const std::string& model, uint32_t percent) {
  return kClearLine + ("fimd: loading " + model) + ", " + std::to_string(percent) + " %";
}

Result<std::unique_ptr<Engine>> open_engine(EngineOptions options) {
  if (::isatty(STDERR_FILENO) != 1) return Engine::open(options);
  bool is_shown = false;
  options.progress = [&is_shown, name = options.model.filename().string()](uint32_t percent) {
    std::fputs(loading_line(name, percent).c_str(), stderr);
    is_shown = true;
  };
  auto engine = Engine::open(options);
  if (is_shown) std::fputs(kClearLine, stderr);
  return engine;
}

}  // namespace fimd
