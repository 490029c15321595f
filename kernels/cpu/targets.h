// Which instruction set the CPU's operations run on. Chosen at run time, the best that the machine
// has; tests choose each in turn.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace fimd::cpu {

/// The instruction sets that this build has and this machine runs, the best first; the portable
/// one is last.
std::vector<int64_t> supported_targets();

/// "AVX2", "AVX3" (AVX-512 F, BW, CD, DQ, VL), "NEON", "EMU128" (portable), ...
std::string_view target_name(int64_t target);

/// The name of the instruction set in use.
std::string_view cpu_target_name();

/// Makes all operations of this process use `target`, one of supported_targets(), until it goes out
/// of scope; then the best is used again. For tests. Thread: no operation may run meanwhile.
class ScopedTarget {
 public:
  explicit ScopedTarget(int64_t target);
  ~ScopedTarget();
  ScopedTarget(const ScopedTarget&) = delete;
  ScopedTarget& operator=(const ScopedTarget&) = delete;
};

}  // namespace fimd::cpu
