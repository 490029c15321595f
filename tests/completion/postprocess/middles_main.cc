// Prints what postprocess() makes of true middles: `middles [FILE...]`, by default those at hand.

#include <cstdio>
#include <filesystem>
#include <span>

#include "tests/completion/postprocess/middles_survey.h"

int main(int argc, char** argv) {
  constexpr size_t kHolesOfAKind = 6;  // of each file
  fimd::MiddlesSurvey survey;
  const std::span<char*> arguments(argv + 1, static_cast<size_t>(argc - 1));
  for (const char* path : arguments) survey.add(path, kHolesOfAKind);
  if (arguments.empty()) {
    for (const auto& path : fimd::files_at_hand()) survey.add(path, kHolesOfAKind);
  }
  for (const std::string& exception : survey.exceptions()) std::fputs(exception.c_str(), stdout);
  std::fputs(survey.table().c_str(), stdout);
  return survey.all().num_broken == 0 ? 0 : 1;
}
