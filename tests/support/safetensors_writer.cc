#include "tests/support/safetensors_writer.h"

#include <cstring>
#include <nlohmann/json.hpp>

namespace fimd {

std::string safetensors_content(std::span<const ArrayToWrite> arrays) {
  nlohmann::json header = nlohmann::json::object();
  std::string data;
  for (const ArrayToWrite& array : arrays) {
    const size_t begin_bytes = data.size();
    data += array.bytes;
    header[array.name] = {{"dtype", array.dtype},
                          {"shape", array.shape},
                          {"data_offsets", {begin_bytes, data.size()}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return safetensors_content(text, data);
}

std::string safetensors_content(std::string_view header, std::string_view data) {
  const uint64_t length_field = header.size();
  std::string content(sizeof(length_field), '\0');
  std::memcpy(content.data(), &length_field, sizeof(length_field));
  return content.append(header).append(data);
}

}  // namespace fimd
