// How fast a generator reads and writes on this machine: what a policy goes by, and a user asks.
#pragma once

#include <cstdint>
#include <stop_token>

#include "engine/text_generator.h"

namespace fimd {

struct Pace {
  double read_tokens_per_s = 0;   ///< of a prompt
  double write_tokens_per_s = 0;  ///< of an answer
};

/// Times a prompt of some hundred tokens of code and an answer to it, which also brings what the
/// first request needs into memory. Errors: those of TextGenerator::generate().
/// Cost: 20 ms with the bundled model, half a second with one of 0.5 billion parameters.
Result<Pace> measure_pace(TextGenerator& generator, const std::stop_token& stop);

}  // namespace fimd
