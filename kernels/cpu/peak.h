// What this machine can do at most, measured: the denominators of every share that we report.
#pragma once

#include <string>

#include "kernels/base/thread_pool.h"

namespace fimd::cpu {

/// Fused multiply-adds of registers, on all threads of the pool, in 10^9 floating-point operations
/// (two per multiply-add) per second; with the instruction set that the operations use.
/// Cost: about 0.1 s.
double measure_fma_gflops(ThreadPool& pool);

/// Reads of memory, on all threads of the pool, in 10^9 bytes per second.
/// Cost: about 0.5 s and, meanwhile, a buffer of four times the last-level cache, but at most
/// 512 MiB and an eighth of the memory: look at a process's peak memory before, not after.
double measure_read_gbps(ThreadPool& pool);

/// The CPU's own name for itself, from /proc/cpuinfo; the architecture where it has none.
std::string cpu_name();

}  // namespace fimd::cpu
