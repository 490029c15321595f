#include "engine/checkpoint/gguf.h"

#include <array>
#include <random>

#include "kernels/base/block_format.h"
#include "tests/engine/checkpoint/gguf_check.h"

namespace fimd {
namespace {

/// One key of every type, arrays of some, and three tensors.
GgufToWrite valid_gguf() {
  const std::string texts = gguf_text("a") + gguf_text("") + gguf_text("ccc");
  GgufToWrite file = {
      .keys = {
          gguf_key("u8", GgufType::kUint8, gguf_number(uint8_t{200})),
          gguf_key("i8", GgufType::kInt8, gguf_number(int8_t{-100})),
          gguf_key("u16", GgufType::kUint16, gguf_number(uint16_t{60'000})),
          gguf_key("i16", GgufType::kInt16, gguf_number(int16_t{-30'000})),
          gguf_key("u32", GgufType::kUint32, gguf_number(uint32_t{4'000'000'000})),
          gguf_key("i32", GgufType::kInt32, gguf_number(int32_t{-2'000'000'000})),
          gguf_key("u64", GgufType::kUint64, gguf_number(uint64_t{1} << 62)),
          gguf_key("i64", GgufType::kInt64, gguf_number(-(int64_t{1} << 62))),
          gguf_key("above", GgufType::kUint64, gguf_number(~uint64_t{0})),
          gguf_key("f32", GgufType::kFloat32, gguf_number(1.5F)),
          gguf_key("f64", GgufType::kFloat64, gguf_number(-0.25)),
          gguf_key("bool", GgufType::kBool, std::string_view("\1", 1)),
          gguf_text_key("text", "deepseek2"),
          gguf_array_key("texts", GgufType::kText, 3, texts),
          gguf_array_key(
              "integers", GgufType::kInt16, 2, gguf_number(int16_t{-1}) + gguf_number(int16_t{7})),
          gguf_array_key("numbers", GgufType::kFloat32, 1, gguf_number(0.5F)),
          gguf_array_key("booleans", GgufType::kBool, 2, std::string_view("\0\1", 2)),
          gguf_array_key("nothing", GgufType::kUint64, 0, ""),
      }};
  add_tensor(file, "wide", kTypeF32, {3, 2}, bytes_of_tensor(24));
  add_tensor(file, "blocks", kTypeQ4K, {256, 2, 3}, bytes_of_tensor(size_t{6} * 144));
  add_tensor(file, "halves", kTypeF16, {5}, bytes_of_tensor(10));
  return file;
}

/// Touches every byte of every tensor, and decodes every array.
void read_all_of(const GgufFile& file) {
  uint64_t sum = 0;
  for (const GgufTensor& tensor : file.tensors()) {
    for (const std::byte byte : file.data(tensor)) sum += std::to_integer<unsigned>(byte);
  }
  EXPECT_LE(sum, 255U * static_cast<uint64_t>(file.file_bytes()));
  for (const GgufKey& key : file.keys()) {
    EXPECT_FALSE(value_text(key.value).empty());
    const auto texts = file.texts(key.name);
    if (texts) {
      for (const std::string_view text : *texts) sum += std::string(text).size();
    }
    EXPECT_FALSE(texts && file.integers(key.name));
  }
}

TEST(GgufFile, ShowsEveryKey) {
  const Result<GgufFile> opened = open_gguf_content(gguf_content(valid_gguf()));
  ASSERT_TRUE(opened) << opened.error().message;
  const GgufFile& file = *opened;
  EXPECT_EQ(file.keys().size(), 18U);
  EXPECT_EQ(file.keys().front().name, "above");
  EXPECT_EQ(file.integer("u8").value(), 200);
  EXPECT_EQ(file.integer("i8").value(), -100);
  EXPECT_EQ(file.integer("u16").value(), 60'000);
  EXPECT_EQ(file.integer("i16").value(), -30'000);
  EXPECT_EQ(file.integer("u32").value(), 4'000'000'000);
  EXPECT_EQ(file.integer("i32").value(), -2'000'000'000);
  EXPECT_EQ(file.integer("u64").value(), int64_t{1} << 62);
  EXPECT_EQ(file.integer("i64").value(), -(int64_t{1} << 62));
  EXPECT_EQ(std::get<uint64_t>(*file.find_key("above")), ~uint64_t{0});
  EXPECT_EQ(file.number("f32").value(), 1.5);
  EXPECT_EQ(file.number("f64").value(), -0.25);
  EXPECT_EQ(file.boolean("bool").value(), true);
  EXPECT_EQ(file.text("text").value(), "deepseek2");
  EXPECT_EQ(file.texts("texts").value(), (std::vector<std::string_view>{"a", "", "ccc"}));
  EXPECT_EQ(file.integers("integers").value(), (std::vector<int64_t>{-1, 7}));
  EXPECT_EQ(file.numbers("numbers").value(), (std::vector<double>{0.5}));
  EXPECT_EQ(file.integers("nothing").value(), std::vector<int64_t>{});
  EXPECT_EQ(std::get<GgufArray>(*file.find_key("booleans")).count, 2);
  EXPECT_EQ(file.find_key("tex"), nullptr);
  read_all_of(file);
}

TEST(GgufFile, ShowsEveryTensor) {
  TempFolder folder;
  const auto path = folder.write("x.gguf", gguf_content(valid_gguf()));
  const Result<GgufFile> opened = GgufFile::open(path);
  ASSERT_TRUE(opened) << opened.error().message;
  const GgufFile& file = *opened;
  EXPECT_EQ(file.path(), path);
  EXPECT_EQ(file.file_bytes(), static_cast<int64_t>(std::filesystem::file_size(path)));
  ASSERT_EQ(file.tensors().size(), 3U);
  EXPECT_EQ(file.tensors()[0].name, "blocks");
  EXPECT_EQ(file.find_tensor("block"), nullptr);
  const GgufTensor& blocks = *file.find_tensor("blocks");
  EXPECT_EQ(blocks.dtype, DType::kQ4_K);
  EXPECT_EQ(blocks.shape, (std::vector<int64_t>{3, 2, 256}));
  EXPECT_EQ(file.data(blocks).size(), 6U * 144);
  EXPECT_EQ(file.data(blocks)[0], std::byte{7});
  EXPECT_EQ(file.find_tensor("wide")->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(file.find_tensor("halves")->dtype, DType::kF16);
}

TEST(GgufFile, NamesAKeyThatIsNotThereOrOfAnotherType) {
  TempFolder folder;
  const auto path = folder.write("x.gguf", gguf_content(valid_gguf()));
  const GgufFile file = GgufFile::open(path).value();
  const auto check_wrong = [&](const auto& result, const std::string& text, ErrorCode code) {
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().message, path.string() + ": " + text);
    EXPECT_EQ(result.error().code, code);
  };
  constexpr ErrorCode kWrong = ErrorCode::kInvalidInput;
  check_wrong(file.text("none"), "key \"none\" is missing, expected a text", ErrorCode::kNotFound);
  check_wrong(file.integer("text"), "key \"text\" is \"deepseek2\", expected an integer", kWrong);
  check_wrong(file.integer("f32"), "key \"f32\" is 1.5, expected an integer", kWrong);
  check_wrong(file.integer("bool"), "key \"bool\" is true, expected an integer", kWrong);
  check_wrong(
      file.integer("above"), "key \"above\" is 18446744073709551615, expected an integer", kWrong);
  check_wrong(file.number("u8"), "key \"u8\" is 200, expected a number", kWrong);
  check_wrong(file.boolean("u8"), "key \"u8\" is 200, expected a boolean", kWrong);
  check_wrong(
      file.text("texts"), "key \"texts\" is an array of 3 elements, expected a text", kWrong);
  check_wrong(
      file.texts("text"), "key \"text\" is \"deepseek2\", expected an array of texts", kWrong);
  check_wrong(file.texts("nothing"),
              "key \"nothing\" is an array of 0 elements, expected an array of texts",
              kWrong);
  for (const char* name : {"texts", "numbers", "booleans"}) EXPECT_FALSE(file.integers(name));
  for (const char* name : {"texts", "integers", "booleans"}) EXPECT_FALSE(file.numbers(name));
}

TEST(GgufFile, AcceptsWhatTheFormatAllows) {
  const auto check_accepted = [](const GgufToWrite& written) {
    const Result<GgufFile> file = open_gguf_content(gguf_content(written));
    ASSERT_TRUE(file) << file.error().message;
    read_all_of(*file);
  };
  check_accepted({});
  check_accepted({.keys = {gguf_text_key("", "")}});
  check_accepted({.keys = {gguf_text_key(std::string(kMaxGgufKeyBytes, 'k'), "x")}});
  check_accepted({.tensors = {gguf_tensor("a", kTypeF32, {0}, 0)}});
  // Gaps, tensors in any order, scalars, empty ones, and names as long as they may be.
  check_accepted({.tensors = {gguf_tensor("b", kTypeF32, {2}, 64),
                              gguf_tensor(std::string(kMaxGgufNameBytes, 'a'), kTypeF32, {}, 0),
                              gguf_tensor("c", kTypeQ8, {0, 7}, 96),
                              gguf_tensor("d", kTypeF16, {1, 1, 1, 1}, 96)},
                  .data = bytes_of_tensor(98)});
  for (const uint32_t alignment : {8U, 64U, 4096U}) {
    GgufToWrite file = {
        .keys = {gguf_key("general.alignment", GgufType::kUint32, gguf_number(alignment))},
        .alignment = alignment};
    add_tensor(file, "a", kTypeF32, {1}, bytes_of_tensor(4));
    add_tensor(file, "b", kTypeF32, {1}, bytes_of_tensor(4));
    check_accepted(file);
  }
}

TEST(GgufFile, ReadsTensorsOfEveryType) {
  const std::array<std::pair<uint32_t, DType>, 15> types = {{{0, DType::kF32},
                                                             {1, DType::kF16},
                                                             {30, DType::kBF16},
                                                             {2, DType::kQ4_0},
                                                             {3, DType::kQ4_1},
                                                             {6, DType::kQ5_0},
                                                             {7, DType::kQ5_1},
                                                             {8, DType::kQ8_0},
                                                             {10, DType::kQ2_K},
                                                             {11, DType::kQ3_K},
                                                             {12, DType::kQ4_K},
                                                             {13, DType::kQ5_K},
                                                             {14, DType::kQ6_K},
                                                             {20, DType::kIQ4_NL},
                                                             {23, DType::kIQ4_XS}}};
  for (const auto& [number, dtype] : types) {
    const int64_t size_bytes = 3 * row_bytes(dtype, 512);
    GgufToWrite written;
    add_tensor(written, "a", number, {512, 3}, bytes_of_tensor(static_cast<size_t>(size_bytes)));
    const Result<GgufFile> file = open_gguf_content(gguf_content(written));
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->find_tensor("a")->dtype, dtype);
    EXPECT_EQ(file->find_tensor("a")->size_bytes, size_bytes);
  }
}

TEST(GgufFile, RefusesAnotherFormatVersionOrByteOrder) {
  check_gguf_refused("", "is empty");
  check_gguf_refused("GGU", "header goes on behind byte 3, where the file ends");
  check_gguf_refused("GGUF\3", "header goes on behind byte 5, where the file ends");
  check_gguf_refused("ggjt1234", "header begins with \"ggjt\", expected GGUF");
  check_gguf_refused("FUGG", "header begins with \"FUGG\", expected GGUF");
  constexpr ErrorCode kUnsupported = ErrorCode::kUnsupported;
  for (const uint32_t version : {0x01000000U, 0x02000000U, 0x03000000U}) {
    check_gguf_refused(gguf_content({.version = version}),
                       "header is big-endian, expected little-endian",
                       kUnsupported);
  }
  for (const uint32_t version : {1U, 2U, 4U, 0xffffffffU}) {
    check_gguf_refused(gguf_content({.version = version}),
                       "header is of version " + std::to_string(version) + ", expected 3",
                       kUnsupported);
  }
}

TEST(GgufFile, RefusesABadAlignment) {
  const auto check_alignment_refused = [](GgufType type, const std::string& value, const char* is) {
    check_gguf_refused(
        gguf_content({.keys = {gguf_key("general.alignment", type, value)}}),
        "key \"general.alignment\" is " + std::string(is) + ", expected a power of two");
  };
  check_alignment_refused(GgufType::kUint32, gguf_number(uint32_t{0}), "0");
  check_alignment_refused(GgufType::kUint32, gguf_number(uint32_t{3}), "3");
  check_alignment_refused(GgufType::kUint32, gguf_number(uint32_t{33}), "33");
  check_alignment_refused(GgufType::kInt32, gguf_number(int32_t{-32}), "-32");
  check_alignment_refused(GgufType::kInt64, gguf_number(int64_t{1} << 63), "-9223372036854775808");
  check_alignment_refused(GgufType::kUint64, gguf_number(uint64_t{1} << 63), "9223372036854775808");
  check_alignment_refused(GgufType::kText, gguf_text("32"), "\"32\"");
  check_alignment_refused(GgufType::kFloat32, gguf_number(32.0F), "32.0");
}

TEST(GgufFile, RefusesTensorsThatDoNotLieInTheFile) {
  const std::string first = gguf_tensor("a", kTypeF32, {10}, 0);
  check_tensors_refused({gguf_tensor("a", kTypeF32, {25}, 0)},
                        "\"a\" ends past the 96 bytes of data");
  check_tensors_refused({gguf_tensor("a", kTypeF32, {9}, 64)}, "\"a\" ends past the 96 bytes");
  check_tensors_refused({gguf_tensor("a", kTypeF32, {0}, 128)}, "\"a\" ends past the 96 bytes");
  for (const uint64_t offset : {kHuge, uint64_t{1} << 63, ~uint64_t{0}}) {
    check_tensors_refused({gguf_tensor("a", kTypeF32, {1}, offset)},
                          "\"a\" ends past the 96 bytes");
  }
  check_tensors_refused({first, gguf_tensor("b", kTypeF32, {1}, 48)},
                        "\"b\" begins at byte 48 of the data, expected a multiple of 32");
  check_tensors_refused({gguf_tensor("b", kTypeF32, {1}, 32), first},
                        "\"b\" begins at byte 32 of the data, expected 40 or more, where the one");
  check_tensors_refused({first, gguf_tensor("b", kTypeF32, {10}, 0)},
                        "\"b\" begins at byte 0 of the data, expected 40 or more");
  // The data begins behind the file's end.
  check_gguf_refused(gguf_content({.tensors = {gguf_tensor("a", kTypeF32, {1}, 0)}}),
                     "tensor \"a\" ends past the 0 bytes of data");
  check_gguf_refused(
      gguf_content({.keys = {gguf_key(
                        "general.alignment", GgufType::kUint64, gguf_number(uint64_t{1} << 62))},
                    .tensors = {gguf_tensor("a", kTypeF32, {1}, 0)}}),
      "tensor \"a\" ends past the 0 bytes of data");
}

// An alignment of 1 lets the data begin anywhere.
TEST(GgufFile, RefusesMisalignedTensors) {
  const std::vector<std::string> keys = {
      gguf_key("general.alignment", GgufType::kUint8, gguf_number(uint8_t{1}))};
  const auto content = [&](uint32_t type, uint64_t elements, uint64_t offset) {
    return gguf_content({.keys = keys,
                         .tensors = {gguf_tensor("a", type, {elements}, offset)},
                         .data = bytes_of_tensor(40),
                         .alignment = 1});
  };
  check_gguf_refused(content(kTypeF32, 1, 0),
                     "tensor \"a\" begins at byte 87 of the file, expected a multiple of 4");
  check_gguf_refused(content(kTypeF16, 1, 2),
                     "tensor \"a\" begins at byte 89 of the file, expected a multiple of 2");
  check_gguf_refused(content(kTypeQ8, 32, 0),
                     "tensor \"a\" begins at byte 87 of the file, expected a multiple of 2");
  EXPECT_TRUE(open_gguf_content(content(kTypeF32, 1, 1)));
  EXPECT_TRUE(open_gguf_content(content(kTypeQ8, 32, 1)));
}

TEST(GgufFile, RefusesEveryTruncation) {
  const std::string content = gguf_content(valid_gguf());
  for (size_t size_bytes = 0; size_bytes < content.size(); ++size_bytes) {
    EXPECT_FALSE(open_gguf_content(content.substr(0, size_bytes)))
        << size_bytes << " of " << content.size() << " bytes";
  }
}

// Most mutations of a header break a rule; those that do not must leave what can be read.
TEST(GgufFile, SurvivesRandomMutations) {
  constexpr int kRounds = 5000;
  const std::string content = gguf_content(valid_gguf());
  const size_t header_bytes = content.size() - valid_gguf().data.size();
  std::mt19937 random(42);
  int num_accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::string mutated = content;
    const size_t num_mutations = 1 + random() % 4;
    for (size_t mutation = 0; mutation < num_mutations; ++mutation) {
      const size_t place = random() % header_bytes;
      switch (random() % 4) {
        case 0: mutated.erase(place, 1); break;
        case 1: mutated.insert(place, 1, static_cast<char>(random() % 16)); break;
        case 2: mutated[place] = static_cast<char>(random() & 0xff); break;
        default: mutated[place] = static_cast<char>(mutated[place] ^ (1 << (random() % 8))); break;
      }
    }
    const Result<GgufFile> file = open_gguf_content(mutated);
    if (!file) {
      EXPECT_FALSE(file.error().message.empty());
      continue;
    }
    read_all_of(*file);
    ++num_accepted;
  }
  EXPECT_GT(num_accepted, 0);
  EXPECT_LT(num_accepted, kRounds / 2);
}

}  // namespace
}  // namespace fimd
