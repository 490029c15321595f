#include "kernels/cpu/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/targets.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

int64_t compiled_target() {
  return HWY_TARGET;
}

}  // namespace
}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace fimd::cpu {

HWY_EXPORT(compiled_target);

std::vector<int64_t> supported_targets() {
  // The library that detects the CPU was built with the fallback of its own compiler, so ours,
  // which runs everywhere, is added here.
  std::vector<int64_t> targets;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (target != HWY_STATIC_TARGET) targets.push_back(target);
  }
  targets.push_back(HWY_STATIC_TARGET);
  return targets;
}

std::string_view target_name(int64_t target) {
  return hwy::TargetName(target);
}

std::string_view cpu_target_name() {
  return target_name(HWY_DYNAMIC_DISPATCH(compiled_target)());
}

ScopedTarget::ScopedTarget(int64_t target) {
  hwy::GetChosenTarget().Update(target);
}

ScopedTarget::~ScopedTarget() {
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace fimd::cpu

#endif  // HWY_ONCE
