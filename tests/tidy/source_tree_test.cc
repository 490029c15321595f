#include "tests/tidy/source_tree.h"

#include <fstream>
#include <gtest/gtest.h>

namespace fimd {
namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

TEST(SourceTree, LeavesOutWhatIsIgnoredAndTheTextOfData) {
  const std::filesystem::path root = std::filesystem::path(testing::TempDir()) / "fimd_source_tree";
  std::filesystem::remove_all(root);
  write(root / ".gitignore", "/build/\n__pycache__/\n");
  write(root / "engine/a.cc", "a\n");
  write(root / "engine/models/demo/config.json", "{}\n");
  write(root / "build/b.cc", "b\n");
  write(root / "tests/__pycache__/c.py", "c\n");
  const SourceTree expected = {{".gitignore", "/build/\n__pycache__/\n"},
                               {"engine/a.cc", "a\n"},
                               {"engine/models/demo/config.json", ""}};
  EXPECT_EQ(read_source_tree(root), expected);
  std::filesystem::remove_all(root);
}

TEST(SourceTree, SplitsLinesWithoutAnEmptyLast) {
  EXPECT_EQ(split_lines("a\n\nb\n"), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split_lines("a\nb"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_TRUE(split_lines("").empty());
}

}  // namespace
}  // namespace fimd
