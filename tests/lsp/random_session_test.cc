#include "tests/lsp/random_session.h"

#include <gtest/gtest.h>

namespace fimd::lsp {
namespace {

TEST(RandomSession, KeepsTheRulesOfTheQueue) {
  int num_requests = 0;
  int num_idle_jobs = 0;
  for (uint32_t seed = 0; seed < 10'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomSession session(seed);
    session.play(/*num_events=*/40);
    num_requests += session.num_requests();
    num_idle_jobs += session.num_idle_jobs();
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(num_requests, 100'000);
  EXPECT_GT(num_idle_jobs, 5'000);
}

TEST(RandomSession, KeepsTheRulesBesideTheWorker) {
  for (uint32_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomSession session(seed);
    session.play_beside_worker(/*num_events=*/200);
    session.end();
    session.check_answers();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace fimd::lsp
