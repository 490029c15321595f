// A path in one line, then the lines of a .gitignore: matching ends within its steps.
#include "completion/context/ignore_pattern.h"
#include "tests/fuzz/fuzz.h"

namespace fimd {
namespace {

/// Far more than any pattern and path of their greatest lengths need.
constexpr int64_t kSteps = int64_t{1} << 40;

/// The steps that one match takes are bounded by the product of the lengths, times the folders.
int64_t most_steps(const IgnorePattern& pattern, std::string_view path) {
  const auto folders = std::ranges::count(path, '/') + 1;
  return 8 * static_cast<int64_t>(pattern.glob.size() + 1) * static_cast<int64_t>(path.size() + 1) *
         folders;
}

void check_pattern(const IgnorePattern& pattern, std::string_view path) {
  FIMD_CHECK(pattern.glob.size() <= kMaxPatternBytes);
  for (const bool is_folder : {false, true}) {
    int64_t steps = kSteps;
    matches(pattern, {.path = path, .is_folder = is_folder}, steps);
    FIMD_CHECK(steps <= kSteps && kSteps - steps <= most_steps(pattern, path), kSteps - steps);
    int64_t no_steps = 0;
    FIMD_CHECK(!matches(pattern, {.path = path, .is_folder = is_folder}, no_steps));
  }
}

}  // namespace
}  // namespace fimd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size_bytes) {
  std::string_view rules = fimd::fuzz::as_text(data, size_bytes);
  std::string_view path = fimd::fuzz::take_part(rules, '\n');
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return 0;
  for (const fimd::IgnorePattern& pattern : fimd::parse_ignore_patterns(rules)) {
    fimd::check_pattern(pattern, path);
  }
  return 0;
}
