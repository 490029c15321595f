// Opens the model of a command, and shows on the terminal how far a large one has been read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/engine.h"

namespace fimd {

/// Engine::open(). While it reads a large model, a line of standard error says so, where that is a
/// terminal; it is gone afterwards.
Result<std::unique_ptr<Engine>> open_engine(EngineOptions options);

/// The line: "fimd: loading deepseek-coder-v2-lite, 40 %", from the beginning of the terminal's.
std::string loading_line(const std::string& model, uint32_t percent);

}  // namespace fimd
