#include "engine/checkpoint/gguf_header.h"

#include "tests/engine/checkpoint/gguf_check.h"

namespace fimd {
namespace {

TEST(GgufHeader, RefusesCountsThatTheFileHasNoRoomFor) {
  const std::string huge = std::to_string(kHuge);
  const auto check_key_refused = [&](const std::string& key, const std::string& expected) {
    check_gguf_refused(gguf_content({.keys = {key}}), expected);
  };
  check_gguf_refused(gguf_content({.num_keys = kHuge}),
                     "header has " + huge + " keys, expected at most 0 in the rest");
  check_gguf_refused(gguf_content({.num_keys = ~uint64_t{0}}),
                     "header has 18446744073709551615 keys, expected at most 0");
  check_gguf_refused(gguf_content({.num_tensors = kHuge}),
                     "header has " + huge + " tensors, expected at most 0");
  check_gguf_refused(gguf_content({.keys = {gguf_text_key("a", "b")}, .num_keys = 2}),
                     "header has 2 keys, expected at most 1");
  check_key_refused(gguf_number(kHuge) + "a long enough name",
                    "key 1 of 1 has a name of " + huge + " bytes, expected at most 18");
  check_key_refused(gguf_text_key(std::string(kMaxGgufKeyBytes + 1, 'k'), "x"),
                    "key 1 of 1 has a name of 65536 bytes, expected at most 65535");
  check_key_refused(gguf_key("a", GgufType::kText, gguf_number(kHuge) + "xyz"),
                    "key \"a\" has a text of " + huge + " bytes, expected at most 3");
  check_key_refused(gguf_key("a", GgufType::kUint64, "1234"),
                    "key \"a\" goes on behind byte 41, where the file ends");
  check_key_refused(gguf_array_key("a", GgufType::kUint8, kHuge, "xyz"),
                    "key \"a\" has " + huge + " elements, expected at most 3");
  check_key_refused(gguf_array_key("a", GgufType::kFloat64, kHuge / 8 * 8, "xyz"),
                    "key \"a\" has " + huge + " elements, expected at most 0");
  check_key_refused(gguf_array_key("a", GgufType::kText, kHuge, gguf_text("xyz")),
                    "key \"a\" has " + huge + " elements, expected at most 1");
  check_key_refused(gguf_array_key("a", GgufType::kText, 1, gguf_number(kHuge)),
                    "key \"a\" has a text of " + huge + " bytes, expected at most 0");
  check_key_refused(gguf_array_key("a", GgufType::kText, 2, gguf_text("0123456789abcdef")),
                    "key \"a\" goes on behind byte 73, where the file ends");
}

TEST(GgufHeader, RefusesKeysOfAnotherForm) {
  const auto check_key_refused = [](const std::string& key,
                                    const std::string& expected,
                                    ErrorCode code = ErrorCode::kInvalidInput) {
    check_gguf_refused(gguf_content({.keys = {gguf_text_key("0", ""), key}}), expected, code);
  };
  check_key_refused(gguf_text_key("0", "other"), "key \"0\" is given twice");
  check_key_refused(gguf_key("a", static_cast<GgufType>(13), "12345678"),
                    "key \"a\" has a value of type 13, expected at most 12");
  check_key_refused(gguf_array_key("a", static_cast<GgufType>(1U << 31), 0, ""),
                    "key \"a\" has a value of type 2147483648, expected at most 12");
  check_key_refused(gguf_array_key("a", GgufType::kArray, 0, ""),
                    "key \"a\" is an array of arrays, expected scalars or texts",
                    ErrorCode::kUnsupported);
  check_key_refused(gguf_key("a", GgufType::kBool, "\2"), "key \"a\" has the boolean 2, expected");
  check_key_refused(gguf_array_key("a", GgufType::kBool, 3, std::string_view("\1\0\xff", 3)),
                    "key \"a\" has the boolean 255, expected 0 or 1");
  // A name that is no text is shown escaped and cut.
  check_key_refused(gguf_key("\xff\n", static_cast<GgufType>(99), ""), "key \"\\ufffd\\n\" has");
  check_key_refused(gguf_key(std::string(9999, 'x'), static_cast<GgufType>(99), ""), "key \"xxx");
}

TEST(GgufHeader, RefusesTensorsOfAnotherForm) {
  check_tensors_refused({gguf_tensor(std::string(65, 'n'), kTypeF32, {1}, 0)},
                        "1 of 1 has a name of 65 bytes, expected at most 64");
  check_tensors_refused({gguf_tensor("a", kTypeF32, {1, 1, 1, 1, 1}, 0)},
                        "\"a\" has 5 extents, expected at most 4");
  check_tensors_refused({gguf_tensor("a", kTypeF32, {1}, 0), gguf_tensor("a", kTypeF32, {1}, 32)},
                        "\"a\" is given twice");
  check_tensors_refused({gguf_tensor("a", kTypeF32, {uint64_t{1} << 63}, 0)},
                        "\"a\" has the extent 9223372036854775808, expected at most 92233720368");
  // Products that overflow: of the extents, and of the elements with their bytes.
  for (const std::vector<uint64_t>& extents : {std::vector<uint64_t>{1U << 31, 1U << 31, 4},
                                               {kHuge, kHuge},
                                               {kHuge, 16, 0},
                                               {uint64_t{1} << 61}}) {
    check_tensors_refused({gguf_tensor("a", kTypeF32, extents, 0)}, "\"a\" has more bytes than 63");
  }
  check_tensors_refused({gguf_tensor("a", kTypeQ4K, {128, 2}, 0)},
                        "\"a\" has rows of 128 elements, expected a multiple of 256 for Q4_K");
  check_tensors_refused({gguf_tensor("a", kTypeQ8, {33}, 0)},
                        "\"a\" has rows of 33 elements, expected a multiple of 32 for Q8_0");
  check_tensors_refused({gguf_tensor("a", kTypeQ8, {}, 0)},
                        "\"a\" has rows of 1 elements, expected a multiple of 32 for Q8_0");
  constexpr ErrorCode kUnsupported = ErrorCode::kUnsupported;
  const std::string expected = ", expected F32 F16 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K";
  for (const uint32_t type : {4U, 5U, 31U, 33U, 36U, 38U, 9999U, ~0U}) {
    check_tensors_refused({gguf_tensor("a", type, {256}, 0)},
                          "\"a\" is of type " + std::to_string(type) + expected,
                          kUnsupported);
  }
  check_tensors_refused(
      {gguf_tensor("a", 39, {32}, 0)}, "\"a\" is of type 39 (MXFP4)" + expected, kUnsupported);
  check_tensors_refused(
      {gguf_tensor("a", 16, {256}, 0)}, "\"a\" is of type 16 (IQ2_XXS)" + expected, kUnsupported);
}

// A sparse file that is large enough: only our own limit stops these headers.
TEST(GgufHeader, RefusesAHeaderAboveTheLimit) {
  TempFolder folder;
  const auto check_sparse_refused = [&](const std::string& key, const std::string& expected) {
    const auto path = folder.write("x.gguf", gguf_content({.keys = {key}}));
    std::filesystem::resize_file(path, 1 << 30);
    const Result<GgufFile> file = GgufFile::open(path);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().message, path.string() + ": " + expected);
  };
  check_sparse_refused(gguf_key("a", GgufType::kText, gguf_number(uint64_t{1} << 29)),
                       "key \"a\" has a text of 536870912 bytes, expected at most 99999955");
  check_sparse_refused(gguf_array_key("a", GgufType::kInt8, 1U << 29, ""),
                       "key \"a\" has 536870912 elements, expected at most 99999951 in the rest "
                       "of the file");
  check_sparse_refused(gguf_array_key("a", GgufType::kText, 2, gguf_number(uint64_t{99'999'943})),
                       "key \"a\" goes on behind byte 100000000, the most that a header may have");
}

}  // namespace
}  // namespace fimd
