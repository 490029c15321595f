// Writes GGUF files from encoded parts, for tests of what a reader does with good and bad ones.
// gguf.h draws the format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/checkpoint/gguf.h"

namespace fimd {

struct GgufToWrite {
  uint32_t version = 3;
  std::vector<std::string> keys;          ///< of gguf_key()
  std::vector<std::string> tensors;       ///< of gguf_tensor()
  std::string data = {};                  ///< begins at a multiple of `alignment`
  int64_t alignment = 32;                 ///< without a key that says so
  std::optional<uint64_t> num_keys = {};  ///< other than there are
  std::optional<uint64_t> num_tensors = {};
};

/// The content of the file.
std::string gguf_content(const GgufToWrite& file);

/// Appends a tensor and its bytes, at the next multiple of the alignment.
void add_tensor(GgufToWrite& file,
                std::string_view name,
                uint32_t type,
                const std::vector<uint64_t>& extents,
                std::string_view bytes);

/// A number as the format stores it.
template <typename T>
std::string gguf_number(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

std::string gguf_text(std::string_view text);

/// `value` holds the encoded value.
std::string gguf_key(std::string_view name, GgufType type, std::string_view value);

/// A key that holds a text.
std::string gguf_text_key(std::string_view name, std::string_view text);

/// A key that holds an array of `count` elements; `elements` holds them encoded.
std::string gguf_array_key(std::string_view name,
                           GgufType type,
                           uint64_t count,
                           std::string_view elements);

/// `type` is the format's number, the first of `extents` that of a row.
std::string gguf_tensor(std::string_view name,
                        uint32_t type,
                        const std::vector<uint64_t>& extents,
                        uint64_t offset_bytes);

}  // namespace fimd
