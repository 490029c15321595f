// The repository itself keeps every rule of rules.h. Each finding is one failure with its place.
#include <gtest/gtest.h>

#include "tests/tidy/rules.h"
#include "tests/tidy/source_tree.h"

namespace fimd {
namespace {

TEST(House, IsWalkedFromItsRoot) {
  const SourceTree tree = read_source_tree(FIMD_SOURCE_DIR);
  EXPECT_TRUE(tree.contains("README.md"));
  EXPECT_TRUE(tree.contains("tests/tidy/tidy_test.cc"));
  EXPECT_TRUE(tree.contains("engine/models/demo/model.safetensors"));
  for (const auto& [path, text] : tree) {
    EXPECT_FALSE(path.starts_with("build/") || path.starts_with(".git/")) << path;
  }
}

TEST(House, KeepsItsRules) {
  const SourceTree tree = read_source_tree(FIMD_SOURCE_DIR);
  for (const NamedRule& rule : all_rules()) {
    for (const Finding& finding : rule.check(tree)) {
      ADD_FAILURE() << finding.path << ":" << finding.line << ": " << finding.message << " ["
                    << rule.name << "]";
    }
  }
}

}  // namespace
}  // namespace fimd
