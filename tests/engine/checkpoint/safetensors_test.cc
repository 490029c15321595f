#include "engine/checkpoint/safetensors.h"

#include <array>
#include <gtest/gtest.h>
#include <random>

#include "tests/support/golden.h"
#include "tests/support/memory_file.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"

namespace fimd {
namespace {

/// Two matrices, a scalar and an empty array.
std::string valid_content() {
  const std::array<float, 6> wide = {0, 1, 2, 3, 4, 5};
  const std::array<int32_t, 1> scalar = {-7};
  const std::array<bf16, 2> narrow = {bf16{0x3f80}, bf16{0x4000}};
  return safetensors_content(std::vector<ArrayToWrite>{
      array_to_write<float>("wide", {2, 3}, wide),
      array_to_write<int32_t>("scalar", {}, scalar),
      array_to_write<bf16>("narrow", {1, 2}, narrow),
      array_to_write<bf16>("empty", {0, 9}, {}),
  });
}

Result<SafetensorsFile> open_content(const std::string& content) {
  return SafetensorsFile::open(MemoryFile(content).path());
}

/// Touches every byte that an entry claims to have.
void read_everything(const SafetensorsFile& file) {
  unsigned sum = 0;
  for (const SafetensorsEntry& entry : file.entries()) {
    for (int64_t index = 0; index < entry.size_bytes; ++index) {
      sum += std::to_integer<unsigned>(file.data(entry)[index]);
    }
  }
  EXPECT_LE(sum, 255U * static_cast<uint64_t>(file.file_bytes()));
}

TEST(SafetensorsFile, ShowsEveryArray) {
  TempFolder folder;
  const auto path = folder.write("x.safetensors", valid_content());
  const Result<SafetensorsFile> opened = SafetensorsFile::open(path);
  ASSERT_TRUE(opened) << opened.error().message;
  const SafetensorsFile& file = *opened;
  EXPECT_EQ(file.path(), path);
  EXPECT_EQ(file.file_bytes(), static_cast<int64_t>(std::filesystem::file_size(path)));
  ASSERT_EQ(file.entries().size(), 4U);
  EXPECT_EQ(file.entries()[0].name, "empty");
  EXPECT_EQ(file.entries()[3].name, "wide");
  EXPECT_EQ(file.find("wide")->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(file.find("wide")->dtype, "F32");
  EXPECT_EQ(file.find("wid"), nullptr);
  EXPECT_EQ(file.values<float>("wide").value()[5], 5.0F);
  EXPECT_EQ(file.values<int32_t>("scalar").value()[0], -7);
  EXPECT_EQ(to_float(file.values<bf16>("narrow").value()[1]), 2.0F);
  EXPECT_TRUE(file.values<bf16>("empty").value().empty());
  read_everything(file);
}

TEST(SafetensorsFile, NamesAnArrayThatIsNotThereOrOfAnotherType) {
  TempFolder folder;
  const auto path = folder.write("x.safetensors", valid_content());
  const SafetensorsFile file = SafetensorsFile::open(path).value();
  const auto missing = file.values<float>("narrower");
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message, path.string() + ": tensor \"narrower\" is missing");
  const auto other = file.values<float>("narrow");
  EXPECT_EQ(other.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(other.error().message, path.string() + ": tensor \"narrow\" is BF16, expected F32");
}

TEST(SafetensorsFile, AcceptsWhatTheFormatAllows) {
  const auto check_accepted = [](std::string_view header, size_t data_bytes) {
    const std::string data(data_bytes, '\1');
    const Result<SafetensorsFile> file = open_content(safetensors_content(header, data));
    ASSERT_TRUE(file) << header << ": " << file.error().message;
    read_everything(*file);
  };
  check_accepted("{}", 0);
  check_accepted("{}      ", 0);
  check_accepted(R"({"__metadata__":{"format":"pt"}})", 0);
  check_accepted(R"({"__metadata__":{},"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", 3);
  check_accepted(R"({"":{"data_offsets":[0,3],"shape":[3,1],"dtype":"U8"}})", 3);
  // Later data named first, empty arrays anywhere.
  check_accepted(R"({"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},
                     "a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},
                     "c":{"dtype":"F64","shape":[5,0],"data_offsets":[1,1]}})",
                 3);
  const std::array<std::pair<const char*, size_t>, 22> bytes_of_eight = {
      {{"BOOL", 8},        {"F4", 4},   {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},
       {"I8", 8},          {"I16", 16}, {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8},
       {"U16", 16},        {"F16", 16}, {"U32", 32},    {"BF16", 16},   {"F8_E4M3FNUZ", 8},
       {"F8_E5M2FNUZ", 8}, {"I32", 32}, {"F32", 32},    {"C64", 64},    {"F64", 64},
       {"I64", 64},        {"U64", 64}}};
  for (const auto& [dtype, size_bytes] : bytes_of_eight) {
    const std::string header = R"({"a":{"dtype":")" + std::string(dtype) +
                               R"(","shape":[2,4],"data_offsets":[0,)" +
                               std::to_string(size_bytes) + "]}}";
    check_accepted(header + std::string(8 - header.size() % 8, ' '), size_bytes);
  }
}

/// A file of `content` is refused with `expected` in the message behind the file's name.
void check_file_refused(const std::string& content,
                        const std::string& expected,
                        ErrorCode code = ErrorCode::kInvalidInput) {
  TempFolder folder;
  const auto path = folder.write("x.safetensors", content);
  const Result<SafetensorsFile> file = SafetensorsFile::open(path);
  ASSERT_FALSE(file) << content << " expected " << expected;
  EXPECT_EQ(file.error().code, code) << file.error().message;
  EXPECT_TRUE(file.error().message.starts_with(path.string() + ": " + expected))
      << file.error().message << "\nexpected " << expected;
  EXPECT_LT(file.error().message.size(), 600U);
}

TEST(SafetensorsFile, RefusesABadLength) {
  check_file_refused("", "is empty");
  check_file_refused("1234567", "has 7 bytes, expected a header");
  check_file_refused(std::string(8, '\0'), "header does not begin with {");
  check_file_refused(std::string(8, '\xff'),
                     "header has 18446744073709551615 bytes, expected at most 0");
  check_file_refused(std::string("\3\0\0\0\0\0\0\0{}", 10),
                     "header has 3 bytes, expected at most 2");
  check_file_refused(std::string("\0\0\0\0\0\0\0\x80{}", 10),
                     "header has 9223372036854775808 bytes");
}

// A sparse file that is large enough: only the format's own limit stops this header.
TEST(SafetensorsFile, RefusesAHeaderAboveTheFormatsLimit) {
  TempFolder folder;
  std::string length_field(8, '\0');
  const uint64_t length = kMaxSafetensorsHeaderBytes + 1;
  for (int byte = 0; byte < 8; ++byte) length_field[byte] = static_cast<char>(length >> (8 * byte));
  const auto path = folder.write("x.safetensors", length_field + "{");
  std::filesystem::resize_file(path, 1 << 30);
  const Result<SafetensorsFile> file = SafetensorsFile::open(path);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message,
            path.string() + ": header has 100000001 bytes, expected at most 100000000");
}

TEST(SafetensorsFile, RefusesAHeaderThatIsNotJson) {
  for (const char* header : {"{", "{\"a\"}", "{}x", "{} {}", "{\"a\":1e999}", "{\"\xff\":{}}"}) {
    check_file_refused(safetensors_content(header, ""), "header is not JSON: ");
  }
  check_file_refused(safetensors_content("[]", ""), "header does not begin with {");
  check_file_refused(safetensors_content(" {}", ""), "header does not begin with {");
  check_file_refused(safetensors_content("{\"a\":" + std::string(100'000, '['), ""),
                     "tensor \"a\" is an array, expected an object");
  check_file_refused(safetensors_content("{\"" + std::string(100'000, 'x') + "\":1}", ""),
                     "tensor \"xxx");
}

struct HostileHeader {
  const char* header;
  const char* expected;
};

TEST(SafetensorsFile, RefusesEntriesOfAnotherForm) {
  const HostileHeader cases[] = {
      {R"({"a":null})", "tensor \"a\" is null, expected an object"},
      {R"({"a":[]})", "tensor \"a\" is an array, expected an object"},
      {R"({"__metadata__":1})", "tensor \"__metadata__\" is 1, expected an object"},
      {R"({"__metadata__":{"a":1}})", "a value of __metadata__ is 1, expected a string"},
      {R"({"__metadata__":{"a":{}}})", "a value of __metadata__ is an object"},
      {R"({"a":{}})", "tensor \"a\": has no dtype"},
      {R"({"a":{"dtype":"U8","data_offsets":[0,0]}})", "tensor \"a\": has no shape"},
      {R"({"a":{"dtype":"U8","shape":[0]}})", "tensor \"a\": has no data_offsets"},
      {R"({"a":{"dtype":"U8","dtype":"U8"}})", "tensor \"a\": dtype is given twice"},
      {R"({"a":{"color":"U8"}})", "tensor \"a\": has the key \"color\", expected dtype, shape"},
      {R"({"a":{"dtype":1}})", "tensor \"a\": dtype is 1, expected a string"},
      {R"({"a":{"dtype":["U8"]}})", "tensor \"a\": dtype is an array, expected a string"},
      {R"({"a":{"shape":1}})", "tensor \"a\": shape is 1, expected an array of integers"},
      {R"({"a":{"shape":{}}})", "tensor \"a\": shape is an object, expected an array"},
      {R"({"a":{"shape":[[1]]}})", "tensor \"a\": an extent is an array, expected an integer"},
      {R"({"a":{"shape":[-1]}})", "tensor \"a\": an extent is -1, expected an integer from 0"},
      {R"({"a":{"shape":[1.0]}})", "tensor \"a\": an extent is 1.0, expected an integer"},
      {R"({"a":{"shape":["1"]}})", "tensor \"a\": an extent is \"1\", expected an integer"},
      {R"({"a":{"shape":[null]}})", "tensor \"a\": an extent is null, expected an integer"},
      {R"({"a":{"shape":[true]}})", "tensor \"a\": an extent is true, expected an integer"},
      {R"({"a":{"shape":[9223372036854775808]}})", "tensor \"a\": an extent is 92233720"},
      {R"({"a":{"shape":[99999999999999999999]}})", "tensor \"a\": an extent is 99999999"},
      {R"({"a":{"data_offsets":["0",1]}}\)", "tensor \"a\": data_offsets has \"0\", expected two"},
      {R"({"a":{"data_offsets":[-1,1]}})", "tensor \"a\": data_offsets has -1, expected two"},
      {R"({"a":{"data_offsets":[0,1,2]}})", "tensor \"a\": data_offsets has a third number"},
  };
  for (const auto& [header, expected] : cases) {
    check_file_refused(safetensors_content(header, ""), expected);
  }
  std::string deep = R"({"a":{"shape":[1)";
  for (int64_t rank = 1; rank <= kMaxTensorRank; ++rank) deep += ",1";
  check_file_refused(safetensors_content(deep + "]}}", ""), "tensor \"a\": shape has more than 64");
  check_file_refused(safetensors_content(R"({"a":{"dtype":"F128"}})", ""),
                     "tensor \"a\": dtype is \"F128\", expected one of the format's",
                     ErrorCode::kUnsupported);
}

/// `"NAME": {...}`, all of it JSON text.
std::string entry(const char* name, const char* dtype, const char* shape, const char* offsets) {
  return "\"" + std::string(name) + R"(": {"dtype": ")" + dtype + R"(", "shape": )" + shape +
         R"(, "data_offsets": )" + offsets + "}";
}

TEST(SafetensorsFile, RefusesArraysThatDoNotFillTheFile) {
  const auto check_entries_refused =
      [](size_t data_bytes, const std::string& entries, const std::string& expected) {
        check_file_refused(safetensors_content("{" + entries + "}", std::string(data_bytes, 'x')),
                           expected);
      };
  check_entries_refused(1, "", "the tensors end at byte 0 of the data, expected 1, the end of");
  check_entries_refused(2, entry("a", "U8", "[1]", "[0, 1]"), "the tensors end at byte 1");
  check_entries_refused(1, entry("a", "U8", "[2]", "[0, 2]"), "tensor \"a\" ends past the 1 byte");
  check_entries_refused(0, entry("a", "U8", "[0]", "[9, 9]"), "tensor \"a\" ends past the 0 byte");
  check_entries_refused(2, entry("a", "U8", "[1]", "[1, 2]"), "tensor \"a\" begins at byte 1");
  check_entries_refused(1, entry("a", "U8", "[1]", "[0]"), "tensor \"a\": data_offsets is [0]");
  check_entries_refused(1, entry("a", "U8", "[1]", "[]"), "tensor \"a\": data_offsets is []");
  check_entries_refused(
      1, entry("a", "U8", "[1]", "[1, 0]"), "tensor \"a\": data_offsets is [1, 0]");
  check_entries_refused(
      1, entry("a", "U8", "[2]", "[0, 1]"), "tensor \"a\" has 1 bytes, expected 2");
  check_entries_refused(
      8, entry("a", "F32", "[3]", "[0, 8]"), "tensor \"a\" has 8 bytes, expected 12 for F32 [3]");
  check_entries_refused(
      0, entry("a", "U8", "[]", "[0, 0]"), "tensor \"a\" has 0 bytes, expected 1");
  check_entries_refused(
      1, entry("a", "F4", "[3]", "[0, 1]"), "tensor \"a\" has 1 bytes, expected another number");
  // Products and ends that overflow.
  check_entries_refused(
      1, entry("a", "U8", "[1]", "[0, 9223372036854775807]"), "tensor \"a\" ends past");
  check_entries_refused(1,
                        entry("a", "U8", "[1]", "[9223372036854775806, 9223372036854775807]"),
                        "tensor \"a\" ends past");
  check_entries_refused(0,
                        entry("a", "U8", "[4294967296, 4294967296]", "[0, 0]"),
                        "tensor \"a\" has 0 bytes, expected another number");
  check_entries_refused(0,
                        entry("a", "F64", "[2305843009213693952]", "[0, 0]"),
                        "tensor \"a\" has 0 bytes, expected another number");
  // Overlaps, holes and twins.
  const std::string first = entry("a", "U8", "[2]", "[0, 2]") + ", ";
  check_entries_refused(3,
                        first + entry("b", "U8", "[2]", "[1, 3]"),
                        "tensor \"b\" begins at byte 1 of the data, expected 2");
  check_entries_refused(2,
                        first + entry("b", "U8", "[2]", "[0, 2]"),
                        "tensor \"b\" begins at byte 0 of the data, expected 2");
  check_entries_refused(4,
                        first + entry("b", "U8", "[1]", "[3, 4]"),
                        "tensor \"b\" begins at byte 3 of the data, expected 2");
  check_entries_refused(
      3, first + entry("a", "U8", "[1]", "[2, 3]"), "tensor \"a\" is given twice");
}

TEST(SafetensorsFile, RefusesMisalignedArrays) {
  std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  header.resize(62, ' ');
  check_file_refused(safetensors_content(header, "1234"),
                     "tensor \"a\" begins at byte 70 of the file, expected a multiple of 4");
}

TEST(SafetensorsFile, RefusesEveryTruncation) {
  const std::string content = valid_content();
  for (size_t size_bytes = 0; size_bytes < content.size(); ++size_bytes) {
    EXPECT_FALSE(open_content(content.substr(0, size_bytes)))
        << size_bytes << " of " << content.size() << " bytes";
  }
}

// Most mutations break a rule; those that do not must leave arrays that can be read.
TEST(SafetensorsFile, SurvivesRandomMutations) {
  constexpr int kRounds = 5000;
  const std::string content = valid_content();
  // Bytes that mean something to JSON reach deeper than random ones.
  const std::string_view alphabet = "0123456789-.eE[]{}:,\"\\ \x01\x7f\x80\xff";
  std::mt19937 random(42);
  int num_accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::string mutated = content;
    const size_t num_mutations = 1 + random() % 4;
    for (size_t mutation = 0; mutation < num_mutations; ++mutation) {
      const size_t place = random() % mutated.size();
      const char byte = alphabet[random() % alphabet.size()];
      switch (random() % 4) {
        case 0: mutated.erase(place, 1); break;
        case 1: mutated.insert(place, 1, byte); break;
        case 2: mutated[place] = static_cast<char>(random() & 0xff); break;
        default: mutated[place] = byte; break;
      }
    }
    const Result<SafetensorsFile> file = open_content(mutated);
    if (!file) {
      EXPECT_FALSE(file.error().message.empty());
      continue;
    }
    read_everything(*file);
    ++num_accepted;
  }
  EXPECT_GT(num_accepted, 0);
  EXPECT_LT(num_accepted, kRounds / 2);
}

TEST(SafetensorsFile, ReadsEveryGolden) {
  std::vector<std::filesystem::path> paths = {golden_root() / "demo/golden.safetensors"};
  for (const auto& folder : golden_folders("models")) {
    paths.push_back(folder / "golden.safetensors");
  }
  ASSERT_GT(paths.size(), 1U);
  for (const std::filesystem::path& path : paths) {
    const Result<SafetensorsFile> file = SafetensorsFile::open(path);
    ASSERT_TRUE(file) << file.error().message;
    for (const char* number : {"0", "1", "2", "3"}) {
      const std::string suffix = std::string(".") + number;
      const auto prompt = file->values<int32_t>("prompt" + suffix);
      const auto logits = file->values<float>("logits" + suffix);
      ASSERT_TRUE(prompt) << prompt.error().message;
      ASSERT_TRUE(logits) << logits.error().message;
      EXPECT_EQ(file->find("logits" + suffix)->shape[0], std::ssize(*prompt));
      EXPECT_EQ(file->values<int32_t>("greedy" + suffix).value().size(), 32U);
      EXPECT_EQ(file->values<float>("margin" + suffix).value().size(), 32U);
    }
  }
}

}  // namespace
}  // namespace fimd
