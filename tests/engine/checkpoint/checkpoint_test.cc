#include "engine/checkpoint/checkpoint.h"

#include <array>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "kernels/base/block_format.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/golden.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

/// A file with one float matrix [2, 2] of `value` for each name.
std::string shard(std::initializer_list<const char*> names, float value = 1) {
  const std::array<float, 4> values = {value, value, value, value};
  std::vector<ArrayToWrite> arrays;
  for (const char* name : names) arrays.push_back(array_to_write<float>(name, {2, 2}, values));
  return safetensors_content(arrays);
}

/// A folder with two good shards and `index`.
class ShardedFolder {
 public:
  explicit ShardedFolder(std::string_view index) {
    folder_.write("one.safetensors", shard({"a", "b"}, 1));
    folder_.write("two.safetensors", shard({"c"}, 2));
    folder_.write("model.safetensors.index.json", index);
  }

  TempFolder& folder() { return folder_; }

 private:
  TempFolder folder_;
};

constexpr const char* kGoodIndex =
    R"({"weight_map": {"a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors"}})";

void check_refused(const std::filesystem::path& folder,
                   const std::string& expected,
                   ErrorCode code = ErrorCode::kInvalidInput) {
  const Result<Checkpoint> checkpoint = Checkpoint::open(folder);
  ASSERT_FALSE(checkpoint) << "expected " << expected;
  EXPECT_EQ(checkpoint.error().code, code) << checkpoint.error().message;
  EXPECT_TRUE(checkpoint.error().message.starts_with(folder.string() + expected))
      << checkpoint.error().message << "\nexpected " << folder.string() << expected;
}

TEST(Checkpoint, ReadsShardsThroughTheIndex) {
  ShardedFolder sharded(kGoodIndex);
  Result<Checkpoint> opened = Checkpoint::open(sharded.folder().path());
  ASSERT_TRUE(opened) << opened.error().message;
  const Checkpoint checkpoint = std::move(*opened);
  EXPECT_EQ(checkpoint.path(), sharded.folder().path());
  ASSERT_EQ(checkpoint.tensors().size(), 3U);
  EXPECT_EQ(checkpoint.tensors()[2].name, "c");
  const CheckpointTensor tensor = checkpoint.tensor("c", {2, 2}).value();
  EXPECT_EQ(tensor.dtype, DType::kF32);
  EXPECT_EQ(tensor.size_bytes, 16);
  EXPECT_EQ(reinterpret_cast<const float*>(tensor.data)[3], 2.0F);
  EXPECT_EQ(checkpoint.find("d"), nullptr);
  const auto size_of = [&](const char* name) {
    return static_cast<int64_t>(std::filesystem::file_size(sharded.folder().path() / name));
  };
  EXPECT_EQ(checkpoint.file_bytes(), size_of("one.safetensors") + size_of("two.safetensors"));
}

TEST(Checkpoint, PrefersTheSingleFileToTheIndex) {
  ShardedFolder sharded(kGoodIndex);
  sharded.folder().write("model.safetensors", shard({"single"}));
  const Checkpoint checkpoint = Checkpoint::open(sharded.folder().path()).value();
  EXPECT_EQ(checkpoint.tensors().size(), 1U);
}

TEST(Checkpoint, FollowsLinksToWeights) {
  TempFolder blobs;
  TempFolder folder;
  std::filesystem::create_symlink(blobs.write("blob", shard({"a"})),
                                  folder.path() / "model.safetensors");
  EXPECT_TRUE(Checkpoint::open(folder.path()));
}

TEST(Checkpoint, NamesATensorThatIsNotAsExpected) {
  TempFolder folder;
  const std::string path = folder.path().string();
  const std::array<float, 255> values = {};
  const std::vector<ArrayToWrite> arrays = {
      array_to_write<float>("up", {255}, values),
      {.name = "fp8", .dtype = "F8_E4M3", .shape = {1, 1}, .bytes = "x"},
  };
  folder.write("model.safetensors", safetensors_content(arrays));
  const Checkpoint checkpoint = Checkpoint::open(folder.path()).value();
  EXPECT_EQ(checkpoint.tensors().size(), 1U);
  EXPECT_EQ(checkpoint.find("fp8"), nullptr);

  const auto check_tensor_refused =
      [&](const char* name, ErrorCode code, const std::string& expected) {
        const Result<CheckpointTensor> tensor = checkpoint.tensor(name, {1, 1});
        ASSERT_FALSE(tensor);
        EXPECT_EQ(tensor.error().code, code);
        EXPECT_EQ(tensor.error().message, path + expected);
      };
  check_tensor_refused("up",
                       ErrorCode::kInvalidInput,
                       "/model.safetensors: tensor \"up\" is [255], expected [1, 1]");
  check_tensor_refused("fp8",
                       ErrorCode::kUnsupported,
                       "/model.safetensors: tensor \"fp8\" is F8_E4M3, expected F32, F16 or BF16");
  check_tensor_refused(
      "down", ErrorCode::kNotFound, ": tensor \"down\" is missing, expected [1, 1]");
}

TEST(Checkpoint, RefusesAFolderWithoutWeights) {
  TempFolder folder;
  check_refused(folder.path(),
                ": has no weights, expected model.safetensors or model.safetensors.index.json",
                ErrorCode::kNotFound);
  check_refused(folder.path() / "x", ": no such folder", ErrorCode::kNotFound);
  check_refused(folder.write("file", "text"), ": is not a folder, expected one with");
  std::filesystem::create_directory(folder.path() / "model.safetensors");
  check_refused(folder.path(), "/model.safetensors: is a folder, expected a file");
}

TEST(Checkpoint, RefusesABadIndex) {
  const auto check_index_refused = [](const std::string& index, const std::string& expected) {
    ShardedFolder sharded(index);
    check_refused(sharded.folder().path(), "/model.safetensors.index.json: " + expected);
  };
  check_index_refused("", "is not JSON");
  check_index_refused("{\"weight_map\":", "is not JSON");
  check_index_refused("[]", "has no weight_map, expected an object");
  check_index_refused("{}", "has no weight_map, expected an object");
  check_index_refused(R"({"weight_map": null})", "has no weight_map");
  check_index_refused(R"({"weight_map": ["one.safetensors"]})", "has no weight_map");
  check_index_refused(R"({"weight_map": {}})", "has no weight_map");
  check_index_refused(R"({"weight_map": {"a": 1}})", "weight_map has 1 for tensor \"a\", expected");
  check_index_refused(R"({"weight_map": {"a": null}})", "weight_map has null for tensor \"a\"");
  check_index_refused(std::string((16 << 20) + 1, ' '), "has 16777217 bytes, expected at most");
}

TEST(Checkpoint, RefusesAnIndexThatLeavesTheFolder) {
  for (const char* name : {"../one.safetensors",
                           "/etc/passwd",
                           "sub/one.safetensors",
                           "sub\\\\one.safetensors",
                           "..",
                           ".",
                           "",
                           ".hidden",
                           "one.safetensors\\u0000",
                           "one.safetensors\\n"}) {
    ShardedFolder sharded(R"({"weight_map": {"a": ")" + std::string(name) + "\"}}");
    check_refused(sharded.folder().path(), "/model.safetensors.index.json: weight_map has \"");
  }
}

TEST(Checkpoint, RefusesAnIndexThatNamesTooManyShards) {
  nlohmann::json index;
  for (int number = 0; number <= 4096; ++number) {
    const std::string name = "n" + std::to_string(number);
    index["weight_map"][name] = name;
  }
  ShardedFolder sharded(index.dump());
  check_refused(
      sharded.folder().path(),
      "/model.safetensors.index.json: weight_map names 4097 files, expected at most 4096");
}

TEST(Checkpoint, RefusesShardsThatDisagreeWithTheIndex) {
  ShardedFolder missing_shard(R"({"weight_map": {"a": "three.safetensors"}})");
  check_refused(missing_shard.folder().path(),
                "/three.safetensors: no such file or directory",
                ErrorCode::kNotFound);
  ShardedFolder wrong_shard(R"({"weight_map": {"a": "two.safetensors"}})");
  check_refused(wrong_shard.folder().path(),
                "/two.safetensors: tensor \"a\" is missing, expected by model.safetensors.index");
  ShardedFolder damaged(kGoodIndex);
  damaged.folder().write("two.safetensors", "damaged");
  check_refused(damaged.folder().path(), "/two.safetensors: has 7 bytes, expected a header");
  ShardedFolder twins(kGoodIndex);
  twins.folder().write("two.safetensors", shard({"c", "a"}));
  check_refused(twins.folder().path(), "/two.safetensors: tensor \"a\" is also in one.safetensors");
}

TEST(Checkpoint, OpensEveryGoldenAndTheDemoModel) {
  std::vector<std::filesystem::path> folders = golden_folders("models");
  ASSERT_FALSE(folders.empty());
  folders.push_back(demo_model());
  for (const std::filesystem::path& folder : folders) {
    const Result<Checkpoint> checkpoint = Checkpoint::open(folder);
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;
    EXPECT_GT(checkpoint->tensors().size(), 25U);
    int64_t total_bytes = 0;
    for (const CheckpointTensor& tensor : checkpoint->tensors()) {
      EXPECT_EQ(checkpoint->tensor(tensor.name, tensor.shape).value().data, tensor.data);
      int64_t elements = 1;
      for (const int64_t extent : tensor.shape) elements *= extent;
      EXPECT_EQ(tensor.size_bytes, row_bytes(tensor.dtype, elements));
      total_bytes += tensor.size_bytes;
    }
    EXPECT_LE(total_bytes, checkpoint->file_bytes());
    EXPECT_GE(total_bytes, checkpoint->file_bytes() * 9 / 10);
  }
}

TEST(Checkpoint, OfAGgufFileHasTheNamesOfAFolder) {
  GgufToWrite file;
  add_tensor(file, "blk.0.ffn_up_exps.weight", 0, {2, 1, 3}, std::string(24, 'x'));
  add_tensor(file, "blk.0.attn_norm.weight", 0, {2}, std::string(8, 'x'));
  add_tensor(file, "something.else", 0, {2}, std::string(8, 'x'));
  TempFolder folder;
  folder.write("m.gguf", gguf_content(file));
  const Checkpoint checkpoint = Checkpoint::open(folder.path() / "m.gguf").value();
  EXPECT_EQ(checkpoint.tensors().size(), 5U);
  EXPECT_TRUE(checkpoint.tensor("model.layers.0.mlp.experts.2.up_proj.weight", {1, 2}));
  EXPECT_TRUE(checkpoint.tensor("model.layers.0.input_layernorm.weight", {2}));
  const auto wrong = checkpoint.tensor("model.layers.0.mlp.experts.2.up_proj.weight", {2, 2});
  EXPECT_NE(wrong.error().message.find("is [1, 2], expected [2, 2]"), std::string::npos);
  EXPECT_EQ(checkpoint.tensor("model.norm.weight", {2}).error().code, ErrorCode::kNotFound);
}

TEST(Checkpoint, BoundsTheExpertsOfAGgufFile) {
  GgufToWrite file;
  add_tensor(file, "blk.0.ffn_up_exps.weight", 0, {0, 1, uint64_t{1} << 40}, "");
  TempFolder folder;
  folder.write("m.gguf", gguf_content(file));
  const auto checkpoint = Checkpoint::open(folder.path() / "m.gguf");
  ASSERT_FALSE(checkpoint);
  EXPECT_NE(checkpoint.error().message.find("m.gguf"), std::string::npos);
}

}  // namespace
}  // namespace fimd
