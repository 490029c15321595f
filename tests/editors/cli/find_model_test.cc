#include "editors/cli/find_model.h"

#include <gtest/gtest.h>
#include <string>

#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

void check_found(const std::string& executable, const std::string& model) {
  TempFolder folder;
  folder.write(model + "/config.json", "{}");
  const auto found = find_bundled_model(folder.path() / executable);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, folder.path() / model);
}

TEST(FindModel, LooksNextToTheExecutableInThePrefixAndInTheSources) {
  check_found("fimd", "models/demo");
  check_found("prefix/bin/fimd", "prefix/share/fimd/models/demo");
  check_found("source/build/dev/bin/fimd", "source/engine/models/demo");
}

TEST(FindModel, SaysHowToNameOneWhenNoneIsBundled) {
  TempFolder folder;
  folder.write("bin/models/demo/README.md", "no model");
  const auto found = find_bundled_model(folder.path() / "bin/fimd");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(found.error().message,
            "no model: none is bundled with " + (folder.path() / "bin/fimd").string() +
                ", expected --model or the environment variable FIMD_MODEL; a copy of the "
                "program leaves its model behind, `cmake --install` or a symbolic link does not");
}

TEST(FindModel, TakesWhatIsNamed) {
  EXPECT_EQ(find_model("some/folder").value(), "some/folder");
}

}  // namespace
}  // namespace fimd
