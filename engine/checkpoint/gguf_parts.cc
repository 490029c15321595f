#include "engine/checkpoint/gguf_parts.h"

#include <map>
#include <string>

#include "engine/checkpoint/gguf_header.h"

namespace fimd {
namespace {

constexpr std::string_view kNumberKey = "split.no";
constexpr std::string_view kCountKey = "split.count";
constexpr std::string_view kTensorsKey = "split.tensors.count";

std::string five_digits(int64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(5 - digits.size(), '0') + digits;
}

/// What the name of part `index`, counted from 0, ends in.
std::string part_ending(int64_t index, int64_t count) {
  return "-" + five_digits(index + 1) + "-of-" + five_digits(count) + ".gguf";
}

tl::unexpected<Error> wrong_part(const GgufFile& file, const std::string& message) {
  return fail(ErrorCode::kInvalidInput, file.path().string() + ": " + message);
}

/// The key `name` of `file` is `expected`.
Status check_number(const GgufFile& file, std::string_view name, int64_t expected) {
  FIMD_TRY(const int64_t number, file.integer(name));
  if (number == expected) return {};
  return wrong_part(file,
                    name_text("key", name) + " is " + std::to_string(number) + ", expected " +
                        std::to_string(expected));
}

/// How many parts there are with `first`, which has the key.
Result<int64_t> count_parts(const GgufFile& first) {
  FIMD_TRY(const int64_t count, first.integer(kCountKey));
  if (count >= 1 && count <= kMaxGgufParts) return count;
  return wrong_part(first,
                    name_text("key", kCountKey) + " is " + std::to_string(count) +
                        ", expected an integer in [1, " + std::to_string(kMaxGgufParts) + "]");
}

/// What the names of all parts begin with, by the name of the first.
Result<std::string> common_beginning(const GgufFile& first, int64_t count) {
  std::string name = first.path().filename().string();
  const std::string ending = part_ending(0, count);
  FIMD_TRY(const int64_t index, first.integer(kNumberKey));
  if (index != 0) {
    return wrong_part(first,
                      "is part " + std::to_string(index + 1) + " of " + std::to_string(count) +
                          ", expected the first, which ends in " + ending);
  }
  if (!name.ends_with(ending)) {
    return wrong_part(first,
                      "is the first of " + std::to_string(count) +
                          " parts, expected a name that ends in " + ending);
  }
  name.resize(name.size() - ending.size());
  return name;
}

Status check_tensors_of_parts(const std::vector<GgufFile>& parts) {
  std::map<std::string_view, const GgufFile*> owners;
  for (const GgufFile& part : parts) {
    for (const GgufTensor& tensor : part.tensors()) {
      const auto [owner, is_new] = owners.emplace(tensor.name, &part);
      if (is_new) continue;
      return wrong_part(part,
                        name_text("tensor", tensor.name) + " is also in " +
                            owner->second->path().filename().string());
    }
  }
  return check_number(parts.front(), kTensorsKey, static_cast<int64_t>(owners.size()));
}

}  // namespace

bool is_gguf(const std::filesystem::path& path) {
  return path.extension() == ".gguf";
}

Result<std::vector<GgufFile>> open_gguf_parts(const std::filesystem::path& path) {
  std::vector<GgufFile> parts;
  FIMD_TRY(GgufFile first, GgufFile::open(path));
  parts.push_back(std::move(first));
  if (parts.front().find_key(kCountKey) == nullptr) return parts;
  FIMD_TRY(const int64_t count, count_parts(parts.front()));
  FIMD_TRY(const std::string beginning, common_beginning(parts.front(), count));
  for (int64_t index = 1; index < count; ++index) {
    const std::string name = beginning + part_ending(index, count);
    FIMD_TRY(GgufFile part, GgufFile::open(path.parent_path() / name));
    FIMD_TRY_STATUS(check_number(part, kNumberKey, index));
    FIMD_TRY_STATUS(check_number(part, kCountKey, count));
    parts.push_back(std::move(part));
  }
  FIMD_TRY_STATUS(check_tensors_of_parts(parts));
  return parts;
}

}  // namespace fimd
