#include "editors/cli/version.h"

#include "kernels/backend.h"
#include "kernels/cpu/targets.h"

namespace fimd {

std::string version_text() {
  std::string text = "fimd " FIMD_VERSION " (commit ";
  text.append(built_commit()).append(", backend ").append(best_backend().name);
  return text.append(", instruction set ").append(cpu::cpu_target_name()).append(")");
}

}  // namespace fimd
