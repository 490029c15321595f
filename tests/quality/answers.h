// What is shown at a hole, and how good it is.
#pragma once

#include <optional>
#include <string>

#include "completion/completion.h"
#include "engine/text_generator.h"
#include "tests/quality/questions.h"

namespace fimd {

enum class Way {
  kPlain,     ///< the text around the cursor, whatever the model writes there, postprocess()
  kPipeline,  ///< Completer, nothing else open
  kContext,   ///< Completer, the package's other files open
};

inline constexpr size_t kNumWays = 3;

struct Answer {
  std::optional<std::string> shown;
  bool first_line = false;  ///< the cursor's line is what it was, but for blanks at its end
  bool exact = false;       ///< the file is
  double similarity = 0;    ///< 1 - edit distance / length of the longer; 0: nothing is shown
  bool parses = false;      ///< no syntax error more than the file had; true if nothing is shown
};

/// Errors: those of the generator.
Result<Answer> answer(const Question& question, Way way, TextGenerator& generator);

}  // namespace fimd
