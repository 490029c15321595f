#include "tests/support/gguf_writer.h"

namespace fimd {
namespace {

void pad(std::string& bytes, int64_t alignment) {
  const auto step = static_cast<size_t>(alignment);
  bytes.resize((bytes.size() + step - 1) / step * step);
}

}  // namespace

std::string gguf_content(const GgufToWrite& file) {
  std::string content = "GGUF" + gguf_number(file.version) +
                        gguf_number(file.num_tensors.value_or(file.tensors.size())) +
                        gguf_number(file.num_keys.value_or(file.keys.size()));
  for (const std::string& key : file.keys) content += key;
  for (const std::string& tensor : file.tensors) content += tensor;
  if (file.data.empty()) return content;
  pad(content, file.alignment);
  return content + file.data;
}

void add_tensor(GgufToWrite& file,
                std::string_view name,
                uint32_t type,
                const std::vector<uint64_t>& extents,
                std::string_view bytes) {
  pad(file.data, file.alignment);
  file.tensors.push_back(gguf_tensor(name, type, extents, file.data.size()));
  file.data += bytes;
}

std::string gguf_text(std::string_view text) {
  return gguf_number(uint64_t{text.size()}).append(text);
}

std::string gguf_key(std::string_view name, GgufType type, std::string_view value) {
  return (gguf_text(name) + gguf_number(type)).append(value);
}

std::string gguf_text_key(std::string_view name, std::string_view text) {
  return gguf_key(name, GgufType::kText, gguf_text(text));
}

std::string gguf_array_key(std::string_view name,
                           GgufType type,
                           uint64_t count,
                           std::string_view elements) {
  return gguf_key(
      name, GgufType::kArray, (gguf_number(type) + gguf_number(count)).append(elements));
}

std::string gguf_tensor(std::string_view name,
                        uint32_t type,
                        const std::vector<uint64_t>& extents,
                        uint64_t offset_bytes) {
  std::string tensor = gguf_text(name) + gguf_number(static_cast<uint32_t>(extents.size()));
  for (const uint64_t extent : extents) tensor += gguf_number(extent);
  return tensor + gguf_number(type) + gguf_number(offset_bytes);
}

}  // namespace fimd
