// What tokenizer.json's `post_processor` puts before a text.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "kernels/base/result.h"

namespace fimd {

/// The ids of TemplateProcessing's special tokens before sequence A of `single`; none for
/// ByteLevel, which only moves offsets, and where `spec` is null. A Sequence may hold both. Errors:
/// kInvalidInput; kUnsupported, another type, or tokens behind the text, of which a prompt has
/// none. Messages begin with `where`.
Result<std::vector<int32_t>> read_prefix_ids(const nlohmann::json* spec, const std::string& where);

}  // namespace fimd
