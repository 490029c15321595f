// What postprocess() makes of the true middles of many files, counted.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/completion/postprocess/true_middles.h"

namespace fimd {

class MiddlesSurvey {
 public:
  struct Row {
    std::array<size_t, kNumVerdicts> verdicts = {};
    size_t num_broken = 0;

    [[nodiscard]] size_t num_holes() const;

    [[nodiscard]] size_t count(Verdict verdict) const {
      return verdicts.at(static_cast<size_t>(verdict));
    }
  };

  /// Cuts holes out of the file; none if it does not parse, is not of a known language, or longer
  /// than a person writes.
  void add(const std::filesystem::path& path, size_t max_per_kind);

  [[nodiscard]] const Row& all() const { return all_; }

  [[nodiscard]] const std::map<std::string, Row>& by_language() const { return by_language_; }

  /// Every hole whose middle did not come through, with what is shown instead.
  [[nodiscard]] const std::vector<std::string>& exceptions() const { return exceptions_; }

  /// A line for each language and for each kind of hole.
  [[nodiscard]] std::string table() const;

 private:
  void count(const std::string& language, HoleKind kind, const Judgement& judgement);

  Row all_;
  std::map<std::string, Row> by_language_;
  std::array<Row, kNumHoleKinds> by_kind_;
  std::vector<std::string> exceptions_;
};

/// What people wrote and this checkout has at hand: its own sources, the packages of its tests and
/// of its grammars, and what tests/completion/postprocess/fetch_sources.py has fetched. In an order
/// that does not change.
std::vector<std::filesystem::path> files_at_hand();

}  // namespace fimd
