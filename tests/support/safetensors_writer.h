// Writes safetensors files: whole ones from arrays, for tests that need a small model, and ones
// from any header, for tests of what a reader does with bad files. safetensors.h draws the format.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/checkpoint/safetensors.h"

namespace fimd {

struct ArrayToWrite {
  std::string name;
  std::string dtype;  ///< the format's name of it
  std::vector<int64_t> shape;
  std::string bytes;
};

template <typename T>
ArrayToWrite array_to_write(const std::string& name,
                            const std::vector<int64_t>& shape,
                            std::span<const T> values) {
  return {.name = name,
          .dtype = std::string(kSafetensorsDtype<T>),
          .shape = shape,
          .bytes = {reinterpret_cast<const char*>(values.data()), values.size_bytes()}};
}

/// The content of a file that holds `arrays` in their order. The data begins at a multiple of 8, so
/// arrays with the widest elements first are aligned.
std::string safetensors_content(std::span<const ArrayToWrite> arrays);

/// The content of a file with exactly this header and data, whatever they hold.
std::string safetensors_content(std::string_view header, std::string_view data);

}  // namespace fimd
