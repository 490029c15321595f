#include "kernels/cpu/peak.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/peak.cc"
#include <chrono>
#include <fstream>
#include <memory>
#include <sys/utsname.h>
#include <unistd.h>

#include "hwy/foreach_target.h"

#include "kernels/base/memory.h"
#include "kernels/cpu/projection-inl.h"

HWY_BEFORE_NAMESPACE();

namespace fimd::cpu::HWY_NAMESPACE {
namespace {

// Chains in flight: two units times a latency of four or five cycles. All stay in registers.
constexpr int64_t kChains = 8 + kTileVecs;  // 12 of 32 registers, or 10 of 16

/// Runs `rounds` multiply-adds on each chain; returns something that depends on all of them.
float run_fma_chains(int64_t rounds) {
  const Floats d;
  const FloatVec factor = hn::Set(d, 0.999F);
  const FloatVec term = hn::Set(d, 0.001F);
  FloatVec chains[kChains];
  FIMD_UNROLL(16)
  for (int64_t i = 0; i < kChains; ++i) chains[i] = hn::Set(d, static_cast<float>(i));
  for (int64_t round = 0; round < rounds; ++round) {
    FIMD_UNROLL(16)
    for (int64_t i = 0; i < kChains; ++i) chains[i] = hn::MulAdd(chains[i], factor, term);
  }
  FloatVec sum = hn::Zero(d);
  for (int64_t i = 0; i < kChains; ++i) sum = hn::Add(sum, chains[i]);
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

int64_t flops_per_round() {
  return 2 * kChains * kLanes;
}

/// Reads `count` floats, a multiple of 8 vectors of any width.
float sum_floats(const float* data, int64_t count) {
  const Floats d;
  FloatVec sums[8];
  FIMD_UNROLL(8)
  for (FloatVec& sum : sums) sum = hn::Zero(d);
  for (int64_t i = 0; i < count; i += 8 * kLanes) {
    FIMD_UNROLL(8)
    for (int64_t j = 0; j < 8; ++j) {
      sums[j] = hn::Add(sums[j], hn::LoadU(d, data + i + j * kLanes));
    }
  }
  FloatVec sum = hn::Zero(d);
  for (const FloatVec& part : sums) sum = hn::Add(sum, part);
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

}  // namespace
}  // namespace fimd::cpu::HWY_NAMESPACE

HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace fimd::cpu {
namespace {

HWY_EXPORT(run_fma_chains);
HWY_EXPORT(flops_per_round);
HWY_EXPORT(sum_floats);

constexpr int kRepeats = 8;  // the best is reported: other work on the machine only slows down

/// The shortest of kRepeats runs, in seconds.
template <typename Body>
double shortest_run_s(Body&& body) {
  double best = 1e30;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    best = std::min(best, elapsed.count());
  }
  return best;
}

/// Keeps the compiler from dropping what made `value`.
void keep(float value) {
  volatile float sink = value;
  static_cast<void>(sink);
}

int64_t read_buffer_bytes() {
  constexpr int64_t kMaxBytes = int64_t{512} << 20;  // out of any cache but the largest servers'
  constexpr int64_t kUnknownCacheBytes = int64_t{32} << 20;
  const int64_t memory_bytes = machine_memory_bytes();
  int64_t cache_bytes = kUnknownCacheBytes;
#ifdef _SC_LEVEL3_CACHE_SIZE
  if (const int64_t reported = sysconf(_SC_LEVEL3_CACHE_SIZE); reported > 0) cache_bytes = reported;
#endif
  return std::min({4 * cache_bytes, kMaxBytes, memory_bytes / 8});
}

}  // namespace

double measure_fma_gflops(ThreadPool& pool) {
  // Some 10 ms a run at 3 GHz: long enough for every worker to wake up, and for the clock to rise.
  constexpr int64_t kTasksPerThread = 50;
  constexpr int64_t kRoundsPerTask = 100'000;
  const int64_t num_tasks = pool.num_threads() * kTasksPerThread;
  const double seconds = shortest_run_s([&] {
    pool.parallel_for(num_tasks, [](int64_t, int) {
      keep(HWY_DYNAMIC_DISPATCH(run_fma_chains)(kRoundsPerTask));
    });
  });
  const double flops = static_cast<double>(HWY_DYNAMIC_DISPATCH(flops_per_round)()) *
                       static_cast<double>(kRoundsPerTask * num_tasks);
  return flops / seconds * 1e-9;
}

double measure_read_gbps(ThreadPool& pool) {
  constexpr int64_t kPartFloats = 1 << 16;
  const int64_t num_parts = read_buffer_bytes() / static_cast<int64_t>(kPartFloats * sizeof(float));
  const auto buffer = std::make_unique_for_overwrite<float[]>(num_parts * kPartFloats);
  pool.parallel_for(num_parts, [&](int64_t part, int) {
    std::fill_n(buffer.get() + part * kPartFloats, kPartFloats, 1.0F);
  });
  const double seconds = shortest_run_s([&] {
    pool.parallel_for(num_parts, [&](int64_t part, int) {
      keep(HWY_DYNAMIC_DISPATCH(sum_floats)(buffer.get() + part * kPartFloats, kPartFloats));
    });
  });
  return static_cast<double>(num_parts * kPartFloats * sizeof(float)) / seconds * 1e-9;
}

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const size_t value = line.find_first_not_of(" \t:", std::string_view("model name").size());
    if (value != std::string::npos) return line.substr(value);
  }
  utsname system{};
  return uname(&system) == 0 ? system.machine : "unknown CPU";
}

}  // namespace fimd::cpu

#endif  // HWY_ONCE
