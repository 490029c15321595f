// The answers, counted: tables in Markdown.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "tests/quality/answers.h"

namespace fimd {

struct Judged {
  Question question;
  std::array<Answer, kNumWays> answers;

  [[nodiscard]] const Answer& of(Way way) const { return answers.at(static_cast<size_t>(way)); }
};

std::string to_markdown(const std::string& model, const std::vector<Judged>& all);

}  // namespace fimd
