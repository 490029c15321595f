// Holes that a model is to fill, out of packages that this repository does not have.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "completion/context/context.h"
#include "completion/document.h"
#include "tests/completion/postprocess/true_middles.h"

namespace fimd {

struct Question {
  std::string place;  ///< "cobra/command.go:12"
  HoleKind kind = HoleKind::kLine;
  DocumentSnapshot document;  ///< with the hole
  ByteOffset cursor;
  std::string middle;     ///< what was in the hole
  std::string whole;      ///< the file with it
  Neighbours neighbours;  ///< other files of the package, in its language
  /// The middle has a name that the rest of the file has not and a neighbour has.
  bool is_defined_elsewhere = false;
};

/// `count` holes of the packages below `build`: of each language and kind as many, as far as there
/// are, the same in every run. Left out is what nobody would be shown: holes where the trigger
/// policy says no, or wants one line where several were.
std::vector<Question> ask_questions(const std::filesystem::path& build, size_t count);

}  // namespace fimd
