// `fimd doctor` as a process.
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/support/run_command.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

CommandResult examine(const std::string& path, const std::vector<std::string>& options = {}) {
  std::vector<std::string> command = {FIMD_BINARY, "doctor"};
  command.insert(command.end(), options.begin(), options.end());
  return run_command(command, {.environment = {{"PATH", path}}});
}

TEST(DoctorCommand, FindsNothingToMendWhereAllIsThere) {
  TempFolder folder;
  folder.write("nvim", "");
  fs::permissions(folder.path() / "nvim", fs::perms::owner_all);
  const CommandResult result =
      examine(fs::path(FIMD_BINARY).parent_path().string() + ":" + folder.path().string());
  EXPECT_EQ(result.exit_code, 0) << result.output << result.errors;
  EXPECT_TRUE(result.output.starts_with("program    fimd ")) << result.output;
  EXPECT_TRUE(result.output.ends_with("all is well\n")) << result.output;
  for (const char* part : {"editors    nvim\n",
                           "models/demo\n",
                           "context    ",
                           "memory     ",
                           " tokens/s read, ",
                           "s in a file just opened\n"}) {
    EXPECT_NE(result.output.find(part), std::string::npos) << part << "\n" << result.output;
  }
}

TEST(DoctorCommand, SaysWhatToMend) {
  TempFolder folder;
  folder.write("fimd", "");
  fs::permissions(folder.path() / "fimd", fs::perms::owner_all);
  const CommandResult other = examine(folder.path().string(), {"--model", "/nowhere"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_EQ(other.errors, "fimd: 2 to mend, marked with !\n");
  EXPECT_NE(other.output.find("! editors start that one, and not this"), std::string::npos);
  EXPECT_NE(other.output.find("! /nowhere/config.json: "), std::string::npos) << other.output;
  const CommandResult none = examine("/nowhere", {"--model", "/nowhere"});
  EXPECT_NE(none.output.find("! editors start `fimd` from PATH: add /"), std::string::npos);
}

}  // namespace
}  // namespace fimd
