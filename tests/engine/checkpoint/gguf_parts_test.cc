#include "engine/checkpoint/gguf_parts.h"

#include <functional>

#include "tests/engine/checkpoint/gguf_check.h"

namespace fimd {
namespace {

/// Part `index` of 3, with a tensor of its own.
struct Part {
  uint16_t index;
  uint16_t count = 3;
  int32_t num_tensors = 3;
  std::string tensor = "t" + std::to_string(index);
};

std::string part_content(const Part& part) {
  GgufToWrite file = {
      .keys = {gguf_key("split.no", GgufType::kUint16, gguf_number(part.index)),
               gguf_key("split.count", GgufType::kUint16, gguf_number(part.count)),
               gguf_key("split.tensors.count", GgufType::kInt32, gguf_number(part.num_tensors))}};
  add_tensor(file, part.tensor, kTypeF32, {1}, bytes_of_tensor(4));
  return gguf_content(file);
}

constexpr const char* kFirst = "m-00001-of-00003.gguf";
constexpr const char* kSecond = "m-00002-of-00003.gguf";
constexpr const char* kThird = "m-00003-of-00003.gguf";

/// Writes three good parts, lets `change` do something to them, and expects the model's first part
/// to be refused, with `name` and `expected` in the message.
void check_parts_refused(const std::function<void(TempFolder&)>& change,
                         const std::string& name,
                         const std::string& expected,
                         ErrorCode code = ErrorCode::kInvalidInput) {
  TempFolder folder;
  folder.write(kFirst, part_content({0}));
  folder.write(kSecond, part_content({1}));
  folder.write(kThird, part_content({2}));
  ASSERT_TRUE(open_gguf_parts(folder.path() / kFirst));
  change(folder);
  const auto parts = open_gguf_parts(folder.path() / kFirst);
  ASSERT_FALSE(parts) << "expected " << expected;
  EXPECT_EQ(parts.error().code, code) << parts.error().message;
  EXPECT_TRUE(parts.error().message.starts_with((folder.path() / name).string() + ": " + expected))
      << parts.error().message << "\nexpected " << expected;
}

TEST(GgufParts, AreOpenedInTheirOrder) {
  TempFolder folder;
  folder.write(kThird, part_content({2}));
  folder.write(kFirst, part_content({0}));
  folder.write(kSecond, part_content({1}));
  const auto parts = open_gguf_parts(folder.path() / kFirst);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 3U);
  for (size_t index = 0; index < 3; ++index) {
    const GgufFile& part = (*parts)[index];
    EXPECT_EQ(part.integer("split.no").value(), static_cast<int64_t>(index));
    EXPECT_NE(part.find_tensor("t" + std::to_string(index)), nullptr);
  }
}

TEST(GgufParts, MayBeOneFile) {
  TempFolder folder;
  const auto plain = open_gguf_parts(folder.write("any.name", gguf_content({})));
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_EQ(plain->size(), 1U);
  const Part part = {.index = 0, .count = 1, .num_tensors = 1};
  const auto split = open_gguf_parts(folder.write("m-00001-of-00001.gguf", part_content(part)));
  ASSERT_TRUE(split) << split.error().message;
  EXPECT_EQ(split->size(), 1U);
}

TEST(GgufParts, RefuseToBeginWithAnother) {
  TempFolder folder;
  const auto second = open_gguf_parts(folder.write(kSecond, part_content({1})));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message,
            (folder.path() / kSecond).string() +
                ": is part 2 of 3, expected the first, which ends in -00001-of-00003.gguf");
  for (const char* name : {"m.gguf", kSecond, "m-00001-of-00004.gguf", "00001-of-00003.gguf"}) {
    const auto renamed = open_gguf_parts(folder.write(name, part_content({0})));
    ASSERT_FALSE(renamed) << name;
    EXPECT_EQ(renamed.error().message,
              (folder.path() / name).string() +
                  ": is the first of 3 parts, expected a name that ends in -00001-of-00003.gguf");
  }
}

TEST(GgufParts, RefuseOnesThatAreMissingOrOutOfOrder) {
  check_parts_refused([](TempFolder& folder) { std::filesystem::remove(folder.path() / kThird); },
                      kThird,
                      "no such file",
                      ErrorCode::kNotFound);
  check_parts_refused([](TempFolder& folder) { folder.write(kSecond, part_content({2})); },
                      kSecond,
                      "key \"split.no\" is 2, expected 1");
  check_parts_refused(
      [](TempFolder& folder) {
        folder.write(kThird, part_content({2, 4}));
      },
      kThird,
      "key \"split.count\" is 4, expected 3");
  check_parts_refused([](TempFolder& folder) { folder.write(kSecond, gguf_content({})); },
                      kSecond,
                      "key \"split.no\" is missing, expected an integer",
                      ErrorCode::kNotFound);
  check_parts_refused([](TempFolder& folder) { folder.write(kSecond, "GGUF"); },
                      kSecond,
                      "header goes on behind byte 4");
}

TEST(GgufParts, RefuseTensorsThatDoNotAddUp) {
  check_parts_refused(
      [](TempFolder& folder) {
        folder.write(kThird, part_content({2, 3, 3, "t1"}));
      },
      kThird,
      "tensor \"t1\" is also in m-00002-of-00003.gguf");
  check_parts_refused(
      [](TempFolder& folder) {
        folder.write(kFirst, part_content({0, 3, 4}));
      },
      kFirst,
      "key \"split.tensors.count\" is 4, expected 3");
}

TEST(GgufParts, RefuseABadCount) {
  for (const uint16_t count : {0, 4097, 65'535}) {
    check_parts_refused(
        [&](TempFolder& folder) {
          folder.write(kFirst, part_content({0, count}));
        },
        kFirst,
        "key \"split.count\" is " + std::to_string(count) + ", expected an integer in [1, 4096]");
  }
  check_parts_refused(
      [](TempFolder& folder) {
        folder.write(kFirst, gguf_content({.keys = {gguf_text_key("split.count", "3")}}));
      },
      kFirst,
      "key \"split.count\" is \"3\", expected an integer");
}

}  // namespace
}  // namespace fimd
