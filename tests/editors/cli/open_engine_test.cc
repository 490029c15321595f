#include "editors/cli/open_engine.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace fimd {
namespace {

TEST(OpenEngine, OpensAsTheEngineDoes) {
  EXPECT_TRUE(open_engine({.model = demo_model()}));
  EXPECT_EQ(open_engine({.model = "/nowhere"}).error().code, ErrorCode::kNotFound);
}

TEST(OpenEngine, SaysHowFarItIsOnOneLine) {
  EXPECT_EQ(loading_line("m", 7), "\r\x1B[Kfimd: loading m, 7 %");
}

}  // namespace
}  // namespace fimd
