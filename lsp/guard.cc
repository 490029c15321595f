#include "lsp/guard.h"

#include <exception>
#include <string>

namespace fimd::lsp {

bool run_guarded(const LogSink& log, std::string_view what, const std::function<void()>& action) {
  try {
    action();
    return true;
  } catch (const std::exception& surprise) {
    log(LogLevel::kError, std::string(what) + " failed: " + surprise.what());
  } catch (...) {
    log(LogLevel::kError, std::string(what) + " failed");
  }
  return false;
}

}  // namespace fimd::lsp
