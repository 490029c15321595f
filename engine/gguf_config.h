// The configuration in a GGUF file's keys, as the config.json that it was made from had it.
//
// One reader (model_config.h) then checks both. What the file leaves out is left out here, too;
// messages name the file, and keys as config.json spells them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "engine/checkpoint/gguf.h"

namespace fimd {

/// `parts` are all of a model. Errors: kUnsupported, an architecture that is not among ours, or an
/// extension of RoPE that is not YaRN; kNotFound, no architecture; kInvalidInput, a key has another
/// type than the format's.
Result<nlohmann::json> config_of_gguf(std::span<const GgufFile> parts);

/// Whether the rows of q and k are ordered so that RoPE turns neighbours: arch `llama` permutes
/// them.
bool has_permuted_heads(std::span<const GgufFile> parts);

}  // namespace fimd
