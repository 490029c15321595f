// For as many edits as one likes, of other seeds each time (docs/testing.md):
//   lsp_test --gtest_filter='ClientSession.*' --gtest_shuffle --gtest_repeat=17
#include "tests/lsp/client_session.h"

#include <gtest/gtest.h>

#include "tests/support/demo_engine.h"

namespace fimd::lsp {
namespace {

constexpr int kNumEdits = 2000;

/// A model whose answers often end within a character.
struct ClientSession : testing::Test {
  void play(PositionEncoding encoding, uint32_t seed) {
    seed += static_cast<uint32_t>(testing::UnitTest::GetInstance()->random_seed()) * 16;
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomClient client(encoding, seed, generator);
    for (int edit = 0; edit < kNumEdits && !HasFailure(); ++edit) {
      client.step();
      if (edit % 50 == 0) client.suggest();
    }
    EXPECT_GT(client.num_suggestions(), 3);
  }

  std::shared_ptr<TextGenerator> generator = open_demo();
};

TEST_F(ClientSession, InUtf8TheServerHoldsWhatTheClientHolds) {
  play(PositionEncoding::kUtf8, 1);
}

TEST_F(ClientSession, InUtf16TheServerHoldsWhatTheClientHolds) {
  play(PositionEncoding::kUtf16, 2);
}

TEST_F(ClientSession, InUtf32TheServerHoldsWhatTheClientHolds) {
  play(PositionEncoding::kUtf32, 3);
}

}  // namespace
}  // namespace fimd::lsp
