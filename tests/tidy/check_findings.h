// How the rules are tested: a tree of a few literal files, and the places that a rule finds in it.
//
// An expectation is "path:line", line 0 for a whole file. Each rule is shown at least one tree that
// breaks it and one that keeps it.
#pragma once

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/tidy/rules.h"

namespace fimd {

inline void check_findings(Rule& rule,
                           const SourceTree& tree,
                           const std::vector<std::string>& expected) {
  std::vector<std::string> places;
  std::string messages;
  for (const Finding& finding : rule(tree)) {
    places.push_back(finding.path + ":" + std::to_string(finding.line));
    messages += places.back() + ": " + finding.message + "\n";
  }
  EXPECT_EQ(places, expected) << messages;
}

}  // namespace fimd
