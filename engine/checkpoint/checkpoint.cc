#include "engine/checkpoint/checkpoint.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "engine/checkpoint/gguf_kv_b.h"
#include "engine/checkpoint/gguf_names.h"
#include "engine/checkpoint/gguf_parts.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/config_limits.h"
#include "engine/json/json_file.h"
#include "kernels/base/ascii.h"
#include "kernels/base/block_format.h"

namespace fimd {

struct Checkpoint::Impl {
  std::filesystem::path path;
  std::vector<SafetensorsFile> files;      // of a folder
  std::vector<GgufFile> parts;             // of a GGUF model
  std::vector<std::vector<float>> joined;  // matrices that the files have in halves
  std::vector<CheckpointTensor> tensors;   // sorted by name

  Status read_folder();
  Status read_gguf();
  [[nodiscard]] GgufMatrix find_gguf(const std::string& name) const;
  Status join_gguf_heads();
  Status add_gguf(const GgufFile& part, const GgufTensor& tensor);
};

namespace {

constexpr const char* kWeightsName = "model.safetensors";
constexpr const char* kIndexName = "model.safetensors.index.json";

// A tensor takes some 100 bytes: five times what DeepSeek-V2's 30,000 need.
constexpr int64_t kMaxIndexBytes = 16 << 20;

// DeepSeek-V2 has 55. Each takes a mapping, of which Linux allows a process 65,530.
constexpr size_t kMaxShards = 4096;

/// Which shard the index expects each tensor in.
using WeightMap = std::map<std::string, std::string>;

tl::unexpected<Error> invalid(const std::filesystem::path& path, const std::string& message) {
  return fail(ErrorCode::kInvalidInput, path.string() + ": " + message);
}

std::optional<DType> dtype_named(std::string_view name) {
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kBF16}) {
    if (dtype_name(dtype) == name) return dtype;
  }
  return std::nullopt;
}

/// Whether `name` is a file in its own folder, whatever it holds. Hugging Face's are
/// "model-00001-of-00055.safetensors".
bool is_plain_file_name(std::string_view name) {
  const auto is_plain = [](char byte) {
    return is_ascii_letter(byte) || is_ascii_digit(byte) || byte == '-' || byte == '_' ||
           byte == '.';
  };
  return !name.empty() && !name.starts_with('.') && std::ranges::all_of(name, is_plain);
}

Result<WeightMap> read_index(const std::filesystem::path& path) {
  FIMD_TRY(const nlohmann::json index, read_json_file(path, kMaxIndexBytes));
  const auto found = index.is_object() ? index.find("weight_map") : index.end();
  if (found == index.end() || !found->is_object() || found->empty()) {
    return invalid(path, "has no weight_map, expected an object of tensor and file names");
  }
  WeightMap weight_map;
  for (const auto& [tensor, file] : found->items()) {
    if (!file.is_string() || !is_plain_file_name(file.get_ref<const std::string&>())) {
      return invalid(path,
                     "weight_map has " + describe(file) + " for tensor " + quote(tensor) +
                         ", expected the name of a file in the same folder");
    }
    weight_map[tensor] = file.get<std::string>();
  }
  return weight_map;
}

Result<std::vector<SafetensorsFile>> open_shards(const std::filesystem::path& folder) {
  const std::filesystem::path index_path = folder / kIndexName;
  FIMD_TRY(const WeightMap weight_map, read_index(index_path));
  std::set<std::string> names;
  for (const auto& [tensor, file] : weight_map) names.insert(file);
  if (names.size() > kMaxShards) {
    return invalid(index_path,
                   "weight_map names " + std::to_string(names.size()) +
                       " files, expected at most " + std::to_string(kMaxShards));
  }
  std::map<std::string, size_t> file_index;
  std::vector<SafetensorsFile> files;
  for (const std::string& name : names) {
    FIMD_TRY(SafetensorsFile file, SafetensorsFile::open(folder / name));
    file_index[name] = files.size();
    files.push_back(std::move(file));
  }
  for (const auto& [tensor, file] : weight_map) {
    const SafetensorsFile& shard = files[file_index[file]];
    if (shard.find(tensor) == nullptr) {
      return invalid(shard.path(),
                     "tensor " + quote(tensor) + " is missing, expected by " + kIndexName);
    }
  }
  return files;
}

Result<std::vector<SafetensorsFile>> open_files(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder, ignored)) {
    return fail(ErrorCode::kNotFound, folder.string() + ": no such folder");
  }
  if (!std::filesystem::is_directory(folder, ignored)) {
    return invalid(folder, "is not a folder, expected one with " + std::string(kWeightsName));
  }
  const std::filesystem::path single = folder / kWeightsName;
  // The single file first, as transformers does it.
  if (std::filesystem::exists(single, ignored)) {
    FIMD_TRY(SafetensorsFile file, SafetensorsFile::open(single));
    std::vector<SafetensorsFile> files;
    files.push_back(std::move(file));
    return files;
  }
  if (std::filesystem::exists(folder / kIndexName, ignored)) return open_shards(folder);
  return fail(ErrorCode::kNotFound,
              folder.string() + ": has no weights, expected " + kWeightsName + " or " + kIndexName);
}

}  // namespace

Result<Checkpoint> Checkpoint::open(const std::filesystem::path& model) {
  auto impl = std::make_unique<Impl>();
  impl->path = model;
  FIMD_TRY_STATUS(is_gguf(model) ? impl->read_gguf() : impl->read_folder());
  std::ranges::sort(impl->tensors, {}, &CheckpointTensor::name);
  return Checkpoint(std::move(impl));
}

Status Checkpoint::Impl::read_gguf() {
  FIMD_TRY(parts, open_gguf_parts(path));
  for (const GgufFile& part : parts) {
    for (const GgufTensor& tensor : part.tensors()) {
      FIMD_TRY_STATUS(add_gguf(part, tensor));
    }
  }
  return join_gguf_heads();
}

GgufMatrix Checkpoint::Impl::find_gguf(const std::string& name) const {
  for (const GgufFile& part : parts) {
    const GgufTensor* tensor = part.find_tensor(name);
    if (tensor != nullptr) return {tensor, part.data(*tensor).data()};
  }
  return {};
}

/// Makes one kv_b of each layer that has its halves alone.
Status Checkpoint::Impl::join_gguf_heads() {
  constexpr std::string_view kEnding = ".attn_k_b.weight";
  for (const GgufFile& part : parts) {
    for (const GgufTensor& tensor : part.tensors()) {
      if (!tensor.name.ends_with(kEnding)) continue;
      const std::string layer(tensor.name.substr(0, tensor.name.size() - kEnding.size()));
      const GgufMatrix v_b = find_gguf(layer + ".attn_v_b.weight");
      const std::string whole = layer + ".attn_kv_b.weight";
      if (v_b.tensor == nullptr || find_gguf(whole).tensor != nullptr) continue;
      FIMD_TRY(std::vector<float> values,
               join_kv_b({&tensor, part.data(tensor).data()},
                         v_b,
                         part.path().string() + ": tensor " + quote(tensor.name)));
      const int64_t rank = tensor.shape[1];
      tensors.push_back({.name = place_of_gguf_tensor(whole).name,
                         .dtype = DType::kF32,
                         .shape = {std::ssize(values) / std::max<int64_t>(rank, 1), rank},
                         .size_bytes = std::ssize(values) * int64_t{sizeof(float)}});
      joined.push_back(std::move(values));
      tensors.back().data = reinterpret_cast<const std::byte*>(joined.back().data());
    }
  }
  return {};
}

/// A stack of experts is as many matrices, one behind the other.
Status Checkpoint::Impl::add_gguf(const GgufFile& part, const GgufTensor& tensor) {
  const std::byte* data = part.data(tensor).data();
  const GgufPlace place = place_of_gguf_tensor(tensor.name);
  if (!place.is_stacked || tensor.shape.size() != 3) {
    tensors.push_back({.name = place.name,
                       .dtype = tensor.dtype,
                       .shape = tensor.shape,
                       .data = data,
                       .size_bytes = tensor.size_bytes});
    return {};
  }
  if (tensor.shape[0] > kMaxExperts) {
    return invalid(part.path(),
                   "tensor " + quote(tensor.name) + " has " + std::to_string(tensor.shape[0]) +
                       " experts, expected at most " + std::to_string(kMaxExperts));
  }
  const int64_t expert_bytes = tensor.size_bytes / std::max<int64_t>(tensor.shape[0], 1);
  for (int64_t expert = 0; expert < tensor.shape[0]; ++expert) {
    tensors.push_back({.name = expert_name(place, expert),
                       .dtype = tensor.dtype,
                       .shape = {tensor.shape[1], tensor.shape[2]},
                       .data = data + expert * expert_bytes,
                       .size_bytes = expert_bytes});
  }
  return {};
}

Status Checkpoint::Impl::read_folder() {
  FIMD_TRY(files, open_files(path));
  std::map<std::string_view, const SafetensorsFile*> owners;
  for (const SafetensorsFile& file : files) {
    for (const SafetensorsEntry& entry : file.entries()) {
      const auto [owner, is_new] = owners.emplace(entry.name, &file);
      if (!is_new) {
        return invalid(file.path(),
                       "tensor " + quote(entry.name) + " is also in " +
                           owner->second->path().filename().string());
      }
      const std::optional<DType> dtype = dtype_named(entry.dtype);
      if (!dtype) continue;
      tensors.push_back({.name = entry.name,
                         .dtype = *dtype,
                         .shape = entry.shape,
                         .data = file.data(entry),
                         .size_bytes = entry.size_bytes});
    }
  }
  return {};
}

Checkpoint::Checkpoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Checkpoint::Checkpoint(Checkpoint&&) noexcept = default;
Checkpoint& Checkpoint::operator=(Checkpoint&&) noexcept = default;
Checkpoint::~Checkpoint() = default;

std::span<const CheckpointTensor> Checkpoint::tensors() const {
  return impl_->tensors;
}

const CheckpointTensor* Checkpoint::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(impl_->tensors, name, {}, &CheckpointTensor::name);
  return found != impl_->tensors.end() && found->name == name ? &*found : nullptr;
}

Result<CheckpointTensor> Checkpoint::tensor(std::string_view name,
                                            const std::vector<int64_t>& shape) const {
  const CheckpointTensor* found = find(name);
  if (found != nullptr && found->shape == shape) return *found;
  const std::string text = "tensor " + quote(name);
  for (const SafetensorsFile& file : impl_->files) {
    const SafetensorsEntry* entry = file.find(name);
    if (entry == nullptr) continue;
    if (found != nullptr) {
      return invalid(file.path(),
                     text + " is " + shape_text(entry->shape) + ", expected " + shape_text(shape));
    }
    return fail(ErrorCode::kUnsupported,
                file.path().string() + ": " + text + " is " + std::string(entry->dtype) +
                    ", expected F32, F16 or BF16");
  }
  if (found != nullptr) {
    return invalid(impl_->path,
                   text + " is " + shape_text(found->shape) + ", expected " + shape_text(shape));
  }
  return fail(ErrorCode::kNotFound,
              impl_->path.string() + ": " + text + " is missing, expected " + shape_text(shape));
}

int64_t Checkpoint::file_bytes() const {
  int64_t total = 0;
  for (const SafetensorsFile& file : impl_->files) total += file.file_bytes();
  for (const GgufFile& part : impl_->parts) total += part.file_bytes();
  return total;
}

const std::filesystem::path& Checkpoint::path() const {
  return impl_->path;
}

}  // namespace fimd
