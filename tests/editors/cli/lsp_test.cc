// `fimd lsp` as a process; what it says to editors is tested in tests/lsp, in editors in tests/e2e.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/support/run_command.h"

namespace fimd {
namespace {

std::string frame(const std::string& body) {
  return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string kInitialize =
    frame(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}})");
const std::string kShutdown = frame(R"({"jsonrpc":"2.0","id":2,"method":"shutdown"})");
const std::string kGoodBye = kShutdown + frame(R"({"jsonrpc":"2.0","method":"exit"})");

CommandResult serve(const std::string& input, const std::vector<std::string>& options = {}) {
  std::vector<std::string> command = {FIMD_BINARY, "lsp"};
  command.insert(command.end(), options.begin(), options.end());
  return run_command(command, {.input = input});
}

TEST(LspCommand, ServesStandardInput) {
  for (const std::vector<std::string>& options : {std::vector<std::string>{}, {"--stdio"}}) {
    const CommandResult result = serve(kInitialize + kGoodBye, options);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.errors, "");
    EXPECT_TRUE(result.output.starts_with("Content-Length: ")) << result.output;
    EXPECT_NE(result.output.find("\"name\":\"fimd\""), std::string::npos) << result.output;
  }
}

TEST(LspCommand, SaysWhenTheClientGoesWithoutAWord) {
  const CommandResult result = serve(kInitialize);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(
      result.errors.ends_with("fimd: the client went away without saying shutdown and exit\n"))
      << result.errors;
}

TEST(LspCommand, TellsWhoeverTypesItWhatItIs) {
  const CommandResult result = run_command(
      {FIMD_BINARY, "lsp"}, {.input = kInitialize + kGoodBye, .input_from_terminal = true});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(result.errors.starts_with("fimd: this is the language server, which editors start"))
      << result.errors;
  EXPECT_NE(result.errors.find("Ctrl-C leaves"), std::string::npos);
}

TEST(LspCommand, RefusesAnAddressThatIsNone) {
  for (const std::string address : {"7777", "tcp:x", "tcp:70000", "http:1"}) {
    const CommandResult result = serve("", {"--listen", address});
    EXPECT_EQ(result.exit_code, 2) << address;
    EXPECT_NE(result.errors.find(address), std::string::npos) << result.errors;
  }
  EXPECT_EQ(serve("", {"--log", "loud"}).exit_code, 2);
}

}  // namespace
}  // namespace fimd
