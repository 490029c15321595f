// The machine's memory.
#pragma once

#include <cstdint>
#include <unistd.h>

namespace fimd {

/// All that is installed, whoever uses it.
inline int64_t machine_memory_bytes() {
  return int64_t{::sysconf(_SC_PHYS_PAGES)} * int64_t{::sysconf(_SC_PAGE_SIZE)};
}

}  // namespace fimd
