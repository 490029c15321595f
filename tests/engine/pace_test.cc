#include "engine/pace.h"

#include <gtest/gtest.h>

#include "tests/support/fake_generator.h"

namespace fimd {
namespace {

TEST(MeasurePace, ReadsOnceAndWritesOnce) {
  FakeGenerator generator({"a", "b", "c", "d"}, 8000);
  const Result<Pace> pace = measure_pace(generator, {});
  ASSERT_TRUE(pace) << pace.error().message;
  EXPECT_GT(pace->read_tokens_per_s, 0);
  EXPECT_GT(pace->write_tokens_per_s, 0);
  ASSERT_EQ(generator.requests().size(), 2U);
  EXPECT_EQ(generator.requests()[0].stop.max_tokens, 1);
  EXPECT_EQ(prefix_of(generator.requests()[0]), prefix_of(generator.requests()[1]));
}

TEST(MeasurePace, IsGivenUpWhenTheGeneratorIs) {
  FakeGenerator generator({"a"});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(measure_pace(generator, stop.get_token()).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace fimd
