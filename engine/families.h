// The families of models that we run: the one place that knows their names.
//
// A family is how a configuration is read into mechanisms (model_config.h); nothing after that asks
// which family a model is of.
#pragma once

#include <span>
#include <string_view>

#include "engine/model_config.h"

namespace fimd {

class JsonObject;

struct Family {
  std::string_view huggingface;  ///< `architectures` of config.json
  std::string_view gguf;         ///< `general.architecture` of a GGUF file
  /// Reads what the family has of its own: attention and experts. `config` has the rest, as far as
  /// it stands in `fields`.
  Status (*read)(const JsonObject& fields, ModelConfig& config);
};

std::span<const Family> families();

}  // namespace fimd
